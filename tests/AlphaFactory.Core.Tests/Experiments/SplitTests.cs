using AlphaFactory.Core.Experiments;

namespace AlphaFactory.Core.Tests.Experiments;

public sealed class SplitTests : IDisposable
{
    private readonly Lab _lab = new();

    public SplitTests() => _lab.ImportSeries("prices", Lab.Walk(300, 1), Lab.Walk(300, 2));

    public void Dispose() => _lab.Dispose();

    [Fact]
    public void Each_part_is_the_run_of_its_window_alone()
    {
        var spec = Lab.Crossover() with { From = Lab.Day(20), CostBps = 0, Purge = 0, Embargo = 0 };
        var whole = _lab.Run(spec);
        var split = _lab.Run(spec with { Split = Lab.Day(180) });
        var early = _lab.Run(spec with { To = Lab.Day(180).AddTicks(-10) });
        // A window's first bar earns nothing, so the later one begins at the last bar before the cut.
        var late = _lab.Run(spec with { From = Lab.Day(179) });
        for (var i = 0; i < split.Count; i++)
        {
            foreach (var name in PerformanceMetrics.Names)
            {
                Assert.Equal(whole[i].Metrics[name], split[i].Metrics[name]);
                Assert.Equal(early[i].Metrics[name], split[i].Metrics["is_" + name]);
                if (name != "turnover")
                {
                    Assert.Equal(late[i].Metrics[name], split[i].Metrics["oos_" + name]);
                }
            }

            Assert.Equal(
                (159, 120),
                (split[i].Metrics["is_observations"], split[i].Metrics["oos_observations"])
            );
        }
    }

    [Fact]
    public void What_is_held_at_the_cut_is_not_bought_again()
    {
        var spec = Lab.Crossover() with
        {
            Expression = "close",
            Grid = ParameterGrid.One,
            Split = Lab.Day(100),
            Purge = 0,
            Embargo = 0,
        };
        var metrics = Assert.Single(_lab.Run(spec)).Metrics;
        // Long from the start: the whole turnover of 1 is in the first of 99 returns.
        Assert.Equal((1.0 / 99, 0.0), (metrics["is_turnover"], metrics["oos_turnover"]));
    }

    [Fact]
    public void A_split_is_recorded_with_its_run()
    {
        var run = _lab.Run(Lab.Crossover() with { Split = Lab.Day(100) })[2];
        Assert.Equal(PerformanceMetrics.Names.Count * 3, run.Metrics.Count);
        Assert.Equal(run.Metrics.ToString(), _lab.Runs.Get(run.RunId).Metrics.ToString());
        Assert.All(_lab.Reproduce(), result => Assert.Equal(ReproductionVerdict.Identical, result.Verdict));
        Assert.Equal(
            run.RunId,
            Assert.Single(_lab.Find(new RunQuery { SortBy = "oos_sharpe", RunId = run.RunId })).RunId
        );
    }

    [Fact]
    public void What_overlaps_the_cut_is_in_neither_part()
    {
        // 300 bars: an embargo of 3 and a purge of the lag, all before the cut.
        var spec = Lab.Crossover() with
        {
            Split = Lab.Day(200),
            Lag = 2,
        };
        var gapped = _lab.Run(spec);
        var early = _lab.Run(spec with { Split = null, To = Lab.Day(194) });
        for (var i = 0; i < gapped.Count; i++)
        {
            Assert.Equal(
                (194, 100),
                (gapped[i].Metrics["is_observations"], gapped[i].Metrics["oos_observations"])
            );
            Assert.Equal(early[i].Metrics["sharpe"], gapped[i].Metrics["is_sharpe"]);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(300)]
    public void A_split_that_leaves_one_side_empty_is_refused(int day)
    {
        var error = Assert.Throws<AlphaFactoryException>(() =>
            _lab.Run(Lab.Crossover() with { Split = Lab.Day(day) })
        );
        Assert.Equal(ErrorId.SpecInvalid, error.Id);
        Assert.Contains("-Split", error.Message, StringComparison.Ordinal);
    }
}
