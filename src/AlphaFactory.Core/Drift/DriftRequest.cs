namespace AlphaFactory.Core.Drift;

/// <summary>
/// What to compare with what. The window is the time (<c>AsOf − Window</c>, <c>AsOf</c>]; the reference is
/// everything before it unless told otherwise. Nothing after <c>AsOf</c> is looked at.
/// </summary>
public sealed record DriftRequest
{
    /// <summary>The length of the window unless told otherwise.</summary>
    public static readonly TimeSpan DefaultWindow = TimeSpan.FromDays(90);

    /// <summary>The feature set's name.</summary>
    public required string FeatureSet { get; init; }

    /// <summary>Its version; null takes the newest.</summary>
    public int? Version { get; init; }

    /// <summary>The columns, without case; null takes all but the time, the entity and other times.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>The length of the window.</summary>
    public TimeSpan Window { get; init; } = DefaultWindow;

    /// <summary>The last time to look at, inclusive; null takes the set's last time (its whole day for a date).</summary>
    public DateTime? AsOf { get; init; }

    /// <summary>The first time of the reference, inclusive; null takes the set's first.</summary>
    public DateTime? ReferenceFrom { get; init; }

    /// <summary>The last time of the reference, inclusive; null takes all before the window.</summary>
    public DateTime? ReferenceTo { get; init; }

    /// <summary>What counts as drift.</summary>
    public DriftPolicy Policy { get; init; } = DriftPolicy.Default;

    /// <summary>The folder to write to; null takes the store's <c>reports/drift/&lt;set&gt;/&lt;as-of&gt;</c>.</summary>
    public string? OutputPath { get; init; }
}
