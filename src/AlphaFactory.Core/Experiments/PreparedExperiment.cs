using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using AlphaFactory.Core.Expressions;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Provenance;
using AlphaFactory.Core.Risk;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Experiments;

/// <summary>What a parameter set gave.</summary>
/// <param name="Parameters">The parameters.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Metrics">The metrics; none when it was rejected.</param>
/// <param name="Verdict">What the risk governor said before it ran.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="EquityHash">The SHA-256 of the returns; null when it was rejected, or not asked for.</param>
internal sealed record RunOutcome(
    ParameterValues Parameters,
    RunStatus Status,
    MetricValues Metrics,
    RiskVerdict Verdict,
    TimeSpan Duration,
    string? EquityHash
);

/// <summary>
/// A specification that has been checked, with its data loaded: everything that the runs share. It does not change,
/// so runs may be executed on several threads.
/// </summary>
internal sealed class PreparedExperiment
{
    private static readonly string[] RulesBeforeRun = ["PARAM_", "DATA_"];

    private readonly Panel _panel;
    private readonly double[] _assetReturns;
    private readonly int _first;

    // How many returns of the window are in-sample; null when it is not cut.
    private readonly int? _split;
    private readonly double _missingShare;
    private readonly int _nonPositivePrices;
    private readonly SharedFormula _formula;
    private readonly RiskGovernor _governor;
    private readonly TimeProvider _time;
    private readonly ConcurrentBag<BacktestResult> _spare = [];
    private RiskFinding? _leak;

    private PreparedExperiment(
        ExperimentSpec spec,
        FeatureSet set,
        AlphaExpression expression,
        Panel panel,
        int first,
        double periodsPerYear,
        RiskPolicy policy,
        TimeProvider time
    )
    {
        Spec = spec;
        Set = set;
        Expression = expression;
        CodeHash = ContentHash.OfText(expression.Canonical);
        PeriodsPerYear = periodsPerYear;
        _panel = panel;
        _first = first;
        _split = spec.Split is { } split ? SplitAt(split) : null;
        _formula = new SharedFormula(expression, panel, spec.Grid.Varying, SeriesCache.OfMachine());
        _governor = new RiskGovernor(policy);
        _time = time;
        _assetReturns = Backtest.AssetReturns(panel, spec.Price);
        (_missingShare, _nonPositivePrices) = InspectPrices();
    }

    /// <summary>The specification.</summary>
    public ExperimentSpec Spec { get; }

    /// <summary>The version of the feature set that it runs on.</summary>
    public FeatureSet Set { get; }

    /// <summary>The signal.</summary>
    public AlphaExpression Expression { get; }

    /// <summary>The SHA-256 of the expression's canonical text.</summary>
    public string CodeHash { get; }

    /// <summary>Periods a year, as given or found.</summary>
    public double PeriodsPerYear { get; }

    /// <summary>The risk policy.</summary>
    public RiskPolicy Policy => _governor.Policy;

    /// <summary>The entities that it runs on, in ordinal order.</summary>
    public IReadOnlyList<string> Entities => _panel.Entities;

    /// <summary>The first bar of the window, UTC.</summary>
    public DateTime From => _panel.Times[_first];

    /// <summary>The last bar of the window, UTC.</summary>
    public DateTime To => _panel.Times[^1];

    /// <summary>How many bars the window has.</summary>
    public int WindowBars => _panel.Bars - _first;

    /// <summary>The bars of the window, UTC.</summary>
    public IEnumerable<DateTime> WindowTimes => _panel.Times.Skip(_first);

    /// <summary>How many bars come before the window and warm the expression up.</summary>
    public int WarmUpBars => _first;

