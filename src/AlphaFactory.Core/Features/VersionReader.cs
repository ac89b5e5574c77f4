using System.Text.Json;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Features;

/// <summary>Reads the Parquet files of one version, row group by row group.</summary>
internal sealed class VersionReader
{
    private readonly FeatureSet _set;
    private readonly FeatureManifest _manifest;

    private VersionReader(FeatureSet set, FeatureManifest manifest)
    {
        _set = set;
        _manifest = manifest;
    }

    /// <summary>Opens a version and checks that its files are there and of the size they were written with.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.StoreCorrupt"/>.</exception>
    public static VersionReader Open(FeatureSet set)
    {
        var path = Path.Combine(set.Path, FeatureManifest.FileName);
        FeatureManifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize<FeatureManifest>(File.ReadAllText(path), StoreJson.Options);
        }
        catch (Exception error) when (error is JsonException or IOException)
        {
            throw Corrupt(set, path, error is JsonException ? "cannot be read" : "is missing", error);
        }

        if (manifest is null || manifest.ContentHash != set.ContentHash)
        {
            throw Corrupt(set, path, "does not describe this version", null);
        }

        foreach (var file in manifest.Files)
        {
            var info = new FileInfo(Path.Combine(set.Path, file.Name));
            if (!info.Exists)
            {
                throw Corrupt(set, info.FullName, "is missing", null);
            }

            if (info.Length != file.Size)
            {
                throw Corrupt(set, info.FullName, $"has {info.Length} bytes instead of {file.Size}", null);
            }
        }

        return new VersionReader(set, manifest);
    }

    /// <summary>Reads columns of the row groups that may hold what is asked for.</summary>
    /// <param name="columns">Indexes of columns to read, those that <paramref name="filter"/> needs among them.</param>
    /// <param name="mayMatch">Whether a row group may hold rows that matter.</param>
    /// <param name="filter">
    /// Given the time, the entity and the known time, the rows that matter; the other columns are not read when
    /// there are none.
    /// </param>
    /// <param name="token">Stops the work.</param>
    public IEnumerable<(ColumnData[] Columns, int[] Rows)> Read(
        IReadOnlyList<int> columns,
        Func<ManifestRowGroup, bool> mayMatch,
        Func<TimestampColumn, TextColumn?, TimestampColumn?, int[]> filter,
        CancellationToken token
    )
    {
        var time = IndexOf(_set.TimeColumn);
        int? entity = _set.EntityColumn is { } name ? IndexOf(name) : null;
        int? known = _set.KnownColumn is { } column ? IndexOf(column) : null;
        foreach (var file in _manifest.Files)
        {
            var path = Path.Combine(_set.Path, file.Name);
            using var part = Try(path, () => new PartFile(path, token));
            for (var i = 0; i < file.RowGroups.Count; i++)
            {
                token.ThrowIfCancellationRequested();
                if (!mayMatch(file.RowGroups[i]))
                {
                    continue;
                }

                ColumnData Load(int column) =>
                    Try(path, () => part.Read(i, _set.Columns[column].Name, _set.Columns[column].Type));
                var times = (TimestampColumn)Load(time);
                var entities = entity is { } index ? (TextColumn)Load(index) : null;
                var knownTimes = known is { } at ? (TimestampColumn)Load(at) : null;
                var rows = filter(times, entities, knownTimes);
                if (rows.Length > 0)
                {
                    var loaded = columns
                        .Select(c =>
                            c == time ? times
                            : c == entity ? entities!
                            : c == known ? knownTimes!
                            : Load(c)
                        )
                        .ToArray();
                    yield return (loaded, rows);
                }
            }
        }
    }

    /// <summary>Reads all columns of all row groups.</summary>
    public IEnumerable<ColumnData[]> ReadAll(CancellationToken token)
    {
        int[] all = [.. Enumerable.Range(0, _set.Columns.Count)];
        return Read(all, _ => true, (times, _, _) => AllRows(times), token).Select(chunk => chunk.Columns);
    }

    private static int[] AllRows(TimestampColumn times) => [.. Enumerable.Range(0, times.Count)];

    private int IndexOf(string column) => _set.Columns.TakeWhile(item => item.Name != column).Count();

    private T Try<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception error)
            when (error is not (OperationCanceledException or AlphaFactoryException or OutOfMemoryException))
        {
            // Parquet.Net throws whatever damaged bytes lead it to.
            throw Corrupt(_set, path, $"cannot be read ({error.Message})", error);
        }
    }

    private static AlphaFactoryException Corrupt(
        FeatureSet set,
        string path,
        string what,
        Exception? inner
    ) =>
        new(
            ErrorId.StoreCorrupt,
            $"'{path}' {what}: version {set.Version} of feature set '{set.Name}' is damaged. Restore it from a "
                + "backup, or import its source again.",
            inner
        )
        {
            Target = path,
        };
}
