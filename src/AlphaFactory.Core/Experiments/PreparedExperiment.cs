using System.Collections.Concurrent;
using System.Globalization;
using AlphaFactory.Core.Expressions;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Risk;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Experiments;

/// <summary>What a parameter set gave.</summary>
/// <param name="Parameters">The parameters.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Metrics">The metrics; none when it was rejected.</param>
/// <param name="Verdict">What the risk governor said before it ran and on the way.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="EquityHash">The SHA-256 of the returns; null when it earned none, or when it was not asked for.</param>
/// <param name="Earned">The returns and turnovers; null when it earned none, or when they were not asked for.</param>
/// <param name="Search">What a walk-forward chose; null otherwise.</param>
internal sealed record RunOutcome(
    ParameterValues Parameters,
    RunStatus Status,
    MetricValues Metrics,
    RiskVerdict Verdict,
    TimeSpan Duration,
    string? EquityHash = null,
    BacktestResult? Earned = null,
    WalkForwardSearch? Search = null
);

/// <summary>What a run earned.</summary>
/// <param name="Signal">The signal that it earned by, entity by entity.</param>
/// <param name="Result">The returns and turnovers.</param>
/// <param name="Search">What a walk-forward chose; null otherwise.</param>
internal sealed record EarnedRun(double[] Signal, BacktestResult Result, WalkForwardSearch? Search);

/// <summary>
/// A specification that has been checked, with its data loaded: everything that the runs share. It does not change,
/// so runs may be executed on several threads.
/// </summary>
internal sealed partial class PreparedExperiment
{
    private readonly Panel _panel;
    private readonly double[] _assetReturns;

    // The first bar of the window, and the bar before the first return of the runs: the same but for a walk-forward,
    // whose runs begin with the first test.
    private readonly int _windowFirst;
    private readonly int _first;

    // Where the returns of the window are in-sample and where out; null when it is not cut.
    private readonly (int InSample, int OutOfSample)? _split;
    private readonly IReadOnlyList<WalkForwardStep>? _steps;
    private readonly ExtraMetrics? _extra;
    private readonly StopRules? _stops;

    // What the sets of the grid share of an expression; null when a script gives the signal.
    private readonly SharedFormula? _formula;
    private readonly RunJudge _judge;
    private readonly TimeProvider _time;
    private readonly ConcurrentBag<RunBuffers> _spare = [];

    private PreparedExperiment(
        ExperimentSpec spec,
        FeatureSet set,
        SignalSource signal,
        LoadedPanel loaded,
        int first,
        double periodsPerYear,
        Benchmark? benchmark,
        RiskPolicy policy,
        TimeProvider time
    )
    {
        Spec = spec;
        Set = set;
        Benchmark = benchmark;
        Signal = signal;
        PeriodsPerYear = periodsPerYear;
        var panel = _panel = loaded.Panel;
        _windowFirst = _first = first;
        _split = spec.Split is { } split ? SplitAt(split) : null;
        _formula = signal.Expression is { } expression
            ? new SharedFormula(expression, panel, spec.Grid.Varying, SeriesCache.OfMachine())
            : null;
        if (spec.WalkForward is { } walk)
        {
            _steps = WalkForwardStep.Over(WindowBars - 1, walk, Gap);
            _first = _windowFirst + _steps[0].TestStart;
        }

        _extra = ExtraMetrics.For(spec, panel, _first, benchmark, periodsPerYear);
        // Only a policy that the user named stops runs.
        _stops = spec.RiskPolicy is null ? null : new StopRules(policy);
        _judge = new RunJudge(policy, spec, signal, loaded, _windowFirst, WindowBars);
        _time = time;
        _assetReturns = Backtest.AssetReturns(panel, spec.Price);
    }

    /// <summary>The specification.</summary>
    public ExperimentSpec Spec { get; }

    /// <summary>The version of the feature set that it runs on.</summary>
    public FeatureSet Set { get; }

    /// <summary>What runs are compared with; null with nothing.</summary>
    public Benchmark? Benchmark { get; }

    /// <summary>How many runs there are: one for every set of the grid, and one for all of a walk-forward.</summary>
    public long RunCount => _steps is null ? Spec.Grid.Count : 1;

    /// <summary>How many threads a walk-forward searches the grid with; the result does not depend on it.</summary>
    public int Threads { get; set; } = 1;

    /// <summary>What computes the signal.</summary>
    public SignalSource Signal { get; }

    /// <summary>The hash of its code.</summary>
    public string CodeHash => Signal.CodeHash;

