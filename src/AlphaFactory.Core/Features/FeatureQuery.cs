namespace AlphaFactory.Core.Features;

/// <summary>Which rows and columns to read of a feature set.</summary>
public sealed record FeatureQuery
{
    /// <summary>The version to read.</summary>
    public required FeatureSet Set { get; init; }

    /// <summary>
    /// The columns, derived ones among them, without case, in the order wanted; null takes all in the order of the file.
    /// Derived columns that are not named come after these.
    /// </summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>
    /// Derived columns: formulas of the expression language by name. Each sees the whole history up to
    /// <see cref="To"/> of the entities asked for, as it was known by <see cref="AsOf"/>; <see cref="From"/> cuts what
    /// comes out and not what goes in.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, string>> Expressions { get; init; } = [];

    /// <summary>Which bars the formulas see. A row that is at none of them has no derived values.</summary>
    public PanelAlignment Align { get; init; } = PanelAlignment.Outer;

    /// <summary>The entities, spelled exactly; null takes all.</summary>
    public IReadOnlyList<string>? Entities { get; init; }

    /// <summary>The first time, inclusive.</summary>
    public DateTime? From { get; init; }

    /// <summary>The last time, inclusive.</summary>
    public DateTime? To { get; init; }

    /// <summary>Of a set with a known time: rows known by then only; null takes all.</summary>
    public DateTime? AsOf { get; init; }

    /// <summary>
    /// Of a set with a known time: every row, and not the latest known of each entity and time only.
    /// </summary>
    public bool History { get; init; }
}

/// <summary>One row of a feature set.</summary>
/// <param name="Columns">The names of the columns, shared by all rows of a query.</param>
/// <param name="Values">
/// A value a column: <see cref="double"/>, <see cref="long"/>, <see cref="bool"/>, <see cref="string"/> or a UTC
/// <see cref="DateTime"/>; null where it is missing.
/// </param>
public sealed record FeatureRow(IReadOnlyList<string> Columns, IReadOnlyList<object?> Values);

/// <summary>How the bars of several entities are brought together.</summary>
public enum PanelAlignment
{
    /// <summary>Every time that any entity has; an absent bar is missing.</summary>
    Outer,

    /// <summary>Only the times that all entities have.</summary>
    Inner,
}

/// <summary>Which part of a feature set to load as a panel.</summary>
public sealed record PanelRequest
{
    /// <summary>The columns, without case; null takes all numeric ones (numbers and booleans, true as 1).</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>The entities, spelled exactly; null takes all.</summary>
    public IReadOnlyList<string>? Entities { get; init; }

    /// <summary>The first time, inclusive.</summary>
    public DateTime? From { get; init; }

    /// <summary>The last time, inclusive.</summary>
    public DateTime? To { get; init; }

    /// <summary>Of a set with a known time: what was known by then; null takes what is known now.</summary>
    public DateTime? AsOf { get; init; }

    /// <summary>Which bars the panel has.</summary>
    public PanelAlignment Align { get; init; } = PanelAlignment.Outer;
}
