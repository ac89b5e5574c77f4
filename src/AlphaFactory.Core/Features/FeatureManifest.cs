namespace AlphaFactory.Core.Features;

/// <summary>What <c>manifest.json</c> in the folder of a version says.</summary>
internal sealed record FeatureManifest
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "manifest.json";

    /// <summary>The format of the folder.</summary>
    public const int CurrentFormat = 1;

    /// <summary>The format of this folder.</summary>
    public required int Format { get; init; }

    /// <summary>The SHA-256 of schema and rows.</summary>
    public required string ContentHash { get; init; }

    /// <summary>How many rows there are.</summary>
    public required long Rows { get; init; }

    /// <summary>How many entities there are.</summary>
    public required int Entities { get; init; }

    /// <summary>The first time, UTC.</summary>
    public required DateTime? From { get; init; }

    /// <summary>The last time, UTC.</summary>
    public required DateTime? To { get; init; }

    /// <summary>The time column.</summary>
    public required string TimeColumn { get; init; }

    /// <summary>The entity column, or null.</summary>
    public required string? EntityColumn { get; init; }

    /// <summary>The column that says when a row became known, or null.</summary>
    public string? KnownColumn { get; init; }

    /// <summary>When it was written, UTC.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>The columns, in the order of the file.</summary>
    public required IReadOnlyList<ManifestColumn> Columns { get; init; }

    /// <summary>The Parquet files, in the order of their rows.</summary>
    public required IReadOnlyList<ManifestFile> Files { get; init; }

    /// <summary>The files that were imported.</summary>
    public required IReadOnlyList<ManifestSource> Sources { get; init; }

    /// <summary>The file of the rows that were left out, or null.</summary>
    public ManifestQuarantine? Quarantine { get; init; }
}

/// <summary>The rows that were left out: the file's name, size in bytes, SHA-256, and how many rows it holds.</summary>
internal sealed record ManifestQuarantine(string Name, long Size, string Sha256, long Rows);

/// <summary>A column: its name, type, number of missing values, smallest and largest value.</summary>
internal sealed record ManifestColumn(string Name, FeatureType Type, long Missing, object? Min, object? Max);

/// <summary>A Parquet file: its name, size in bytes, SHA-256, and its row groups in order.</summary>
internal sealed record ManifestFile(
    string Name,
    long Size,
    string Sha256,
    IReadOnlyList<ManifestRowGroup> RowGroups
);

/// <summary>
/// A row group: its rows, the entities of its first and last row, its smallest and largest time, and, when they are few,
/// its entities in the order of their rows.
/// </summary>
internal sealed record ManifestRowGroup(
    long Rows,
    string? FirstEntity,
    string? LastEntity,
    DateTime From,
    DateTime To,
    IReadOnlyList<ManifestEntity>? Entities = null
)
{
    /// <summary>How many entities are few: finding their rows by the file takes longer than reading them here.</summary>
    public const int FewEntities = 64;
}

/// <summary>An entity of a row group: its name, and how many rows of the group it has.</summary>
internal sealed record ManifestEntity(string Name, int Rows);

/// <summary>An imported file: its name, size in bytes, and SHA-256.</summary>
internal sealed record ManifestSource(string Name, long Size, string Sha256);
