using System.Globalization;

namespace AlphaFactory.Core.Features;

/// <summary>The type of a feature column.</summary>
public enum FeatureType : long
{
    /// <summary>A 64-bit floating-point number.</summary>
    Double,

    /// <summary>A 64-bit integer.</summary>
    Long,

    /// <summary>True or false.</summary>
    Bool,

    /// <summary>Text.</summary>
    Text,

    /// <summary>A time in UTC; a date is its midnight.</summary>
    Timestamp,
}

/// <summary>One column of a feature set.</summary>
/// <param name="Name">The name, as the header spells it.</param>
/// <param name="Type">The type of its values.</param>
/// <param name="Missing">How many rows have no value.</param>
public sealed record FeatureColumn(string Name, FeatureType Type, long Missing)
{
    /// <summary>The column as listings show it: <c>close: double</c>.</summary>
    public override string ToString() => $"{Name}: {Type.Name()}";
}

/// <summary>One immutable version of a feature set.</summary>
public sealed record FeatureSet
{
    /// <summary>The set's name.</summary>
    public required string Name { get; init; }

    /// <summary>The version, from 1.</summary>
    public required int Version { get; init; }

    /// <summary>How many rows it has.</summary>
    public required long Rows { get; init; }

    /// <summary>How many entities it has; 1 when there is no entity column.</summary>
    public required int Entities { get; init; }

    /// <summary>The first time, UTC; null when there are no rows.</summary>
    public required DateTime? From { get; init; }

    /// <summary>The last time, UTC; null when there are no rows.</summary>
    public required DateTime? To { get; init; }

    /// <summary>The columns, in the order of the file.</summary>
    public required IReadOnlyList<FeatureColumn> Columns { get; init; }

    /// <summary>The name of the time column.</summary>
    public required string TimeColumn { get; init; }

    /// <summary>The name of the entity column, or null when the set is one series.</summary>
    public required string? EntityColumn { get; init; }

    /// <summary>The name of the column that says when a row became known, or null when there is none.</summary>
    public string? KnownColumn { get; init; }

    /// <summary>How many rows the import of this version left out, into <c>quarantine.csv</c> of its folder.</summary>
    public long Quarantined { get; init; }

    /// <summary>The SHA-256 of schema and rows, whatever order and chunks they came in.</summary>
    public required string ContentHash { get; init; }

    /// <summary>When the version was registered, UTC.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>The version's folder, a full path.</summary>
    public required string Path { get; init; }

    /// <summary>The names of the columns but time, entity and known time, as listings show them.</summary>
    public string Summary =>
        string.Join(
            ", ",
            Columns
                .Select(column => column.Name)
                .Where(name => name != TimeColumn && name != EntityColumn && name != KnownColumn)
        );

    /// <summary>The interval as listings show it: <c>2007-01-01 .. 2018-12-31</c>.</summary>
    public string Interval =>
        From is { } from && To is { } to ? $"{UtcDate.Format(from)} .. {UtcDate.Format(to)}" : "";

    /// <summary>Name and version: <c>fx v1</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} v{Version}");
}
