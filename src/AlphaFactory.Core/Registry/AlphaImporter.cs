using System.Globalization;
using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Registry;

/// <summary>Imports the alphas of a file inside one transaction: all of them, or none when one conflicts.</summary>
internal sealed class AlphaImporter(SqliteConnection connection, string store, OperationContext context)
{
    private const int ProgressEvery = 1000;

    private readonly DateTime _now = context.UtcNow;
    private readonly Dictionary<(string Name, long Version), (ImportRow Row, Alpha Alpha)> _inFile = new(
        KeyComparer.Instance
    );
    private readonly List<(ImportRow Row, int Version)> _new = [];
    private readonly List<Alpha> _skipped = [];
    private readonly List<AlphaFactoryException> _conflicts = [];

    /// <summary>Imports the rows.</summary>
    public AlphaImport Import(AlphaFileContent file)
    {
        using (var reader = new AlphaReader(connection, store))
        {
            foreach (var (row, version) in Numbered(file.Rows))
            {
                context.Cancellation.ThrowIfCancellationRequested();
                Sort(reader, row, version);
            }
        }

        return new AlphaImport(_conflicts.Count > 0 ? [] : Write(file.Path), _skipped, _conflicts);
    }

    // Rows without a version get those after the newest there is, in the store and in the file.
    private List<(ImportRow Row, int Version)> Numbered(IReadOnlyList<ImportRow> rows)
    {
        var newest = new Dictionary<string, long>(StringComparer.OrdinalIgnoreCase);
        foreach (var named in rows.GroupBy(row => row.Draft.Name, StringComparer.OrdinalIgnoreCase))
        {
            if (named.Any(row => row.Version is null))
            {
                var known = connection.Scalar(
                    "SELECT last_version FROM alpha_names WHERE name = $1",
                    named.Key
                );
                newest.Add(named.Key, Math.Max(known as long? ?? 0, named.Max(row => row.Version) ?? 0));
            }
        }

        return [.. rows.Select(row => (row, row.Version ?? checked((int)++newest[row.Draft.Name])))];
    }

    private void Sort(AlphaReader reader, ImportRow row, int version)
    {
        var alpha = row.Draft.ToAlpha(row.Draft.Name, version, row.CreatedAt ?? _now, store);
        var (existing, where) =
            Existing(reader, row.Draft.Name, version) is { } stored ? (stored, "the store")
            : _inFile.TryGetValue((row.Draft.Name, version), out var earlier)
                ? (
                    earlier.Alpha,
                    $"{earlier.Row.Place.Kind} {earlier.Row.Place.Number.ToString(CultureInfo.InvariantCulture)}"
                )
            : ((Alpha?)null, "");
        if (existing is null)
        {
            _inFile.Add((row.Draft.Name, version), (row, alpha));
            _new.Add((row, version));
            return;
        }

        string[] differences = [.. existing.Differences(alpha).Where(row.Given.Contains)];
        if (differences.Length == 0)
        {
            _skipped.Add(existing);
            context.Verbose($"{row.Place}: '{existing}' is in {where} already; it is skipped.");
            return;
        }

        _conflicts.Add(
            new AlphaFactoryException(
                ErrorId.VersionConflict,
                $"{row.Place}: '{existing}' is in {where} already and differs in {string.Join(", ", differences)}. "
                    + "Nothing of the file was imported. Unregister the other one, or leave the version out to "
                    + "import this one as the next."
            )
            {
                Target = existing.ToString(),
            }
        );
    }

    private Alpha? Existing(AlphaReader reader, string name, int version) =>
        connection.Scalar("SELECT id FROM alphas WHERE name = $1 AND version = $2", name, version) is long id
            ? reader.Read(id)
            : null;

    private List<Alpha> Write(string file)
    {
        using var writer = new AlphaWriter(connection, store);
        var imported = new List<Alpha>(_new.Count);
        foreach (var (row, version) in _new)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            if (imported.Count % ProgressEvery == 0 && imported.Count > 0)
            {
                context.Progress(
                    new ProgressReport(
                        $"Importing {Path.GetFileName(file)}",
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{imported.Count:N0} of {_new.Count:N0} alphas"
                        ),
                        100.0 * imported.Count / _new.Count
                    )
                );
            }

            imported.Add(
                writer.Import(row.Draft, version, row.CreatedAt ?? _now, _now, Path.GetFileName(file))
            );
        }

        return imported;
    }

    /// <summary>Names are compared without case.</summary>
    private sealed class KeyComparer : IEqualityComparer<(string Name, long Version)>
    {
        public static KeyComparer Instance { get; } = new();

        public bool Equals((string Name, long Version) x, (string Name, long Version) y) =>
            x.Version == y.Version && x.Name.Equals(y.Name, StringComparison.OrdinalIgnoreCase);

        public int GetHashCode((string Name, long Version) key) =>
            HashCode.Combine(StringComparer.OrdinalIgnoreCase.GetHashCode(key.Name), key.Version);
    }
}