    /// <summary>Periods a year, as given or found.</summary>
    public double PeriodsPerYear { get; }

    /// <summary>The risk policy.</summary>
    public RiskPolicy Policy => _judge.Policy;

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
        var signal = SignalSource.Of(spec, context);
        SpecCheck.Parameters(spec, signal.Expression, context.Cancellation);
        policy ??= RiskPolicy.Load(spec.RiskPolicy);
        var features = new FeatureStore(store);
        var set = features.Find(spec.FeatureSet, spec.Version);
        SpecCheck.Columns(spec, signal.Expression, set);
        var loaded = features.Load(
            set,
            new PanelRequest
            {
                // A script may look at any column.
                Columns = signal.Expression is null
                    ? null
                    :
                    [
                        .. signal
                            .Expression.Columns.Append(spec.Price)
                            .Distinct(StringComparer.OrdinalIgnoreCase),
                    ],
                Entities =
                    spec.Entities.Count > 0 ? [.. spec.Entities.Distinct(StringComparer.Ordinal)] : null,
                To = spec.To,
                Align = spec.Align,
            },
            context
        );
        var panel = loaded.Panel;
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
        var benchmark = spec.Benchmark is null
            ? null
            : Benchmark.Find(features, set, spec, panel, first, context);
        return new PreparedExperiment(
            spec,
            set,
            signal,
            loaded,
            first,
            periods,
            benchmark,
            policy,
            context.Time
        );
    }

    /// <summary>The parameters of a run by its number from 0; a walk-forward has the fixed ones only.</summary>
    public ParameterValues ParametersOf(long number) =>
        _steps is null ? ParametersOfSet(number) : Spec.Parameters;

    /// <summary>The parameters of a set of the grid by its number from 0: its own, then the fixed ones.</summary>
    public ParameterValues ParametersOfSet(long number) =>
        Spec.Parameters.Count == 0
            ? Spec.Grid[number]
            : new ParameterValues([.. Spec.Grid[number], .. Spec.Parameters]);

    /// <summary>
    /// Tests the signal for look-ahead at the ends of the grid and of every parameter. When it fails, every run is
    /// rejected.
    /// </summary>
    public void TestLookAhead(DateTime utcNow, CancellationToken cancellation)
    {
        foreach (var number in LookAheadSample.Of(Spec.Grid))
        {
            var parameters = ParametersOfSet(number);
            if (!Judge("", parameters, utcNow).Allowed)
            {
                continue;
            }

            double[] Evaluate(Panel panel) => Signal.Evaluate(panel, parameters, cancellation);
            if (LookAheadTest.Find(_panel, Evaluate(_panel), Evaluate) is { } found)
            {
                _judge.SignalChange = found;
                return;
            }
        }
    }

    /// <summary>Judges the run of a parameter set before it runs.</summary>
    public RiskVerdict Judge(string name, ParameterValues parameters, DateTime utcNow) =>
        _judge.Judge(name, parameters, utcNow);

    /// <summary>Carries out one run, unless the risk governor denies it.</summary>
    /// <param name="name">The name of the run in the verdict.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="utcNow">The time of the verdict.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <param name="hashed">Whether the outcome has the hash of its returns, which only a record needs.</param>
    /// <param name="keep">Whether an outcome with these metrics has its returns; null when none has.</param>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.ExpressionSyntax"/>.</exception>
    public RunOutcome Execute(
        string name,
        ParameterValues parameters,
        DateTime utcNow,
        CancellationToken cancellation,
        bool hashed = true,
        Func<MetricValues, bool>? keep = null
    )
    {
        var started = _time.GetTimestamp();
        var verdict = _steps is null ? Judge(name, parameters, utcNow) : JudgeGrid(name, utcNow);
        if (!verdict.Allowed)
        {
            var took = _time.GetElapsedTime(started);
            return new(parameters, RunStatus.Rejected, MetricValues.None, verdict, took);
        }

        // The arrays of a run that is done are the next one's.
        var buffers = _spare.TryTake(out var spare) ? spare : NewBuffers();
        var outcome = Run(parameters, verdict, started, buffers, hashed, cancellation);
        if (keep?.Invoke(outcome.Metrics) is true)
        {
            return outcome;
        }

        _spare.Add(buffers);
        return outcome with { Earned = null };
    }

    /// <summary>What a run earns, and by which signal, whatever the risk governor says.</summary>
    public EarnedRun EarnRun(ParameterValues parameters, CancellationToken cancellation) =>
        EarnRun(parameters, NewBuffers(), cancellation);

    private EarnedRun EarnRun(ParameterValues parameters, RunBuffers buffers, CancellationToken cancellation)
    {
        var search = _steps is null ? null : SearchGrid(_steps, cancellation);
        var signal = search is null
            ? Evaluate(parameters, buffers.Signal, cancellation)
            : ChosenSignal(search, cancellation);
        Backtest.Run(signal, _assetReturns, _panel.Bars, _first, Conventions, buffers.Result, cancellation);
        return new EarnedRun(signal, buffers.Result, search);
    }

    /// <summary>The signal of a parameter set: in the room given, or in an array of its own.</summary>
    private double[] Evaluate(ParameterValues parameters, double[] room, CancellationToken cancellation) =>
        _formula?.Evaluate(parameters, room, Spec.Grid.Count < Threads ? Threads : 1, cancellation)
        ?? Signal.Evaluate(_panel, parameters, cancellation);

    private RunBuffers NewBuffers() =>
        new(new double[_assetReturns.Length], BacktestResult.Of(_panel.Bars - _first - 1));

    private BacktestConventions Conventions => new(Spec.Position, Spec.MaxLeverage, Spec.CostBps, Spec.Lag);

    private RunOutcome Run(
        ParameterValues parameters,
        RiskVerdict verdict,
        long started,
        RunBuffers buffers,
        bool hashed,
        CancellationToken cancellation
    )
    {
        EarnedRun Work(CancellationToken stop) => EarnRun(parameters, buffers, stop);
        var (result, tookTooLong) =
            _stops?.Limit(Work, started, _time, cancellation) ?? (Work(cancellation), null);
        if (result is not { } earned)
        {
            return new RunOutcome(
                parameters,
                RunStatus.Stopped,
                MetricValues.None,
                verdict.With([tookTooLong!]),
                _time.GetElapsedTime(started)
            );
        }

        var status = RunStatus.Completed;
        if (_stops is not null)
        {
            var (length, findings) = _stops.Watch(
                earned.Result.Returns,
                PeriodsPerYear,
                i => _panel.Times[_first + 1 + i]
            );
            verdict = verdict.With(findings);
            if (!verdict.Allowed)
            {
                status = RunStatus.Stopped;
                earned = earned with { Result = earned.Result.First(length) };
            }
        }

        return new RunOutcome(
            parameters,
            status,
            Measure(earned),
            verdict,
            _time.GetElapsedTime(started),
            hashed ? ExperimentEquity.Hash(earned.Result.Returns) : null,
            earned.Result,
            earned.Search
        );
    }

    private BacktestResult EarnOn(double[] signal, int first, CancellationToken cancellation)
    {
        return Backtest.Run(signal, _assetReturns, _panel.Bars, first, Conventions, cancellation);
    }

    private MetricValues Measure(EarnedRun earned)
    {
        var result = earned.Result;
        var standard = _split is { } split
            ? PerformanceMetrics.Compute(result, split.InSample, split.OutOfSample, PeriodsPerYear)
            : PerformanceMetrics.Compute(result, PeriodsPerYear);
        return earned.Search is null && _extra is null
            ? standard
            : new MetricValues([
                .. standard,
                .. earned.Search is null ? [] : MeasureSearch(earned.Search, result),
                .. _extra is null ? [] : _extra.Compute(result.Returns, earned.Signal),
            ]);
    }

    /// <summary>How many returns lie between what is in sample and what is out of it: the purge and the embargo.</summary>
    private int Gap => (Spec.Purge ?? Spec.Lag) + (int)(Spec.Embargo * (_panel.Bars - _windowFirst));

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

    private (int InSample, int OutOfSample) SplitAt(DateTime time)
    {
        var returns = 0;
        while (returns < WindowBars - 1 && _panel.Times[_first + 1 + returns] < time)
        {
            returns++;
        }

        return returns > Gap && returns < WindowBars - 1
            ? (returns - Gap, returns)
            : throw new AlphaFactoryException(
                ErrorId.SpecInvalid,
                $"-Split {UtcDate.Format(time)} leaves no return on one of its sides: the bars of the window go from "
                    + $"{UtcDate.Format(From)} to {UtcDate.Format(To)}"
                    + string.Create(
                        CultureInfo.InvariantCulture,
                        $", and {Gap} returns before the split are left out (-Purge, -Embargo). "
                    )
                    + "Choose a time between them."
            );
    }

    /// <summary>Room for a signal, entity by entity, and for what it earns.</summary>
    private sealed record RunBuffers(double[] Signal, BacktestResult Result);
}
