using System.Text.Json;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Features;

/// <summary>What <c>manifest.json</c> in the folder of a version says.</summary>
internal sealed record FeatureManifest
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "manifest.json";

    /// <summary>The format of the folder.</summary>
    public const int CurrentFormat = 1;

    // In place of the file's own hash while that is computed.
    private static readonly string Zeros = new('0', 64);

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

    /// <summary>The SHA-256 of the file's text in which zeros are in its place, so that no bit of it flips unseen.</summary>
    public string Sha256 { get; init; } = Zeros;

    /// <summary>Reads a file that <see cref="ToText"/> made.</summary>
    /// <exception cref="JsonException">It is no manifest, or not as it was written.</exception>
    public static FeatureManifest Read(string path)
    {
        var text = File.ReadAllText(path);
        var manifest = JsonSerializer.Deserialize<FeatureManifest>(text, StoreJson.Options);
        return
            manifest is not null
            && Provenance.ContentHash.OfText(Replace(text, manifest.Sha256, Zeros)) == manifest.Sha256
            ? manifest
            : throw new JsonException($"'{path}' is not as it was written.");
    }

    /// <summary>What the file says, its own hash included.</summary>
    public string ToText()
    {
        var text = JsonSerializer.Serialize(this with { Sha256 = Zeros }, StoreJson.Options) + "\n";
        return Replace(text, Zeros, Provenance.ContentHash.OfText(text));
    }

    // The last property, so what is replaced is the last of its kind.
    private static string Replace(string text, string hash, string by)
    {
        var at = text.LastIndexOf(hash, StringComparison.Ordinal);
        return at < 0 || hash.Length != by.Length
            ? text
            : string.Concat(text.AsSpan(0, at), by, text.AsSpan(at + by.Length));
    }
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
