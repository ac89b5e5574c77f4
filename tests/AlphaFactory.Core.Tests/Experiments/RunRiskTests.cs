using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Registry;
using AlphaFactory.Core.Risk;
using AlphaFactory.Core.Tests.Risk;

namespace AlphaFactory.Core.Tests.Experiments;

public sealed class RunRiskTests : IDisposable
{
    private readonly Lab _lab = new();

    public void Dispose() => _lab.Dispose();

    [Fact]
    public void A_run_is_judged_by_what_its_experiment_recorded()
    {
        var run = Run(Lab.Crossover() with { CostBps = 0, MaxLeverage = 3 });

        var target = run.ToRiskTarget(_lab.Store);

        Assert.Equal((run.RunId, RiskTargetKind.Run), (target.Name, target.Kind));
        Assert.Equal(
            (0, 3, 300, 300),
            (target.CostBps, target.MaxLeverage, target.SampleBars, target.HistoryBars)
        );
        Assert.Equal(["fast", "slow"], target.WindowParameters.Order(StringComparer.Ordinal));
        Assert.True(target.HasProvenance);
        Assert.Contains("PORT_LEVERAGE", target.Judge().Findings.Codes);
        Assert.Contains("PARAM_COST_ZERO", target.Judge().Findings.Codes);
    }

    [Fact]
    public void Bars_before_the_window_count_as_history()
    {
        var run = Run(Lab.Crossover() with { From = Lab.Day(200) });

        var target = run.ToRiskTarget(_lab.Store);

        Assert.Equal((100, 300), (target.SampleBars, target.HistoryBars));
    }

    [Fact]
    public void Without_a_store_only_the_run_itself_is_looked_at()
    {
        var target = Run(Lab.Crossover()).ToRiskTarget();

        Assert.Null(target.MaxLeverage);
        Assert.Null(target.CostBps);
        Assert.True(target.HasProvenance);
    }

    [Theory]
    [InlineData("../../elsewhere.1")]
    [InlineData("no-such-run.1")]
    [InlineData("")]
    public void A_run_without_a_record_cannot_be_reproduced(string id)
    {
        var target = (Run(Lab.Crossover()) with { RunId = id }).ToRiskTarget(_lab.Store);

        Assert.False(target.HasProvenance);
        Assert.Null(target.MaxLeverage);
    }

    [Fact]
    public void An_alpha_from_a_run_is_judged_by_the_same_record()
    {
        var run = Run(Lab.Crossover() with { MaxLeverage = 3 });
        var draft = AlphaDraft.FromRun(run);
        var alpha = Assert.Single(new AlphaRegistry(_lab.Store).Register([draft], OperationContext.Silent));

        Assert.Equal(3, draft.ToRiskTarget(_lab.Store).MaxLeverage);
        Assert.Equal(3, alpha.ToRiskTarget(_lab.Store).MaxLeverage);
        Assert.True(alpha.ToRiskTarget(_lab.Store).HasProvenance);
    }

    private ExperimentRun Run(ExperimentSpec spec)
    {
        _lab.ImportSeries("prices", Lab.Walk(300, 1));
        return _lab.Run(spec)[0];
    }
}
