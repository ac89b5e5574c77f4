using AlphaFactory.Core.Experiments;

namespace AlphaFactory.Core.Tests.Experiments;

public sealed class WalkForwardTests : IDisposable
{
    private readonly Lab _lab = new();

    public WalkForwardTests() => _lab.ImportSeries("prices", Lab.Walk(300, 1), Lab.Walk(300, 2));

    public void Dispose() => _lab.Dispose();

    private static ExperimentSpec Spec => Lab.Crossover() with { WalkForward = new WalkForward(100, 40) };

    [Fact]
    public void It_is_one_run_and_one_trial_and_says_where_it_begins()
    {
        var run = Assert.Single(_lab.Run(Spec));
        // Training takes 100 returns, purge and embargo 1 + 3: the first test return is that of bar 105.
        Assert.Equal((Lab.Day(104), Lab.Day(299)), (run.From, run.To));
        Assert.Equal((195.0, 5.0), (run.Metrics["observations"], run.Metrics["wf_steps"]));
        Assert.Equal(1, _lab.Runs.Trials("crossover").Trials);
        Assert.Equal(run.Metrics.ToString(), _lab.Runs.Get(run.RunId).Metrics.ToString());
        Assert.Equal(196, new ExperimentEquity(_lab.Store).Read(run.RunId, _lab.Context).Count);
    }

    [Fact]
    public void It_is_the_same_at_any_number_of_threads_and_when_run_again()
    {
        var runs = new[] { 1, 2, 8 }.Select(threads => Assert.Single(_lab.Run(Spec, threads))).ToList();
        Assert.Single(runs.Select(run => run.EquityHash).Distinct());
        Assert.All(runs, run => Assert.Equal(runs[0].Metrics, run.Metrics));
        foreach (var run in runs)
        {
            var result = Assert.Single(_lab.Reproduce(runId: run.RunId));
            Assert.Equal(ReproductionVerdict.Identical, result.Verdict);
        }
    }

    [Fact]
    public void What_comes_after_a_test_does_not_change_what_it_earned()
    {
        var whole = Assert.Single(_lab.Run(Spec with { Embargo = 0 }));
        var cut = Assert.Single(_lab.Run(Spec with { Embargo = 0, To = Lab.Day(230) }));
        var equity = new ExperimentEquity(_lab.Store);
        var early = equity.Read(cut.RunId, _lab.Context);
        var all = equity.Read(whole.RunId, _lab.Context);
        Assert.Equal(
            early.Select(point => (point.Time, point.Equity)),
            all.Take(early.Count).Select(point => (point.Time, point.Equity))
        );
    }

    [Fact]
    public void A_limit_of_time_ends_it_on_its_way_and_records_nothing()
    {
        // Works until it is told to stop.
        StrategyFunction endless = (_, _, _, cancellation) =>
        {
            _ = cancellation.WaitHandle.WaitOne(TimeSpan.FromMinutes(1));
            cancellation.ThrowIfCancellationRequested();
            return [];
        };
        var file = _lab.Write("endless.ps1", "");
        var spec = Spec with { Expression = null, ScriptPath = file, SkipLookAheadTest = true };

        var runs = new ExperimentRunner(_lab.Store).Run(
            spec,
            _lab.Context with
            {
                Scripts = path => new StrategyScript([path], endless),
            },
            new RunOptions { MaxRuntime = TimeSpan.FromMilliseconds(20) }
        );

        Assert.Empty(runs);
        Assert.Contains(
            "as -MaxRuntime says, on the way through a walk-forward",
            Assert.Single(_lab.Warnings),
            StringComparison.Ordinal
        );
        Assert.Empty(_lab.Find(new RunQuery()));
        Assert.Equal(0, _lab.Runs.Trials("crossover").Trials);
    }

    [Fact]
    public void A_grid_of_one_earns_what_that_set_earns()
    {
        var only = Spec with { Grid = ParameterGrid.List([Lab.Set(("fast", 3), ("slow", 13))]) };
        var walked = Assert.Single(_lab.Run(only));
        var plain = Assert.Single(_lab.Run(only with { WalkForward = null, From = walked.From }));
        foreach (var name in PerformanceMetrics.Names)
        {
            Assert.Equal(plain.Metrics[name], walked.Metrics[name]);
        }

        Assert.Equal(plain.EquityHash, walked.EquityHash);
    }

    [Fact]
    public void Sets_that_a_rule_denies_are_never_chosen_and_all_denied_is_rejected()
    {
        var good = Lab.Set(("fast", 3), ("slow", 13));
        var bad = Lab.Set(("fast", -3), ("slow", 13));
        var mixed = Assert.Single(_lab.Run(Spec with { Grid = ParameterGrid.List([bad, good]) }));
        var alone = Assert.Single(_lab.Run(Spec with { Grid = ParameterGrid.List([good]) }));
        Assert.Equal((RunStatus.Completed, alone.EquityHash), (mixed.Status, mixed.EquityHash));
        var rejected = Assert.Single(_lab.Run(Spec with { Grid = ParameterGrid.List([bad]) }));
        Assert.Equal(RunStatus.Rejected, rejected.Status);
        Assert.Contains("PARAM_LOOKBACK_NONPOSITIVE", rejected.Codes);
    }

    [Fact]
    public void Where_no_set_ever_trades_nothing_is_held()
    {
        var run = Assert.Single(_lab.Run(Spec with { Expression = "0 * close", Grid = ParameterGrid.One }));
        Assert.Equal((0, 0), (run.Metrics["total_return"], run.Metrics["turnover"]));
        Assert.True(double.IsNaN(run.Metrics["is_sharpe"]));
    }

    [Theory]
    [InlineData(1, 10, 0.01)]
    [InlineData(100, 0, 0.01)]
    [InlineData(298, 10, 0.01)]
    [InlineData(200, 10, 0.5)]
    [InlineData(int.MaxValue, int.MaxValue, 0.01)]
    public void One_that_leaves_nothing_to_train_or_test_is_refused(int train, int test, double embargo)
    {
        var error = Assert.Throws<AlphaFactoryException>(() =>
            _lab.Run(Spec with { WalkForward = new WalkForward(train, test), Embargo = embargo })
        );
        Assert.Equal(ErrorId.SpecInvalid, error.Id);
        Assert.Contains("-WalkForward", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("504/126", 504, 126, false)]
    [InlineData(" 504/126  Anchored ", 504, 126, true)]
    public void Its_text_is_read(string text, int train, int test, bool anchored) =>
        Assert.Equal(new WalkForward(train, test, anchored), WalkForward.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("504")]
    [InlineData("504/126/3")]
    [InlineData("-504/126")]
    [InlineData("504/126 rolling")]
    public void Other_text_is_refused(string text) =>
        Assert.Equal(
            ErrorId.SpecInvalid,
            Assert.Throws<AlphaFactoryException>(() => WalkForward.Parse(text)).Id
        );
}
