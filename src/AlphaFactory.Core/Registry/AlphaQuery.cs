namespace AlphaFactory.Core.Registry;

/// <summary>
/// What to search alphas by. Everything given must hold. Text is compared without case, and both ends of every
/// interval are inclusive.
/// </summary>
public sealed record AlphaQuery
{
    /// <summary>Names, with PowerShell's wildcards (<c>* ? [a-z]</c>, <c>`</c> escapes): any of them.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Names, as they are, with a version: any of them, or of <see cref="Names"/>.</summary>
    public IReadOnlyList<(string Name, int Version)> Exactly { get; init; } = [];

    /// <summary>Versions: any of them.</summary>
    public IReadOnlyList<int> Versions { get; init; } = [];

    /// <summary>Only the newest version of each name, if that one matches the rest.</summary>
    public bool Latest { get; init; }

    /// <summary>Tags that all must be there.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Tags of which one must be there.</summary>
    public IReadOnlyList<string> AnyTags { get; init; } = [];

    /// <summary>Tags of which none may be there.</summary>
    public IReadOnlyList<string> ExcludeTags { get; init; } = [];

    /// <summary>Lowest values; an alpha without the metric, or with NaN, does not match.</summary>
    public MetricBounds MinMetrics { get; init; } = MetricBounds.None;

    /// <summary>Highest values; an alpha without the metric, or with NaN, does not match.</summary>
    public MetricBounds MaxMetrics { get; init; } = MetricBounds.None;

    /// <summary>Registered then or later.</summary>
    public DateTime? Since { get; init; }

    /// <summary>Registered then or earlier.</summary>
    public DateTime? Until { get; init; }

    /// <summary>Stages: any of them.</summary>
    public IReadOnlyList<AlphaStage> Stages { get; init; } = [];

    /// <summary>Parameters that must have these values; numbers equal numbers, whole or not.</summary>
    public ParameterValues Parameters { get; init; } = ParameterValues.None;

    /// <summary>What else must hold, in the filter language.</summary>
    public AlphaFilter? Filter { get; init; }

    /// <summary>
    /// The metric or property to sort by; without it the order is that of registration. What does not have the
    /// metric, or has NaN, comes last either way, and ties are in the order of registration.
    /// </summary>
    public string? SortBy { get; init; }

    /// <summary>Turns the order round, ties included.</summary>
    public bool Descending { get; init; }

    /// <summary>How many at most; null is all.</summary>
    public long? First { get; init; }

    /// <summary>How many to leave out from the start.</summary>
    public long Skip { get; init; }

    /// <summary>Whether to count all that match, whatever the page.</summary>
    public bool CountTotal { get; init; }
}
