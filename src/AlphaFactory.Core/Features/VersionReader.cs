using System.Text.Json;

namespace AlphaFactory.Core.Features;

/// <summary>Reads the Parquet files of one version, row group by row group.</summary>
internal sealed class VersionReader
{
    private readonly FeatureSet _set;
    private readonly FeatureManifest _manifest;
    private readonly Dictionary<string, PartFooter> _footers = new(StringComparer.Ordinal);
    private readonly int _entity;

    // The entities of a row group are looked through first to check those that are asked for, then to find their rows.
    private ((ManifestFile, int) Group, ColumnData Column)? _entities;

    private VersionReader(FeatureSet set, FeatureManifest manifest)
    {
        _set = set;
        _manifest = manifest;
        _entity = set.Columns.ToList().FindIndex(column => column.Name == set.EntityColumn);
    }

    /// <summary>Opens a version and checks that its files are there and of the size they were written with.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.StoreCorrupt"/>.</exception>
    public static VersionReader Open(FeatureSet set)
    {
        var path = Path.Combine(set.Path, FeatureManifest.FileName);
        FeatureManifest manifest;
        try
        {
            manifest = FeatureManifest.Read(path);
        }
        catch (Exception error) when (error is JsonException or IOException)
        {
            throw Corrupt(
                set,
                path,
                error is JsonException ? "is not as it was written" : "is missing",
                error
            );
        }

        if (manifest.ContentHash != set.ContentHash)
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
        foreach (var part in Parts(mayMatch))
        {
            using var file = Open(part, token);
            for (var i = 0; i < part.Groups.Length; i++)
            {
                token.ThrowIfCancellationRequested();
                var place = (part, i);
                yield return new VersionGroup(
                    part.Info(i),
                    columns.Length,
                    column =>
                        column == _entity
                            ? Entities(file, place, columns)
                            : Read(file, place, column, columns)
                );
            }
        }
    }

    /// <summary>Does some work with each row group that may hold what is asked for, with several at once.</summary>
    /// <param name="mayMatch">Whether a row group may hold rows that matter.</param>
    /// <param name="work">The work, with a row group and its number among these. It has the row group to itself.</param>
    /// <param name="token">Stops the work.</param>
    public void ForEach(
        Func<ManifestRowGroup, bool> mayMatch,
        Action<VersionGroup, int> work,
        CancellationToken token
    )
    {
        var first = 0;
        foreach (var part in Parts(mayMatch))
        {
            using var file = Open(part, token);
            var options = new ParallelOptions { CancellationToken = token };
            VersionGroup.AtOnce(() =>
                Parallel.For(
                    0,
                    part.Groups.Length,
                    options,
                    () => new ColumnData?[_set.Columns.Count],
                    (i, _, columns) =>
                    {
                        work(Group(i, columns), first + i);
                        return columns;
                    },
                    _ => { }
                )
            );
            first += part.Groups.Length;

            VersionGroup Group(int i, ColumnData?[] columns) =>
                new(part.Info(i), columns.Length, column => Read(file, (part, i), column, columns));
        }
    }

    /// <summary>How many row groups may hold what is asked for.</summary>
    public int Count(Func<ManifestRowGroup, bool> mayMatch) =>
        Parts(mayMatch).Sum(part => part.Groups.Length);

    /// <summary>Reads all columns of all row groups.</summary>
    public IEnumerable<ColumnData[]> ReadAll(CancellationToken token) =>
        RowGroups(_ => true, token).Select(group => group.Read([.. Enumerable.Range(0, _set.Columns.Count)]));

    private IEnumerable<Part> Parts(Func<ManifestRowGroup, bool> mayMatch) =>
        _manifest
            .Files.Select(file => new Part(
                file,
                [.. Enumerable.Range(0, file.RowGroups.Count).Where(group => mayMatch(file.RowGroups[group]))]
            ))
            .Where(part => part.Groups.Length > 0);

    private PartFile Open(Part part, CancellationToken token)
    {
        var path = PathOf(part);
        var file = Try(path, () => new PartFile(path, part.Groups, _footers.GetValueOrDefault(path), token));
        _footers[path] = file.Footer;
        return file;
    }

    private ColumnData Entities(PartFile file, (Part Part, int Index) place, ColumnData?[] columns)
    {
        var group = (place.Part.File, place.Part.Groups[place.Index]);
        if (_entities is not { } last || last.Group != group)
        {
            _entities = last = (group, Read(file, place, _entity, columns));
        }

        return last.Column;
    }

    private ColumnData Read(PartFile file, (Part Part, int Index) place, int column, ColumnData?[] columns)
    {
        var path = PathOf(place.Part);
        var rows = place.Part.Info(place.Index).Rows;
        var values = columns[column] ??= ColumnData.Create(
            _set.Columns[column].Name,
            _set.Columns[column].Type
        );
        Try(
            path,
            () =>
            {
                file.Read(place.Index, values);
                return true;
            }
        );
        return values.Count == rows
            ? values
            : throw Corrupt(_set, path, $"has {values.Count} rows instead of {rows} in a row group", null);
    }

    private string PathOf(Part part) => Path.Combine(_set.Path, part.File.Name);

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

    /// <summary>Some of the row groups of a file.</summary>
    private sealed record Part(ManifestFile File, int[] Groups)
    {
        /// <summary>What the manifest says of one of them.</summary>
        public ManifestRowGroup Info(int index) => File.RowGroups[Groups[index]];
    }
}