    /// <summary>Checks a specification and loads its data.</summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.NameInvalid"/>, <see cref="ErrorId.SpecInvalid"/>, <see cref="ErrorId.ExpressionSyntax"/>,
    /// <see cref="ErrorId.FeatureSetNotFound"/>, <see cref="ErrorId.SchemaMismatch"/>,
    /// <see cref="ErrorId.PolicyInvalid"/>, <see cref="ErrorId.PathNotFound"/> or
    /// <see cref="ErrorId.StoreCorrupt"/>.
    /// </exception>
    public static PreparedExperiment Prepare(
        AlphaStore store,
        ExperimentSpec spec,
        OperationContext context,
        RiskPolicy? policy = null
    )
    {
        SpecCheck.Numbers(spec);
        var expression = AlphaExpression.Parse(spec.Expression);
        SpecCheck.Parameters(spec, expression, context.Cancellation);
        policy ??= RiskPolicy.Load(spec.RiskPolicy);
        var features = new FeatureStore(store);
        var set = features.Find(spec.FeatureSet, spec.Version);
        SpecCheck.Columns(spec, expression, set);
        var panel = features.LoadPanel(
            set,
            new PanelRequest
            {
                Columns =
                [
                    .. expression.Columns.Append(spec.Price).Distinct(StringComparer.OrdinalIgnoreCase),
                ],
                Entities =
                    spec.Entities.Count > 0 ? [.. spec.Entities.Distinct(StringComparer.Ordinal)] : null,
                To = spec.To,
                Align = spec.Align,
            },
            context
        );
        var first = FirstBar(panel, spec);
        var periods =
            spec.PeriodsPerYear
            ?? BarSpacing.PeriodsPerYear(panel.Times)
            ?? throw new AlphaFactoryException(
                ErrorId.SpecInvalid,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The bars of '{set.Name}' are {BarSpacing.Median(panel.Times)} apart (median), which is neither a day, "
                ) + "a week, a month nor a quarter. Say with -PeriodsPerYear how many a year has."
            );
        return new PreparedExperiment(spec, set, expression, panel, first, periods, policy, context.Time);
    }

    /// <summary>The parameters of a number from 0: those of the grid, then the fixed ones.</summary>
    public ParameterValues ParametersOf(long number) =>
        Spec.Parameters.Count == 0
            ? Spec.Grid[number]
            : new ParameterValues([.. Spec.Grid[number], .. Spec.Parameters]);

    /// <summary>
    /// Tests the signal of the first and of the last parameter set for look-ahead; the language has no operator that
    /// depends on it otherwise. When it fails, every run is rejected.
    /// </summary>
    public void TestLookAhead(DateTime utcNow, CancellationToken cancellation)
    {
        foreach (var number in new[] { 0, Spec.Grid.Count - 1 }.Distinct())
        {
            var parameters = ParametersOf(number);
            if (!Judge("", parameters, utcNow).Allowed)
            {
                continue;
            }

            double[] Evaluate(Panel panel) => Expression.Evaluate(panel, parameters, cancellation);
            if (LookAheadTest.Find(_panel, Evaluate(_panel), Evaluate) is { } found)
            {
                _leak = Leak(found);
                return;
            }
        }
    }

    /// <summary>Judges the run of a parameter set before it runs.</summary>
    public RiskVerdict Judge(string name, ParameterValues parameters, DateTime utcNow)
    {
        var verdict = _governor.Evaluate(
            new RiskTarget
            {
                Name = name,
                Kind = RiskTargetKind.Parameters,
                Parameters = parameters,
                WindowParameters = Expression.WindowParameters,
                DeclaredParameters = Expression.Parameters,
                SampleBars = WindowBars,
                HistoryBars = _panel.Bars,
                MissingShare = _missingShare,
                NonPositivePrices = _nonPositivePrices,
                GridSize = Spec.Grid.Count,
                CostBps = Spec.CostBps,
                MaxLeverage = Spec.MaxLeverage,
            },
            utcNow,
            RulesBeforeRun
        );
        return _leak is null
            ? verdict
            : verdict with
            {
                Outcome = RiskOutcome.Deny,
                Findings = new RiskFindings([.. verdict.Findings, _leak]),
            };
    }

    /// <summary>Runs one parameter set, unless the risk governor denies it.</summary>
    /// <param name="name">The name of the run in the verdict.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="utcNow">The time of the verdict.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <param name="hashed">Whether the outcome has the hash of its returns, which only a record needs.</param>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.ExpressionSyntax"/>.</exception>
    public RunOutcome Execute(
        string name,
        ParameterValues parameters,
        DateTime utcNow,
        CancellationToken cancellation,
        bool hashed = true
    )
    {
        var started = _time.GetTimestamp();
        var verdict = Judge(name, parameters, utcNow);
        if (!verdict.Allowed)
        {
            var took = _time.GetElapsedTime(started);
            return new(parameters, RunStatus.Rejected, MetricValues.None, verdict, took, EquityHash: null);
        }

        // The arrays of a run that is done are the next one's.
        var earned = _spare.TryTake(out var spare) ? spare : BacktestResult.Of(WindowBars - 1);
        Earn(parameters, earned, cancellation);
        var outcome = new RunOutcome(
            parameters,
            RunStatus.Completed,
            Measure(earned),
            verdict,
            _time.GetElapsedTime(started),
            hashed ? ExperimentEquity.Hash(earned.Returns) : null
        );
        _spare.Add(earned);
        return outcome;
    }

    /// <summary>What a parameter set earns, whatever the risk governor says.</summary>
    public BacktestResult Earn(ParameterValues parameters, CancellationToken cancellation)
    {
        var earned = BacktestResult.Of(WindowBars - 1);
        Earn(parameters, earned, cancellation);
        return earned;
    }

    private void Earn(ParameterValues parameters, BacktestResult earned, CancellationToken cancellation)
    {
        var room = ArrayPool<double>.Shared.Rent(_assetReturns.Length);
        try
        {
            var signal = _formula.Evaluate(parameters, room.AsSpan(0, _assetReturns.Length), cancellation);
            var conventions = new BacktestConventions(
                Spec.Position,
                Spec.MaxLeverage,
                Spec.CostBps,
                Spec.Lag
            );
            Backtest.Run(signal, _assetReturns, _panel.Bars, _first, conventions, earned, cancellation);
        }
        finally
        {
            ArrayPool<double>.Shared.Return(room);
        }
    }

    private MetricValues Measure(BacktestResult earned) =>
        _split is { } split
            ? PerformanceMetrics.Compute(earned, split, PeriodsPerYear)
            : PerformanceMetrics.Compute(earned, PeriodsPerYear);

    private static int FirstBar(Panel panel, ExperimentSpec spec)
    {
        var first = 0;
        while (first < panel.Bars && panel.Times[first] < spec.From)
        {
            first++;
        }

        if (panel.Bars - first >= 2 && panel.EntityCount > 0)
        {
            return first;
        }

        var span =
            panel.Bars == 0
                ? "there are no bars"
                : $"the bars go from {UtcDate.Format(panel.Times[0])} to {UtcDate.Format(panel.Times[^1])}";
        throw new AlphaFactoryException(
            ErrorId.SpecInvalid,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The window has {panel.Bars - first} bars, and a backtest needs 2 at least: up to -To {span}. "
            ) + "Change -From, -To or -Entity, or use -Align Outer."
        );
    }

    private int SplitAt(DateTime time)
    {
        var returns = 0;
        while (returns < WindowBars - 1 && _panel.Times[_first + 1 + returns] < time)
        {
            returns++;
        }

        return returns > 0 && returns < WindowBars - 1
            ? returns
            : throw new AlphaFactoryException(
                ErrorId.SpecInvalid,
                $"-Split {UtcDate.Format(time)} leaves no return on one of its sides: the bars of the window go from "
                    + $"{UtcDate.Format(From)} to {UtcDate.Format(To)}. Choose a time between them."
            );
    }

    private (double MissingShare, int NonPositive) InspectPrices()
    {
        var (missing, nonPositive) = (0L, 0);
        for (var entity = 0; entity < _panel.EntityCount; entity++)
        {
            foreach (var price in _panel.Series(Spec.Price, entity)[_first..])
            {
                missing += double.IsNaN(price) ? 1 : 0;
                nonPositive += price <= 0 ? 1 : 0;
            }
        }

        return ((double)missing / ((long)WindowBars * _panel.EntityCount), nonPositive);
    }

    private static RiskFinding Leak(LookAheadFinding found) =>
        new()
        {
            Code = LookAheadTest.Code,
            Severity = RiskOutcome.Deny,
            Observed = found.After,
            Limit = found.Before,
            Operator = "is unchanged by later bars",
            Unit = "signal",
            Scope = found.Entity,
            Message =
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The signal of '{found.Entity}' at {UtcDate.Format(found.Time)} is {found.Before} on the sample up to "
                )
                + string.Create(
                    CultureInfo.InvariantCulture,
                    $"{UtcDate.Format(found.Cut)} and {found.After} once later bars are known: it looks ahead."
                ),
            Remedy = "Take what reads later bars out of the expression.",
        };
}
