using AlphaFactory.Core.Features;

namespace AlphaFactory.Core.Experiments;

/// <summary>How a signal becomes weights.</summary>
public enum PositionRule
{
    /// <summary><c>sign(s)/N</c>: an equal share of capital for each entity, long or short.</summary>
    Sign,

    /// <summary><c>s/Σ|s|</c>.</summary>
    Proportional,

    /// <summary>The cross-sectional rank (average ties), demeaned, scaled to <c>Σ|w| = 1</c>.</summary>
    Rank,

    /// <summary><c>max(s,0)/Σmax(s,0)</c>.</summary>
    LongOnly,
}

/// <summary>What an experiment is: everything that its result depends on, and nothing else.</summary>
public sealed record ExperimentSpec
{
    /// <summary>The experiment's name; runs of the same name are trials of the same idea.</summary>
    public required string Name { get; init; }

    /// <summary>The feature set to run on.</summary>
    public required string FeatureSet { get; init; }

    /// <summary>The version of that set; null takes the newest.</summary>
    public int? Version { get; init; }

    /// <summary>The signal, in the expression language; null when a script computes it.</summary>
    public string? Expression { get; init; }

    /// <summary>The script that computes the signal, a full path; null when an expression does.</summary>
    public string? ScriptPath { get; init; }

    /// <summary>The entities to run on, spelled exactly; none takes all.</summary>
    public IReadOnlyList<string> Entities { get; init; } = [];

    /// <summary>How the entities' bars are brought together.</summary>
    public PanelAlignment Align { get; init; } = PanelAlignment.Outer;

    /// <summary>The column whose changes are the returns.</summary>
    public string Price { get; init; } = "close";

    /// <summary>The parameter sets.</summary>
    public ParameterGrid Grid { get; init; } = ParameterGrid.One;

    /// <summary>Parameters that every set of the grid gets besides its own.</summary>
    public ParameterValues Parameters { get; init; } = ParameterValues.None;

    /// <summary>
    /// The start of the window, inclusive. Bars before it are not earned on; they only warm the expression up, so
    /// that a moving average is full at the first bar if the data go back far enough.
    /// </summary>
    public DateTime? From { get; init; }

    /// <summary>The end of the window, inclusive. Nothing after it is read.</summary>
    public DateTime? To { get; init; }

    /// <summary>
    /// Where the window is cut in two: the returns of earlier bars are in-sample (<c>is_*</c>), that of this one and
    /// later ones out-of-sample (<c>oos_*</c>); null does not cut. What is held goes on across the cut.
    /// </summary>
    public DateTime? Split { get; init; }

    /// <summary>
    /// Makes one run of the grid: at each step the set with the best Sharpe ratio on the train window earns the
    /// test window that follows. Null runs every set.
    /// </summary>
    public WalkForward? WalkForward { get; init; }

    /// <summary>
    /// How many returns before what is out of sample are left out of what is in sample, because what their signals
    /// look at overlaps; null takes the length of a label, which is <see cref="Lag"/>.
    /// </summary>
    public int? Purge { get; init; }

    /// <summary>The share of the window's bars, rounded down, that is left out before that besides, 0 to 1.</summary>
    public double Embargo { get; init; } = 0.01;

    /// <summary>How the signal becomes weights.</summary>
    public PositionRule Position { get; init; } = PositionRule.Sign;

    /// <summary>The cap on gross leverage <c>Σ|w|</c>.</summary>
    public double MaxLeverage { get; init; } = 1;

    /// <summary>The cost of trading, in basis points of turnover.</summary>
    public double CostBps { get; init; } = 1;

    /// <summary>How many bars after its own a signal earns, 1 at least.</summary>
    public int Lag { get; init; } = 1;

    /// <summary>Periods a year; null takes them from the median spacing of bars.</summary>
    public double? PeriodsPerYear { get; init; }

    /// <summary>
    /// What runs are compared with: an entity of the set (spelled exactly), or a feature set of one series; null
    /// compares with nothing.
    /// </summary>
    public string? Benchmark { get; init; }

    /// <summary>The version of the benchmark's set, when it is one; null takes the newest.</summary>
    public int? BenchmarkVersion { get; init; }

    /// <summary>The metrics that are measured besides the standard set: <c>ic_mean</c>, <c>ic_ir</c>, <c>max_weight</c>.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = [];

    /// <summary>The seed of the run's generator.</summary>
    public long Seed { get; init; }

    /// <summary>The name or file of the risk policy; null takes the default one.</summary>
    public string? RiskPolicy { get; init; }

    /// <summary>Leaves out the evaluation on truncated samples.</summary>
    public bool SkipLookAheadTest { get; init; }
}
