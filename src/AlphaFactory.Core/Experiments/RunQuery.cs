namespace AlphaFactory.Core.Experiments;

/// <summary>Which recorded runs to find, and in which order.</summary>
public sealed record RunQuery
{
    /// <summary>
    /// Names of experiments, with PowerShell's wildcards (<c>* ? [a-z]</c>, <c>`</c> escapes), without case: any of them;
    /// none takes all.
    /// </summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>The id of one run, or of an experiment for all of its runs; null takes all.</summary>
    public string? RunId { get; init; }

    /// <summary>Lowest values, inclusive. A run without the metric, or with NaN there, does not match.</summary>
    public MetricValues MinMetric { get; init; } = MetricValues.None;

    /// <summary>Highest values, inclusive. A run without the metric, or with NaN there, does not match.</summary>
    public MetricValues MaxMetric { get; init; } = MetricValues.None;

    /// <summary>The earliest start of the call, UTC, inclusive; null takes any.</summary>
    public DateTime? Since { get; init; }

    /// <summary>The latest start of the call, UTC, inclusive; null takes any.</summary>
    public DateTime? Until { get; init; }

    /// <summary>How they ended: any of these; none takes all.</summary>
    public IReadOnlyList<RunStatus> Statuses { get; init; } = [];

    /// <summary>Parameters that must have these values; numbers equal numbers, whole or not.</summary>
    public ParameterValues Parameters { get; init; } = ParameterValues.None;

    /// <summary>What else must hold, in the filter language.</summary>
    public RunFilter? Filter { get; init; }

    /// <summary>
    /// A metric, or a property of <see cref="ExperimentRun"/>; null sorts by when the runs were made. Runs without
    /// the metric come last either way; equals are in the order in which they were made.
    /// </summary>
    public string? SortBy { get; init; }

    /// <summary>The largest, or newest, first.</summary>
    public bool Descending { get; init; }

    /// <summary>How many at most; null gives all.</summary>
    public long? First { get; init; }

    /// <summary>How many to leave out at the start.</summary>
    public long Skip { get; init; }

    /// <summary>Whether to count all that match, whatever the page.</summary>
    public bool CountTotal { get; init; }
}

/// <summary>The runs that a query found.</summary>
/// <param name="MetricNames">The metrics that any of the runs has, in the order in which runs have them.</param>
/// <param name="Runs">The runs, read on the way.</param>
/// <param name="Total">How many match, whatever the page; null unless asked for.</param>
/// <param name="UnknownMetrics">What the query says of metrics that no run in the store has, a sentence each.</param>
public sealed record RunResult(
    IReadOnlyList<string> MetricNames,
    IEnumerable<ExperimentRun> Runs,
    long? Total,
    IReadOnlyList<string> UnknownMetrics
);

/// <summary>How many trials there were under a name, and how their Sharpe ratios spread.</summary>
/// <param name="Trials">The runs that were not rejected, ever, removed ones included.</param>
/// <param name="SharpeCount">How many of them have a Sharpe ratio.</param>
/// <param name="SharpeMean">The mean of these, per period; NaN when there is none.</param>
/// <param name="SharpeVariance">Their sample variance, per period squared; NaN when there are fewer than two.</param>
public sealed record TrialStatistics(long Trials, long SharpeCount, double SharpeMean, double SharpeVariance);
