using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Maintenance;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Tests.Experiments;

public sealed class ExperimentRemovalTests : IDisposable
{
    private readonly Lab _lab = new();

    public ExperimentRemovalTests() => _lab.ImportSeries("prices", Lab.Walk(300, 1), Lab.Walk(300, 2));

    public void Dispose() => _lab.Dispose();

    [Fact]
    public void Trials_of_a_call_that_is_removed_still_count()
    {
        var first = _lab.Run(Lab.Crossover());
        var second = _lab.Run(Lab.Crossover());
        var before = Measure();

        Remove(first[0].ExperimentId);

        var after = Measure();
        Assert.Equal((12, 6), (after.Trials, after.Runs));
        Assert.Equal((before.SharpeVariance, before.Dsr), (after.SharpeVariance, after.Dsr));
        Assert.Equal(second.Select(run => run.RunId), _lab.Find(new RunQuery()).Select(run => run.RunId));
        Assert.False(Directory.Exists(Path.Combine(_lab.Store.ExperimentsFolder, first[0].ExperimentId)));

        Remove([.. _lab.Runs.Calls("CROSSOVER")]);
        Assert.Empty(_lab.Runs.Names());
        Assert.Equal(["crossover"], _lab.Runs.TriedNames(["cr*"]));
        Assert.Equal((12, 0, null), (Measure().Trials, Measure().Runs, Measure(overfitting: true).BestRunId));
        Assert.Equal(
            ErrorId.RunNotFound,
            Assert.Throws<AlphaFactoryException>(() => _lab.Reproduce("crossover")).Id
        );
        _lab.Warnings.Clear();
        _lab.Run(Lab.Crossover());
        Assert.Contains("18 trials", Assert.Single(_lab.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_store_is_in_order_and_can_be_copied_after_a_removal()
    {
        var first = _lab.Run(Lab.Crossover());
        var second = _lab.Run(Lab.Crossover());

        Remove(first[0].ExperimentId);
        Remove(second[0].RunId, second[2].RunId);
        Remove(second[2].RunId, second[4].RunId);

        Assert.Empty(new StoreChecker(_lab.Store).Run(_lab.Context));
        using var folder = new TempFolder();
        _ = new StoreBackup(_lab.Store).Write(folder.File("copy"), force: false, _lab.Context);
        using var copy = AlphaStore.Open(folder.File("copy"));
        Assert.Empty(new StoreChecker(copy).Run(_lab.Context));
    }

    [Fact]
    public void What_is_left_of_a_call_can_be_run_again_and_measured()
    {
        var runs = _lab.Run(Lab.Crossover());

        Remove(runs[0].RunId, runs[3].RunId, "nope.1", "nope");

        string[] left = [.. new[] { 1, 2, 4, 5 }.Select(i => runs[i].RunId)];
        Assert.Equal(left, _lab.Find(new RunQuery()).Select(run => run.RunId));
        var again = _lab.Reproduce();
        Assert.Equal(left, again.Select(result => result.RunId));
        Assert.All(
            again,
            result =>
                Assert.Equal((ReproductionVerdict.Identical, 0), (result.Verdict, result.ChangedInputs.Count))
        );
        var measure = Measure(overfitting: true);
        Assert.Equal((6, 4, 4), (measure.Trials, measure.Runs, measure.Overfitting!.Runs));

        Remove(left);
        Assert.False(Directory.Exists(Path.Combine(_lab.Store.ExperimentsFolder, runs[0].ExperimentId)));
    }

    [Fact]
    public void An_id_that_is_not_there_counts_nothing()
    {
        var run = _lab.Run(Lab.Crossover())[0];
        Assert.Equal((1, 6), (_lab.Runs.CountOf(run.RunId), _lab.Runs.CountOf(run.ExperimentId)));
        Assert.Throws<AlphaFactoryException>(() => _lab.Runs.CountOf("nope"));
        Assert.Throws<AlphaFactoryException>(() => _lab.Runs.CountOf(run.ExperimentId + ".99"));
    }

    [Fact]
    public void Runs_are_found_by_upper_bounds_status_and_when_they_began()
    {
        var runs = _lab.Run(
            Lab.Crossover() with
            {
                Grid = ParameterGrid.List([
                    Lab.Set(("fast", -1), ("slow", 3)),
                    Lab.Set(("fast", 2), ("slow", 30)),
                    Lab.Set(("fast", 5), ("slow", 20)),
                ]),
            }
        );
        double[] sharpes = [.. runs.Skip(1).Select(run => run.Metrics["sharpe"])];
        MetricValues most = new([KeyValuePair.Create("sharpe", sharpes.Min())]);
        var lowest = Assert.Single(_lab.Find(new RunQuery { MaxMetric = most }));
        Assert.Equal(sharpes.Min(), lowest.Metrics["sharpe"]);
        Assert.Equal(
            runs[0].RunId,
            Assert.Single(_lab.Find(new RunQuery { Statuses = [RunStatus.Rejected] })).RunId
        );
        Assert.Equal(
            3,
            _lab.Find(new RunQuery { Statuses = [RunStatus.Rejected, RunStatus.Completed] }).Count
        );
        var now = DateTime.UtcNow;
        Assert.Empty(_lab.Find(new RunQuery { Since = now.AddDays(1) }));
        Assert.Empty(_lab.Find(new RunQuery { Until = now.AddDays(-1) }));
        Assert.Equal(3, _lab.Find(new RunQuery { Since = now.AddDays(-1), Until = now.AddDays(1) }).Count);
        Assert.Throws<AlphaFactoryException>(() =>
            _lab.Find(new RunQuery { MaxMetric = new([KeyValuePair.Create("sharpe", double.NaN)]) })
        );
    }

    [Fact]
    public void A_grid_that_is_out_of_time_stops_between_runs_and_says_how_far_it_came()
    {
        var context = _lab.Context with { Time = new FastClock() };
        var options = new RunOptions { MaxRuntime = TimeSpan.FromSeconds(1) };
        var run = Assert.Single(
            new ExperimentRunner(_lab.Store).Run(Lab.Crossover(), context, options).ToList()
        );
        Assert.Contains(_lab.Warnings, text => text.Contains("1 of 6 runs", StringComparison.Ordinal));
        Assert.Equal(run.RunId, Assert.Single(_lab.Find(new RunQuery())).RunId);
        Assert.Equal(1, Measure().Trials);
        Assert.Equal(ReproductionVerdict.Identical, Assert.Single(_lab.Reproduce()).Verdict);

        var error = Assert.Throws<AlphaFactoryException>(() =>
            new ExperimentRunner(_lab.Store)
                .Run(Lab.Crossover(), context, new RunOptions { MaxRuntime = TimeSpan.FromTicks(30) })
                .ToList()
        );
        Assert.Equal(ErrorId.SpecInvalid, error.Id);
    }

    private void Remove(params string[] ids) => _lab.Runs.Remove(ids, TestContext.Current.CancellationToken);

    private ExperimentMeasure Measure(bool overfitting = false) =>
        new ExperimentMeasurer(_lab.Store).Measure("crossover", overfitting, _lab.Context);

    /// <summary>A second passes whenever it is looked at.</summary>
    private sealed class FastClock : TimeProvider
    {
        private long _seconds;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Interlocked.Increment(ref _seconds);
    }
}
