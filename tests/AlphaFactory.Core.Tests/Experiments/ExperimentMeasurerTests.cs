using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Registry;

namespace AlphaFactory.Core.Tests.Experiments;

public sealed class ExperimentMeasurerTests : IDisposable
{
    private readonly Lab _lab = new();

    public ExperimentMeasurerTests() => _lab.ImportSeries("prices", Lab.Walk(300, 1), Lab.Walk(300, 2));

    public void Dispose() => _lab.Dispose();

    [Fact]
    public void Every_trial_of_the_name_counts_and_the_best_of_them_is_deflated()
    {
        List<ExperimentRun> runs =
        [
            .. _lab.Run(Lab.Crossover()),
            .. _lab.Run(Lab.Crossover() with { Position = PositionRule.LongOnly, Name = "CROSSOVER" }),
        ];
        _lab.Run(Lab.Crossover() with { Name = "other" });
        double[] sharpes = [.. runs.Select(run => run.Metrics["sharpe"] / Math.Sqrt(252))];
        var mean = sharpes.Average();
        var variance = sharpes.Sum(sharpe => (sharpe - mean) * (sharpe - mean)) / (sharpes.Length - 1);
        var best = runs.MaxBy(run => run.Metrics["sharpe"])!;

        var measure = Measure("Crossover");

        Assert.Equal(("crossover", 12, 12), (measure.Name, measure.Trials, measure.Runs));
        Assert.Equal(mean, measure.SharpeMean, 1e-12);
        Assert.Equal(variance, measure.SharpeVariance, 1e-12);
        Assert.Equal((best.RunId, best.Metrics["sharpe"]), (measure.BestRunId, measure.BestSharpe));
        Assert.Equal(best.Metrics["psr"], measure.Psr, 1e-14);
        var metrics = best.Metrics;
        Assert.Equal(
            OverfittingStatistics.ProbabilisticSharpe(
                sharpes.Max(),
                OverfittingStatistics.ExpectedMaximumSharpe(12, variance),
                metrics["skew"],
                metrics["kurtosis"] + 3,
                metrics["observations"]
            ),
            measure.Dsr,
            1e-10
        );
        Assert.True(measure.Dsr < measure.Psr);
        Assert.Null(measure.Pbo);
    }

    [Fact]
    public void A_re_run_is_no_trial()
    {
        _lab.Run(Lab.Crossover());
        _lab.Reproduce();
        Measure("crossover", overfitting: true);
        Assert.Equal(6, Measure("crossover").Trials);
    }

    [Fact]
    public void Overfitting_is_measured_over_the_runs_of_the_last_call_at_any_number_of_threads()
    {
        _lab.Run(Lab.Crossover() with { Grid = ParameterGrid.List([Lab.Set(("fast", 1), ("slow", 2))]) });
        var last = _lab.Run(Lab.Crossover());

        var measure = Measure("crossover", overfitting: true, threads: 1);

        Assert.Equal(
            (last[0].ExperimentId, 6, 299),
            (
                measure.Overfitting!.ExperimentId,
                measure.Overfitting.Runs,
                measure.Overfitting.BlockLength * 16 + measure.Overfitting.Dropped
            )
        );
        Assert.InRange(measure.Pbo!.Value, 0, 1);
        Assert.Equal(
            measure,
            Measure("crossover", overfitting: true, threads: 4) with
            {
                BestParameters = measure.BestParameters,
            }
        );
    }

    [Fact]
    public void What_cannot_be_compared_says_why()
    {
        var one = Lab.Crossover() with { Grid = ParameterGrid.List([Lab.Set(("fast", 1), ("slow", 2))]) };
        _lab.Run(one);
        var measure = Measure("crossover", overfitting: true);
        Assert.Equal((null, 0.0, measure.Psr), (measure.Pbo, measure.ExpectedMaximumSharpe, measure.Dsr));
        Assert.Contains(
            _lab.Warnings,
            text => text.Contains("2 at least; there are 1", StringComparison.Ordinal)
        );

        _lab.Run(Lab.Crossover() with { To = UtcDate.EndOfDay(Lab.Day(31)) });
        Assert.Null(Measure("crossover", overfitting: true).Pbo);
        Assert.Contains(_lab.Warnings, text => text.Contains("the window has 31", StringComparison.Ordinal));
    }

