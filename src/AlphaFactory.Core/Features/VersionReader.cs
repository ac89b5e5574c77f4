using System.Text.Json;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Features;

/// <summary>Reads the Parquet files of one version, row group by row group.</summary>
internal sealed class VersionReader
{
    private readonly FeatureSet _set;
    private readonly FeatureManifest _manifest;

    // The entities of a row group are looked through first to check those that are asked for, then to find their rows.
    private (string Path, int Group, ColumnData Column)? _entities;

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

    /// <summary>
    /// Opens the row groups that may hold what is asked for, one after the other. Each is to be used before the next.
    /// </summary>
    /// <param name="mayMatch">Whether a row group may hold rows that matter.</param>
    /// <param name="token">Stops the work.</param>
    public IEnumerable<VersionGroup> RowGroups(Func<ManifestRowGroup, bool> mayMatch, CancellationToken token)
    {
        var columns = new ColumnData?[_set.Columns.Count];
        foreach (var file in _manifest.Files.Where(file => file.RowGroups.Any(mayMatch)))
        {
            var path = Path.Combine(_set.Path, file.Name);
            using var part = Try(path, () => new PartFile(path, token));
            for (var i = 0; i < file.RowGroups.Count; i++)
            {
                token.ThrowIfCancellationRequested();
                if (mayMatch(file.RowGroups[i]))
                {
                    var group = i;
                    yield return new VersionGroup(
                        file.RowGroups[i],
                        columns.Length,
                        column => Read(part, path, group, column, columns)
                    );
                }
            }
        }
    }

    /// <summary>Reads all columns of all row groups.</summary>
    public IEnumerable<ColumnData[]> ReadAll(CancellationToken token) =>
        RowGroups(_ => true, token).Select(group => group.Read([.. Enumerable.Range(0, _set.Columns.Count)]));

    private ColumnData Read(PartFile part, string path, int group, int column, ColumnData?[] columns)
    {
        var (name, type) = (_set.Columns[column].Name, _set.Columns[column].Type);
        var isEntity = name == _set.EntityColumn;
        if (isEntity && _entities is { } last && last.Path == path && last.Group == group)
        {
            return last.Column;
        }

        var values = columns[column] ??= ColumnData.Create(name, type);
        Try(
            path,
            () =>
            {
                part.Read(group, values);
                return true;
            }
        );
        _entities = isEntity ? (path, group, values) : _entities;
        return values;
    }

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
