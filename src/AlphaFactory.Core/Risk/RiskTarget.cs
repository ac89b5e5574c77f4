namespace AlphaFactory.Core.Risk;

/// <summary>What a target is; rules say which kinds they apply to.</summary>
public enum RiskTargetKind : long
{
    /// <summary>Parameters, before anything ran.</summary>
    Parameters,

    /// <summary>A run of an experiment, before (no metrics) or after it ran.</summary>
    Run,

    /// <summary>A registered alpha, or one about to be.</summary>
    Alpha,
}

/// <summary>
/// All that rules may look at. Callers fill in what they know; what is null is not known, and what should be a
/// number but cannot be had is NaN. Before a run (kind Run, no metrics) sample, missing share, prices and cost must
/// be known, and after it <c>sharpe</c> and <c>turnover</c>: a rule that needs one in vain is indeterminate.
/// Elsewhere a rule whose input is null does not apply.
/// </summary>
public sealed record RiskTarget
{
    /// <summary>The name to show.</summary>
    public required string Name { get; init; }

    /// <summary>What it is.</summary>
    public required RiskTargetKind Kind { get; init; }

    /// <summary>Its parameters.</summary>
    public ParameterValues Parameters { get; init; } = ParameterValues.None;

    /// <summary>The parameters that the expression uses as a window (besides those named lookback or window).</summary>
    public IReadOnlyCollection<string> WindowParameters { get; init; } = [];

    /// <summary>The parameters that the expression uses as a lag.</summary>
    public IReadOnlyCollection<string> LagParameters { get; init; } = [];

    /// <summary>The longest window or lag that the expression has as a number, in bars; null when it has none.</summary>
    public int? LongestWindow { get; init; }

    /// <summary>The parameters that the expression declares; null when there is no expression.</summary>
    public IReadOnlyCollection<string>? DeclaredParameters { get; init; }

    /// <summary>Its metrics; none before it ran.</summary>
    public MetricValues Metrics { get; init; } = MetricValues.None;

    /// <summary>The number of bars of the sample.</summary>
    public int? SampleBars { get; init; }

    /// <summary>
    /// The number of bars that an expression sees: the sample's, and those before it that warm it up. Null takes
    /// <see cref="SampleBars"/>.
    /// </summary>
    public int? HistoryBars { get; init; }

    /// <summary>The share of missing prices in the sample, 0 to 1.</summary>
    public double? MissingShare { get; init; }

    /// <summary>The number of prices that are zero or negative in the sample.</summary>
    public int? NonPositivePrices { get; init; }

    /// <summary>How many whole bars the last price is before the end that was asked for; null when none was.</summary>
    public int? StaleBars { get; init; }

    /// <summary>How many rows have the entity and time of a row before them.</summary>
    public long? DuplicateKeys { get; init; }

    /// <summary>How many rows of an entity are earlier than the row before them.</summary>
    public long? RowsOutOfOrder { get; init; }

    /// <summary>How many rows became known after the bar at whose close their signal is traded; null without known times.</summary>
    public long? LateRows { get; init; }

    /// <summary>The first of <see cref="LateRows"/>, in words.</summary>
    public string FirstLateRow { get; init; } = "";

    /// <summary>What the test for look-ahead found; null when it found nothing, or was not made.</summary>
    public SignalChange? SignalChange { get; init; }

    /// <summary>The number of entities that it trades.</summary>
    public int? Entities { get; init; }

    /// <summary>The number of runs in the grid.</summary>
    public long? GridSize { get; init; }

    /// <summary>Whether the start of the window is after its end.</summary>
    public bool WindowEmpty { get; init; }

    /// <summary>The cost of trading, in basis points.</summary>
    public double? CostBps { get; init; }

    /// <summary>The cap on gross leverage.</summary>
    public double? MaxLeverage { get; init; }

    /// <summary>Whether it names the code, data and run that it came from; null when that does not apply.</summary>
    public bool? HasProvenance { get; init; }

    /// <summary>The names of other registered alphas with the same code hash and parameters.</summary>
    public IReadOnlyCollection<string> SameCode { get; init; } = [];

    /// <summary>The feature set that it is made of.</summary>
    public string? FeatureSet { get; init; }

    /// <summary>What the newest drift report on that set says; null when there is none.</summary>
    public DriftMark? Drift { get; init; }

    /// <summary>The registered alpha whose returns correlate most with its own; null when there is none to compare with.</summary>
    public CorrelatedAlpha? MostCorrelated { get; init; }

    /// <summary>The Live and Candidate alphas whose returns could not be compared with its own.</summary>
    public IReadOnlyList<UncomparedAlpha> Uncompared { get; init; } = [];

    /// <summary>The policy that the run was made under.</summary>
    public PolicyMark? RunPolicy { get; init; }

    /// <summary>The policy that it is judged by.</summary>
    internal RiskPolicy? JudgedBy { get; init; }

    /// <summary>
    /// The bars of a sample with that many returns (n bars give n − 1 returns, the metric <c>observations</c>);
    /// null when the metrics do not say.
    /// </summary>
    public static int? BarsOf(MetricValues metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        return metrics.TryGetValue("observations", out var returns) && returns is >= 0 and < int.MaxValue
            ? (int)returns + 1
            : null;
    }
}

/// <summary>A policy as a record names it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Hash">The hash of what it did.</param>
public sealed record PolicyMark(string Name, string Hash);

/// <summary>A drift report in short.</summary>
/// <param name="AsOf">The last time that it looked at, UTC.</param>
/// <param name="Drifted">Whether the set drifted.</param>
/// <param name="DriftedFeatures">How many of its features did.</param>
/// <param name="Features">How many there are.</param>
public sealed record DriftMark(DateTime AsOf, bool Drifted, int DriftedFeatures, int Features);

/// <summary>How like the returns of an alpha are.</summary>
/// <param name="Alpha">Its name and version.</param>
/// <param name="Correlation">Pearson's correlation, −1 to 1.</param>
/// <param name="Bars">Over how many bars.</param>
public sealed record CorrelatedAlpha(string Alpha, double Correlation, int Bars);

/// <summary>A registered alpha, or the run itself, whose returns cannot be had.</summary>
/// <param name="Name">Its name and version, or the run's id.</param>
/// <param name="Why">Why not.</param>
public sealed record UncomparedAlpha(string Name, string Why);

/// <summary>A signal that changed when later bars became known.</summary>
/// <param name="Entity">The entity.</param>
/// <param name="Time">The bar of the signal, UTC.</param>
/// <param name="Cut">The last bar of the sample that was cut short, UTC.</param>
/// <param name="Before">The signal on that sample.</param>
/// <param name="After">The signal on the whole sample.</param>
public sealed record SignalChange(string Entity, DateTime Time, DateTime Cut, double Before, double After);
