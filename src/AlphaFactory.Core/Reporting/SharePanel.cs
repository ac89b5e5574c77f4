namespace AlphaFactory.Core.Reporting;

/// <summary>A small chart of two samples' shares.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Flagged">Whether it is to stand out.</param>
/// <param name="Shares">The shares.</param>
public sealed record SharePanel(string Title, bool Flagged, ShareComparison Shares);

/// <summary>One bar of a bar chart.</summary>
/// <param name="Label">What it measures.</param>
/// <param name="Value">Its length, 0 or more.</param>
/// <param name="Flagged">Whether it is to stand out.</param>
public sealed record LimitBar(string Label, double Value, bool Flagged);

/// <summary>A picture of bars against a limit, and of the distributions behind them.</summary>
public sealed record ComparisonPicture
{
    /// <summary>The headline.</summary>
    public required string Title { get; init; }

    /// <summary>The line below it.</summary>
    public required string Subtitle { get; init; }

    /// <summary>What the bars measure.</summary>
    public required string Measure { get; init; }

    /// <summary>The bars, the one at the top first.</summary>
    public required IReadOnlyList<LimitBar> Bars { get; init; }

    /// <summary>The limit that the bars are held against, or null.</summary>
    public double? Limit { get; init; }

    /// <summary>The small charts, in reading order.</summary>
    public required IReadOnlyList<SharePanel> Panels { get; init; }
}
