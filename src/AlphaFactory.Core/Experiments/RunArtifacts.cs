using System.Globalization;
using AlphaFactory.Core.Reporting;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Experiments;

/// <summary>
/// What a call leaves in its folder besides its record and its runs: equity and charts on request, and what a
/// walk-forward chose. It comes from the runs as they are recorded; only those that an earlier process recorded are
/// computed again. Of the equity of a grid no more is in memory than what is being written.
/// </summary>
/// <param name="store">The store, which the caller keeps open and uses on the same thread.</param>
/// <param name="experiment">The experiment.</param>
/// <param name="key">Its id.</param>
/// <param name="options">What was asked for.</param>
/// <param name="context">The token and the callbacks.</param>
internal sealed class RunArtifacts(
    AlphaStore store,
    PreparedExperiment experiment,
    string key,
    RunOptions options,
    OperationContext context
) : IDisposable
{
    /// <summary>So many runs of a call, the best ones, are drawn at most.</summary>
    public const int MostCharts = 10;

    public const string ChoicesFile = "walk-forward.json";

    private readonly ExperimentStore _runs = new(store);

    // The best runs so far, the best first.
    private readonly List<(ExperimentRun Run, double Sharpe, BacktestResult? Earned)> _best = [];
    private EquityWriter? _equity;
    private WalkForwardSearch? _search;

    // What a run must be better than to be drawn; NaN while any is.
    private double _least = double.NaN;

    /// <summary>The name of the chart of a run.</summary>
    public static string ChartFile(long number) =>
        string.Create(CultureInfo.InvariantCulture, $"chart-{number}.png");

    /// <summary>Whether a run with these metrics has to keep what it earned; asked on any thread.</summary>
    public bool Wants(MetricValues metrics)
    {
        if (options.SaveEquity || !options.Chart)
        {
            return options.SaveEquity;
        }

        var least = Volatile.Read(ref _least);
        return double.IsNaN(least) || Sharpe(metrics) > least;
    }

    /// <summary>Takes the runs that another process recorded before this one went on with the call.</summary>
    /// <param name="count">How many there are.</param>
    public void AddRecorded(long count)
    {
        const int Batch = 256;
        // What a process that was killed had begun to write.
        _ = AtomicFile.Sweep(_runs.Folder(key));
        var earns = options.SaveEquity || experiment.Spec.WalkForward is not null;
        if (!earns && !options.Chart)
        {
            return;
        }

        var done = 0L;
        var progress = new RunProgress($"Equity of {experiment.Spec.Name}", count, begun: 0, context);
        var recorded = _runs.RunsOf(_runs.FindExperiment(name: null, key).Id, context.Cancellation);
        foreach (var batch in recorded.Where(run => run.EquityHash is not null).Chunk(Batch))
        {
            var earned = OrderedParallel.Run<EarnedRun?>(
                batch.Length,
                (i, stop) => earns ? ExperimentEquity.Earn(experiment, batch[(int)i], stop) : null,
                options.ThrottleLimit,
                () => progress.Report(done),
                context.Cancellation
            );
            foreach (var (run, result) in batch.Zip(earned))
            {
                progress.Report(++done);
                Add(run, result?.Result, result?.Search);
            }
        }
    }

    /// <summary>Takes the next run.</summary>
    /// <param name="run">The run, which is recorded.</param>
    /// <param name="earned">What it earned; null when it earned nothing or <see cref="Wants"/> did not ask for it.</param>
    /// <param name="search">What a walk-forward chose.</param>
    public void Add(ExperimentRun run, BacktestResult? earned, WalkForwardSearch? search)
    {
        _search ??= search;
        if (run.EquityHash is null)
        {
            return;
        }

        if (options.SaveEquity)
        {
            _equity ??= new EquityWriter(
                PathOf(EquityFile.FileName),
                [.. experiment.WindowTimes.Skip(1)],
                context.Cancellation
            );
            _equity.Add(NumberOf(run), earned!);
        }

        if (options.Chart)
        {
            Rank(run, earned);
        }
    }

    /// <summary>Writes what was asked for.</summary>
    public void Publish()
    {
        if (_search is not null)
        {
            var choices = ExperimentRecord.ToJson(experiment.ChoicesOf(_search));
            AtomicFile.WriteText(PathOf(ChoicesFile), choices + "\n");
        }

        _equity?.Publish();
        foreach (var (run, _, earned) in _best)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var file = PathOf(ChartFile(NumberOf(run)));
            var png = EquityChart.Draw(
                Picture(run, earned ?? ExperimentEquity.Earn(experiment, run, context.Cancellation).Result)
            );
            AtomicFile.Write(file, stream => stream.Write(png));
            context.Verbose($"Drew run {run.RunId} into '{file}'.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _equity?.Dispose();

    private void Rank(ExperimentRun run, BacktestResult? earned)
    {
        // The better first, the earlier of ties; one without a ratio last.
        var sharpe = Sharpe(run.Metrics);
        var place = double.IsNaN(sharpe) ? -1 : _best.FindIndex(each => !(each.Sharpe >= sharpe));
        _best.Insert(place < 0 ? _best.Count : place, (run, sharpe, earned));
        if (_best.Count > MostCharts)
        {
            _best.RemoveAt(MostCharts);
        }

        Volatile.Write(ref _least, _best.Count == MostCharts ? _best[^1].Sharpe : double.NaN);
    }

    private static double Sharpe(MetricValues metrics) => metrics.GetValueOrDefault("sharpe", double.NaN);

    private static long NumberOf(ExperimentRun run) => ExperimentStore.SplitId(run.RunId).Number!.Value;

    private string PathOf(string file) => Path.Combine(_runs.Folder(key), file);

    private EquityPicture Picture(ExperimentRun run, BacktestResult earned)
    {
        var metrics = run.Metrics;
        var parameters = run.Parameters.Count > 0 ? $" ({run.Parameters})" : "";
        return new EquityPicture
        {
            Title = $"{run.Name}{parameters}",
            Subtitle =
                $"{run.RunId}: Sharpe ratio {Figures.Number(Sharpe(metrics))}, "
                + $"a year {Figures.Percent(metrics.GetValueOrDefault("cagr", double.NaN))}, "
                + $"worst drawdown {Figures.Percent(metrics.GetValueOrDefault("max_drawdown", double.NaN))}, "
                + run.Status,
            Times = [.. experiment.WindowTimes.Take(earned.Returns.Length + 1)],
            Returns = earned.Returns,
        };
    }
}
