using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Risk;

namespace AlphaFactory.Core.Tests.Experiments;

public sealed class StopTests : IDisposable
{
    private readonly Lab _lab = new();

    public StopTests()
    {
        // Falls by 1% a bar from bar 100 on.
        double[] prices =
        [
            .. Enumerable.Range(0, 300).Select(i => i < 100 ? 100 + i : 200 * Math.Pow(0.99, i - 99)),
        ];
        _lab.ImportSeries("prices", prices);
    }

    public void Dispose() => _lab.Dispose();

    private static ExperimentSpec Holding =>
        Lab.Crossover() with
        {
            Expression = "close",
            Grid = ParameterGrid.One,
            RiskPolicy = "default",
            CostBps = 0,
        };

    [Fact]
    public void A_stopped_run_is_measured_up_to_its_last_bar_and_logged()
    {
        var run = Assert.Single(_lab.Run(Holding));
        // 15 losses in a row are allowed; the 16th is the return of bar 115.
        Assert.Equal((RunStatus.Stopped, 115.0), (run.Status, run.Metrics["observations"]));
        Assert.Contains("STOP_CONSECUTIVE_LOSSES", run.Codes);
        var alone = Assert.Single(_lab.Run(Holding with { RiskPolicy = null, To = Lab.Day(115) }));
        Assert.Equal(alone.Metrics, run.Metrics);
        Assert.Equal(alone.EquityHash, run.EquityHash);
        Assert.Single(
            _lab.Warnings,
            warning => warning.Contains("is stopped. STOP_CONSECUTIVE", StringComparison.Ordinal)
        );
        var logged = Assert.Single(new RiskEvents(_lab.Store).List(new RiskEventQuery { Code = "STOP_*" }));
        Assert.Equal((run.RunId, 16.0), (logged.Target, logged.Observed));
        Assert.Contains("2020-04-25", logged.Message, StringComparison.Ordinal);
        Assert.Equal(116, new ExperimentEquity(_lab.Store).Read(run.RunId, _lab.Context).Count);
        Assert.DoesNotContain(
            _lab.Warnings,
            warning => warning.Contains("to the bit", StringComparison.Ordinal)
        );
        Assert.Equal(ReproductionVerdict.Identical, Assert.Single(_lab.Reproduce(runId: run.RunId)).Verdict);
        // A stopped run was tried.
        Assert.Equal(2, _lab.Runs.Trials("crossover").Trials);
    }

    [Fact]
    public void Without_a_named_policy_nothing_stops() =>
        Assert.Equal(RunStatus.Completed, Assert.Single(_lab.Run(Holding with { RiskPolicy = null })).Status);

    [Fact]
    public void A_stop_that_only_warns_lets_the_run_go_on()
    {
        var policy = _lab.Write(
            "lenient.json",
            """
            { "rules": { "STOP_CONSECUTIVE_LOSSES": { "severity": "Warn" }, "STOP_MAX_DRAWDOWN": { "enabled": false } } }
            """
        );
        var run = Assert.Single(_lab.Run(Holding with { RiskPolicy = policy }));
        Assert.Equal((RunStatus.Completed, 299.0), (run.Status, run.Metrics["observations"]));
        Assert.Contains("STOP_CONSECUTIVE_LOSSES", run.Codes);
    }

    [Fact]
    public void Fail_fast_records_the_run_and_raises_the_denial()
    {
        var runner = new ExperimentRunner(_lab.Store);
        var error = Assert.Throws<AlphaFactoryException>(() =>
            runner.Run(Holding, _lab.Context, new RunOptions { FailFast = true }).ToList()
        );
        Assert.Equal(ErrorId.RiskDenied, error.Id);
        Assert.Contains("STOP_CONSECUTIVE_LOSSES", error.Message, StringComparison.Ordinal);
        Assert.Equal(RunStatus.Stopped, Assert.Single(_lab.Find(new RunQuery())).Status);
    }

    [Fact]
    public void A_run_that_takes_too_long_is_stopped_with_nothing_earned()
    {
        var policy = _lab.Write("hasty.json", """{ "rules": { "STOP_RUNTIME": { "limit": 0.001 } } }""");
        // Slow enough by far: fifteen hundred long windows, no two of them the same.
        var slow = string.Join(
            " + ",
            Enumerable
                .Range(0, 10)
                .Select(part =>
                    string.Join(
                        " + ",
                        Enumerable.Range(101, 150).Select(i => $"ts_rank(close - {part}, {i})")
                    )
                )
                .Select(sum => $"({sum})")
        );
        var run = Assert.Single(_lab.Run(Holding with { Expression = slow, RiskPolicy = policy }));
        Assert.Equal(RunStatus.Stopped, run.Status);
        Assert.Equal(
            ["STOP_RUNTIME"],
            run.Codes.Where(code => code.StartsWith("STOP", StringComparison.Ordinal))
        );
        Assert.Empty(run.Metrics);
    }
}
