namespace AlphaFactory.Core.Features;

/// <summary>What an import does with a set that exists.</summary>
public enum ImportMode
{
    /// <summary>Makes version 1; on an existing set only the same content is taken, and nothing changes.</summary>
    New,

    /// <summary>Makes a new version of the old rows and the new ones.</summary>
    Append,

    /// <summary>Makes a new version of the new rows only.</summary>
    Replace,
}

/// <summary>What an import does with rows of the same entity and time.</summary>
public enum DuplicatePolicy
{
    /// <summary>Refuses the import.</summary>
    Error,

    /// <summary>Keeps the row that came first.</summary>
    First,

    /// <summary>Keeps the row that came last.</summary>
    Last,
}

/// <summary>What an import does with a row that it cannot read.</summary>
public enum RowErrorPolicy
{
    /// <summary>Refuses the import.</summary>
    Stop,

    /// <summary>Leaves the row out, and writes it and the reason to a file in the version's folder.</summary>
    Quarantine,
}

/// <summary>What to import, and how to read it.</summary>
public sealed record ImportRequest
{
    /// <summary>The name of the feature set.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// The files, CSV (plain or gzip) or Parquet, in the order in which their rows count; together one version.
    /// </summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Rows that are objects, instead of files.</summary>
    public ObjectRows? Rows { get; init; }

    /// <summary>The header of the time column.</summary>
    public required string Time { get; init; }

    /// <summary>The header of the entity column; null when the set is one series.</summary>
    public string? Entity { get; init; }

    /// <summary>
    /// The header of the column that says when a row became known, or null. With it an entity may have several
    /// rows of one time, each known at another: the later ones correct the earlier.
    /// </summary>
    public string? Known { get; init; }

    /// <summary>Types by header, which are then not inferred. Headers are compared without case.</summary>
    public IReadOnlyDictionary<string, FeatureType> Schema { get; init; } =
        new Dictionary<string, FeatureType>(StringComparer.OrdinalIgnoreCase);

    /// <summary>What to do with a set that exists.</summary>
    public ImportMode Mode { get; init; } = ImportMode.New;

    /// <summary>The character between fields; null finds out from the header.</summary>
    public char? Delimiter { get; init; }

    /// <summary>The .NET format of times, in the invariant culture; null takes ISO 8601.</summary>
    public string? DateFormat { get; init; }

    /// <summary>What to do with rows of the same entity and time.</summary>
    public DuplicatePolicy Duplicates { get; init; } = DuplicatePolicy.Error;

    /// <summary>What to do with a row that cannot be read.</summary>
    public RowErrorPolicy OnError { get; init; } = RowErrorPolicy.Stop;

    /// <summary>
    /// The newest version that there must be, 0 for none: when there is another, nothing changes. Null takes any.
    /// </summary>
    public int? ExpectedVersion { get; init; }

    /// <summary>How much is in memory at a time.</summary>
    internal SortLimits Limits { get; init; } = SortLimits.Default;

    /// <summary>Opens what is to be imported, one source after the other; the caller closes each.</summary>
    internal IEnumerable<RowSource> Sources() =>
        Enumerable.Range(0, Rows is null ? Paths.Count : 1).Select(OpenSource);

    /// <summary>Opens one of the sources; the caller closes it.</summary>
    internal RowSource OpenSource(int index) =>
        Rows is null ? FileSource.OpenRows(Paths[index], Delimiter) : Rows.Read();
}

/// <summary>What an import did.</summary>
public sealed record ImportResult
{
    /// <summary>The version that holds the content.</summary>
    public required FeatureSet Set { get; init; }

    /// <summary>Whether the content was there already, so that nothing was written.</summary>
    public required bool Existing { get; init; }

    /// <summary>How many data rows were read.</summary>
    public required long RowsRead { get; init; }

    /// <summary>How many of them could not be read and were left out.</summary>
    public required long Quarantined { get; init; }

    /// <summary>How many of them (and of the old rows of an append) a duplicate policy left out.</summary>
    public required long DuplicatesDropped { get; init; }
}
