using AlphaFactory.Core.Experiments;

namespace AlphaFactory.Core.Tests.Experiments;

public sealed class ExperimentStoreTests : IDisposable
{
    private readonly Lab _lab = new();
    private readonly List<ExperimentRun> _runs;

    public ExperimentStoreTests()
    {
        _lab.ImportSeries("prices", Lab.Walk(300, 3));
        _runs =
        [
            .. _lab.Run(Lab.Crossover()),
            .. _lab.Run(
                Lab.Crossover() with
                {
                    Name = "Other-1",
                    Expression = "close - delay(close, $n)",
                    Grid = ParameterGrid.List([Lab.Set(("n", 2)), Lab.Set(("n", -3))]),
                }
            ),
        ];
    }

    public void Dispose() => _lab.Dispose();

    [Fact]
    public void A_run_read_back_is_the_run_that_was_given_out()
    {
        var read = Find(new RunQuery());
        Assert.Equal(_runs.Count, read.Count);
        foreach (var (given, found) in _runs.Zip(read))
        {
            Assert.Equal(given.Metrics, found.Metrics);
            Assert.Equal(given.Parameters, found.Parameters);
            Assert.Equal(given.Codes, found.Codes);
            Assert.Equal(
                given with
                {
                    Metrics = found.Metrics,
                    Parameters = found.Parameters,
                    Codes = found.Codes,
                },
                found
            );
        }
    }

    [Fact]
    public void Names_match_without_case_and_by_wildcards()
    {
        Assert.Equal(6, Find(new RunQuery { Names = ["CROSSOVER"] }).Count);
        Assert.Equal(2, Find(new RunQuery { Names = ["other*"] }).Count);
        Assert.Empty(Find(new RunQuery { Names = ["zzz*"] }));
        var error = Assert.Throws<AlphaFactoryException>(() => Find(new RunQuery { Names = ["crosover"] }));
        Assert.Equal(ErrorId.RunNotFound, error.Id);
        Assert.Contains("'crossover'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_is_found_by_its_id_and_an_experiment_by_its_own()
    {
        Assert.Equal(_runs[4].RunId, Assert.Single(Find(new RunQuery { RunId = _runs[4].RunId })).RunId);
        Assert.Equal(6, Find(new RunQuery { RunId = _runs[0].ExperimentId }).Count);
        foreach (
            var id in new[]
            {
                "nope",
                _runs[0].ExperimentId + ".7",
                _runs[0].RunId + "'; DROP TABLE runs; --",
            }
        )
        {
            Assert.Equal(
                ErrorId.RunNotFound,
                Assert.Throws<AlphaFactoryException>(() => Find(new RunQuery { RunId = id })).Id
            );
        }
    }

    [Fact]
    public void Bounds_are_inclusive_and_leave_out_runs_without_the_metric()
    {
        var bound = _runs[1].Metrics["sharpe"];
        var found = Find(new RunQuery { MinMetric = Bound("SHARPE", bound) });
        Assert.Equal(
            _runs
                .Where(run => run.Metrics.TryGetValue("sharpe", out var s) && s >= bound)
                .Select(run => run.RunId),
            found.Select(run => run.RunId)
        );
        Assert.Contains(found, run => run.RunId == _runs[1].RunId);
        Assert.Empty(Find(new RunQuery { MinMetric = Bound("unknown", -1e9) }));
        Assert.Equal(
            ErrorId.MetricBoundInvalid,
            Assert
                .Throws<AlphaFactoryException>(() =>
                    Find(new RunQuery { MinMetric = Bound("sharpe", double.NaN) })
                )
                .Id
        );
    }

    [Fact]
    public void Pages_of_a_sorted_search_neither_repeat_nor_skip()
    {
        var query = new RunQuery { SortBy = "turnover", Descending = true };
        var all = Find(query);
        Assert.Equal(
            _runs
                .OrderByDescending(run =>
                    run.Metrics.TryGetValue("turnover", out var t) ? t : double.NegativeInfinity
                )
                .Select(run => run.RunId),
            all.Select(run => run.RunId)
        );
        Assert.Equal(RunStatus.Rejected, all[^1].Status);
        var pages = Enumerable
            .Range(0, 4)
            .SelectMany(page => Find(query with { First = 2, Skip = 2 * page }));
        Assert.Equal(all.Select(run => run.RunId), pages.Select(run => run.RunId));
    }

    [Fact]
    public void The_total_counts_what_matches_and_not_the_page()
    {
        var query = new RunQuery
        {
            Names = ["cross*", "OTHER-1"],
            First = 1,
            Skip = 3,
            SortBy = "sharpe",
        };
        Assert.Null(_lab.Runs.Find(query, _lab.Context.Cancellation).Total);
        Assert.Equal(8, _lab.Runs.Find(query with { CountTotal = true }, _lab.Context.Cancellation).Total);
        Assert.Empty(Find(new RunQuery { RunId = _runs[0].RunId, First = 0 }));
    }

    [Fact]
    public void Properties_sort_too_and_a_mistyped_one_is_an_error()
    {
        Assert.Equal("Other-1", Find(new RunQuery { SortBy = "name", Descending = true })[0].Name);
        Assert.Equal(_runs[0].RunId, Find(new RunQuery { SortBy = "RunId" })[0].RunId);
        Assert.Equal(_runs[^1].RunId, Find(new RunQuery { Descending = true })[0].RunId);
        var error = Assert.Throws<AlphaFactoryException>(() => Find(new RunQuery { SortBy = "sharp" }));
        Assert.Contains("'sharpe'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_metrics_of_a_result_are_those_that_any_of_its_runs_has()
    {
        Assert.Equal(PerformanceMetrics.Names, MetricNames(new RunQuery()));
        Assert.Empty(MetricNames(new RunQuery { RunId = _runs[^1].RunId }));
    }

    [Fact]
    public void Every_trial_counts_and_re_runs_do_not()
    {
        var sharpes = _runs.Take(6).Select(run => run.Metrics["sharpe"] / Math.Sqrt(252)).ToList();
        _lab.Reproduce("crossover");
        var trials = _lab.Runs.Trials("Crossover");
        Assert.Equal((6, 6), (trials.Trials, trials.SharpeCount));
        Assert.Equal(sharpes.Average(), trials.SharpeMean, 1e-14);
        var mean = sharpes.Average();
        Assert.Equal(sharpes.Sum(s => (s - mean) * (s - mean)) / 5, trials.SharpeVariance, 1e-14);
        _lab.Run(Lab.Crossover());
        Assert.Equal(12, _lab.Runs.Trials("crossover").Trials);
        Assert.Equal(0, _lab.Runs.Trials("never").Trials);
    }

    private static MetricValues Bound(string name, double value) => new([KeyValuePair.Create(name, value)]);

    private List<ExperimentRun> Find(RunQuery query) => _lab.Find(query);

    private IReadOnlyList<string> MetricNames(RunQuery query) =>
        _lab.Runs.Find(query, _lab.Context.Cancellation).MetricNames;
}
