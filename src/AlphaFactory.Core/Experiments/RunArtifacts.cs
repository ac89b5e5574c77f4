using System.Globalization;
using AlphaFactory.Core.Reporting;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Experiments;

/// <summary>
/// What a call leaves in its folder besides its record and its runs: equity and charts on request, and what a
/// walk-forward chose. All of it comes from the recorded runs, computed once more, so it needs no room while they run
/// and is complete whoever ran them.
/// </summary>
/// <param name="store">The store, which the caller keeps open and uses on the same thread.</param>
/// <param name="experiment">The experiment.</param>
/// <param name="key">Its id.</param>
/// <param name="threads">How many runs are computed at once.</param>
/// <param name="context">The token and the callbacks.</param>
internal sealed class RunArtifacts(
    AlphaStore store,
    PreparedExperiment experiment,
    string key,
    int threads,
    OperationContext context
)
{
    /// <summary>So many runs of a call, the best ones, are drawn at most.</summary>
    public const int MostCharts = 10;

    public const string ChoicesFile = "walk-forward.json";

    private readonly ExperimentStore _runs = new(store);

    /// <summary>The name of the chart of a run.</summary>
    public static string ChartFile(long number) =>
        string.Create(CultureInfo.InvariantCulture, $"chart-{number}.png");

    /// <summary>Writes what was asked for.</summary>
    /// <param name="saveEquity">Whether to keep the returns of every run.</param>
    /// <param name="chart">Whether to draw the best runs.</param>
    public void Write(bool saveEquity, bool chart)
    {
        if (!Directory.Exists(_runs.Folder(key)))
        {
            return;
        }

        if (experiment.Spec.WalkForward is not null)
        {
            WriteChoices();
        }

        if (saveEquity)
        {
            AtomicFile.Write(
                Path.Combine(_runs.Folder(key), EquityFile.FileName),
                stream => EquityFile.Write(stream, Earned(), Times, context.Cancellation)
            );
        }

        if (chart)
        {
            WriteCharts();
        }
    }

    private IReadOnlyList<DateTime> Times => [.. experiment.WindowTimes.Skip(1)];

    private IEnumerable<ExperimentRun> Runs =>
        _runs.RunsOf(_runs.FindExperiment(name: null, key).Id, context.Cancellation);

    private IEnumerable<(long Number, BacktestResult Earned)> Earned()
    {
        var done = 0L;
        foreach (var batch in Runs.Where(run => run.EquityHash is not null).Chunk(256))
        {
            var earned = OrderedParallel.Run(
                batch.Length,
                (i, stop) => ExperimentEquity.Earn(experiment, batch[(int)i], stop),
                threads,
                () => Report(done),
                context.Cancellation
            );
            foreach (var (run, result) in batch.Zip(earned))
            {
                done++;
                Report(done);
                yield return (ExperimentStore.SplitId(run.RunId).Number!.Value, result);
            }
        }
    }

    private void Report(long done) =>
        context.Progress(
            new ProgressReport(
                $"Equity of {experiment.Spec.Name}",
                string.Create(CultureInfo.InvariantCulture, $"{done} runs")
            )
        );

    private void WriteChoices()
    {
        var run = Runs.First();
        if (run.EquityHash is null)
        {
            return;
        }

        var choices = experiment.ChoicesOf(experiment.EarnRun(run.Parameters, context.Cancellation))!;
        AtomicFile.WriteText(
            Path.Combine(_runs.Folder(key), ChoicesFile),
            ExperimentRecord.ToJson(choices) + "\n"
        );
    }

    private void WriteCharts()
    {
        var best = Runs.Where(run => run.EquityHash is not null)
            .Select(run => (Run: run, Sharpe: run.Metrics.GetValueOrDefault("sharpe", double.NaN)))
            .Aggregate(
                new List<(ExperimentRun Run, double Sharpe)>(),
                (kept, next) =>
                {
                    // The better first, the earlier of ties; one without a ratio last.
                    var place = kept.FindIndex(each =>
                        !(each.Sharpe >= next.Sharpe) && !double.IsNaN(next.Sharpe)
                    );
                    kept.Insert(place < 0 ? kept.Count : place, next);
                    return kept.Count > MostCharts ? kept[..MostCharts] : kept;
                }
            );
        foreach (var (run, _) in best)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var earned = ExperimentEquity.Earn(experiment, run, context.Cancellation);
            var file = Path.Combine(
                _runs.Folder(key),
                ChartFile(ExperimentStore.SplitId(run.RunId).Number!.Value)
            );
            var png = EquityChart.Draw(Picture(run, earned));
            AtomicFile.Write(file, stream => stream.Write(png));
            context.Verbose($"Drew run {run.RunId} into '{file}'.");
        }
    }

    private EquityPicture Picture(ExperimentRun run, BacktestResult earned)
    {
        var metrics = run.Metrics;
        var parameters = run.Parameters.Count > 0 ? $" ({run.Parameters})" : "";
        return new EquityPicture
        {
            Title = $"{run.Name}{parameters}",
            Subtitle =
                $"{run.RunId}: Sharpe ratio {Figures.Number(metrics.GetValueOrDefault("sharpe", double.NaN))}, "
                + $"a year {Figures.Percent(metrics.GetValueOrDefault("cagr", double.NaN))}, "
                + $"worst drawdown {Figures.Percent(metrics.GetValueOrDefault("max_drawdown", double.NaN))}, "
                + run.Status,
            Times = [.. experiment.WindowTimes.Take(earned.Returns.Length + 1)],
            Returns = earned.Returns,
        };
    }
}
