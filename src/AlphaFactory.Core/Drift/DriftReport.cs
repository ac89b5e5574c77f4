namespace AlphaFactory.Core.Drift;

/// <summary>What kind of values a feature has.</summary>
public enum FeatureKind : long
{
    /// <summary>Numbers, compared by their distribution functions.</summary>
    Numeric,

    /// <summary>Texts or truth values, compared by the shares of their categories.</summary>
    Categorical,
}

/// <summary>
/// How one feature's values in the window differ from the reference. A statistic that does not apply to its kind,
/// or is not defined for its values, is null.
/// </summary>
public sealed record DriftFeature
{
    /// <summary>The column's name.</summary>
    public required string Feature { get; init; }

    /// <summary>What kind of values it has.</summary>
    public required FeatureKind Kind { get; init; }

    /// <summary>Whether there were enough values to decide.</summary>
    public required bool Judged { get; init; }

    /// <summary>Whether it drifts: an effect size over its limit, and significant.</summary>
    public bool Drifted { get; init; }

    /// <summary>The effect sizes over their limits, or why the feature was not judged.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The population stability index (natural logarithm, reference deciles or categories).</summary>
    public double? Psi { get; init; }

    /// <summary>The two-sample Kolmogorov–Smirnov distance, 0 to 1.</summary>
    public double? Ks { get; init; }

    /// <summary>The p-value of <see cref="Ks"/> by the limiting Kolmogorov distribution.</summary>
    public double? KsPValue { get; init; }

    /// <summary>The first Wasserstein distance, in reference deviations (ddof 0).</summary>
    public double? Wasserstein { get; init; }

    /// <summary>The Jensen–Shannon distance (base 2), 0 to 1.</summary>
    public double? JensenShannon { get; init; }

    /// <summary>The p-value of the chi-squared test of the categories.</summary>
    public double? Chi2PValue { get; init; }

    /// <summary>The test's p-value after Benjamini–Hochberg over the report's judged features.</summary>
    public double? AdjustedPValue { get; init; }

    /// <summary>Window mean less reference mean, in reference deviations.</summary>
    public double? MeanShift { get; init; }

    /// <summary>Window deviation over reference deviation, less 1.</summary>
    public double? DeviationShift { get; init; }

    /// <summary>Window share of missing values less the reference's, −1 to 1.</summary>
    public required double MissingShift { get; init; }

    /// <summary>The share of the window's values below the reference's least or above its greatest.</summary>
    public double? OutOfRangeShare { get; init; }

    /// <summary>The share of the window's values whose category the reference does not have.</summary>
    public double? UnseenShare { get; init; }

    /// <summary>How many values the reference has; missing and non-finite ones do not count.</summary>
    public required long ReferenceCount { get; init; }

    /// <summary>How many values the window has; missing and non-finite ones do not count.</summary>
    public required long CurrentCount { get; init; }

    /// <summary>How many values the reference misses.</summary>
    public required long ReferenceMissing { get; init; }

    /// <summary>How many values the window misses.</summary>
    public required long CurrentMissing { get; init; }

    /// <summary>The p-value of the feature's own test, whichever its kind has.</summary>
    internal double? PValue => KsPValue ?? Chi2PValue;
}

/// <summary>How a feature set's recent values differ from its reference.</summary>
public sealed record DriftReport
{
    /// <summary>The feature set's name.</summary>
    public required string FeatureSet { get; init; }

    /// <summary>The feature set's version.</summary>
    public required int Version { get; init; }

    /// <summary>The last time that the report looks at, inclusive, UTC.</summary>
    public required DateTime AsOf { get; init; }

    /// <summary>Whether the set drifts: enough of its judged features do.</summary>
    public required bool Drifted { get; init; }

    /// <summary>How many features drift.</summary>
    public required int DriftedCount { get; init; }

    /// <summary>How many features had enough values to decide.</summary>
    public required int JudgedCount { get; init; }

    /// <summary>How many features were compared.</summary>
    public required int FeatureCount { get; init; }

    /// <summary>The features, in the order of the file.</summary>
    public required IReadOnlyList<DriftFeature> Features { get; init; }

    /// <summary>The first time of the reference, inclusive.</summary>
    public required DateTime ReferenceFrom { get; init; }

    /// <summary>The last time of the reference, inclusive.</summary>
    public required DateTime ReferenceTo { get; init; }

    /// <summary>The first time of the window, inclusive; it ends with <see cref="AsOf"/>.</summary>
    public required DateTime CurrentFrom { get; init; }

    /// <summary>How many rows the reference has.</summary>
    public required long ReferenceRows { get; init; }

    /// <summary>How many rows the window has.</summary>
    public required long CurrentRows { get; init; }

    /// <summary>The length of the window.</summary>
    public required TimeSpan Window { get; init; }

    /// <summary>The policy's name.</summary>
    public required string PolicyName { get; init; }

    /// <summary>The SHA-256 of the policy's canonical JSON.</summary>
    public required string PolicyHash { get; init; }

    /// <summary>The report for people, a full path.</summary>
    public required string HtmlPath { get; init; }

    /// <summary>The picture, a full path.</summary>
    public required string PngPath { get; init; }
}