    [Fact]
    public void A_name_without_a_run_that_earned_has_nothing_to_deflate()
    {
        _lab.Run(Lab.Crossover() with { Expression = "close - close", Grid = ParameterGrid.One });
        var measure = Measure("crossover");
        Assert.Equal((1, null), (measure.Trials, measure.BestRunId));
        Assert.True(double.IsNaN(measure.Dsr));
    }

    [Fact]
    public void A_name_that_was_never_run_is_not_there() =>
        Assert.Equal(ErrorId.RunNotFound, Assert.Throws<AlphaFactoryException>(() => Measure("nope")).Id);

    [Fact]
    public void A_record_that_was_edited_is_not_computed_again()
    {
        var run = _lab.Run(Lab.Crossover())[0];
        var file = Path.Combine(_lab.Store.ExperimentsFolder, run.ExperimentId, "spec.json");
        File.WriteAllText(
            file,
            File.ReadAllText(file).Replace("\"costBps\": 1", "\"costBps\": 0", StringComparison.Ordinal)
        );
        Assert.Equal(
            ErrorId.StoreCorrupt,
            Assert.Throws<AlphaFactoryException>(() => Measure("crossover", overfitting: true)).Id
        );
        Assert.Equal(6, Measure("crossover").Trials);
    }

    [Fact]
    public void The_best_of_a_grid_that_is_not_significant_gives_one_warning()
    {
        var best = _lab.Run(Lab.Crossover()).MaxBy(run => run.Metrics["sharpe"])!;
        var warning = Assert.Single(
            _lab.Warnings,
            text => text.Contains("not significant", StringComparison.Ordinal)
        );
        Assert.Contains(best.RunId, warning, StringComparison.Ordinal);
        Assert.Contains("6 trials", warning, StringComparison.Ordinal);

        _lab.Warnings.Clear();
        _lab.Run(Lab.Crossover());
        Assert.Contains("12 trials", Assert.Single(_lab.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void An_alpha_made_from_a_run_keeps_what_the_trials_amounted_to()
    {
        var run = _lab.Run(Lab.Crossover()).MaxBy(run => run.Metrics["sharpe"])!;
        var draft = AlphaDraft.FromRun(run, _lab.Store);
        Assert.Equal([.. run.Metrics.Keys, "dsr", "trials"], draft.Metrics.Keys);
        Assert.Equal((6, Measure("crossover").Dsr), (draft.Metrics["trials"], draft.Metrics["dsr"]));
        _lab.Run(Lab.Crossover());
        Assert.Equal(12, AlphaDraft.FromRun(run, _lab.Store).Metrics["trials"]);
        // A run of another store brings no trials along.
        Assert.Equal(
            run.Metrics.Keys,
            AlphaDraft.FromRun(run with { ExperimentId = "x" }, _lab.Store).Metrics.Keys
        );
    }

    [Fact]
    public void One_run_or_a_significant_best_gives_no_warning()
    {
        _lab.Run(Lab.Crossover() with { Grid = ParameterGrid.List([Lab.Set(("fast", 2), ("slow", 5))]) });
        double[] rising =
        [
            .. Enumerable.Range(0, 300).Select(i => 100 * Math.Exp(0.01 * i + 0.002 * Math.Sin(i))),
        ];
        _lab.ImportSeries("rising", rising);
        var runs = _lab.Run(Lab.Crossover("rising") with { Name = "rise" });
        Assert.True(runs[0].Metrics["psr"] > 0.99);
        Assert.DoesNotContain(_lab.Warnings, text => text.Contains("significant", StringComparison.Ordinal));
    }

    private ExperimentMeasure Measure(string name, bool overfitting = false, int threads = 2) =>
        new ExperimentMeasurer(_lab.Store).Measure(
            name,
            overfitting,
            _lab.Context,
            new RunOptions { ThrottleLimit = threads }
        );
}
