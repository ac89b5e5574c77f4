using AlphaFactory.Core.Registry;
using AlphaFactory.Core.Risk;
using AlphaFactory.Core.Storage;
using AlphaFactory.Core.Tests.Risk;

namespace AlphaFactory.Core.Tests.Registry;

public sealed class AlphaRiskTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly AlphaStore _store;

    public AlphaRiskTests() => _store = AlphaStore.OpenOrCreate(_folder.File("store"));

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void An_alpha_is_judged_by_its_values_and_provenance()
    {
        var alpha = Register("mom", "code", ("n", 20L)) with
        {
            Metrics = RiskTargets.Metrics(("sharpe", 9), ("observations", 99)),
        };

        var target = alpha.ToRiskTarget();

        Assert.Equal(("mom v1", RiskTargetKind.Alpha, 100), (target.Name, target.Kind, target.SampleBars));
        Assert.False(target.HasProvenance);
        Assert.Equal(
            "DATA_SAMPLE_TOO_SHORT;FIT_SHARPE_IMPLAUSIBLE;OPS_PROVENANCE_MISSING",
            target.Judge().Findings.ToString()
        );
        Assert.True((alpha with { RunId = "x.1", DataHash = "d" }).ToRiskTarget().HasProvenance);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(-1)]
    [InlineData(1e12)]
    public void A_nonsensical_count_of_returns_is_no_sample(double observations) =>
        Assert.Null(RiskTarget.BarsOf(RiskTargets.Metrics(("observations", observations))));

    [Fact]
    public void Other_alphas_of_the_same_code_and_parameters_are_named()
    {
        var alpha = Register("mom", "code", ("n", 20L));
        Register("MOM", "code", ("n", 20L));
        Register("copy", "code", ("n", 20L));
        Register("copy", "code", ("n", 20L));
        Register("another", "code", ("n", 20L));
        Register("other-parameter", "code", ("n", 21L));
        Register("other-code", "edoc", ("n", 20L));
        Register("by-hand", null, ("n", 20L));

        Assert.Equal(["another", "copy"], alpha.ToRiskTarget(_store).SameCode);
        Assert.Empty(alpha.ToRiskTarget().SameCode);
        Assert.Empty(Register("by-hand-too", null, ("n", 20L)).ToRiskTarget(_store).SameCode);
    }

    private Alpha Register(string name, string? code, params (string Name, object Value)[] parameters)
    {
        var draft = new AlphaDraft
        {
            Name = name,
            CodeHash = code,
            Parameters = RiskTargets.Parameters(parameters),
        };
        return Assert.Single(new AlphaRegistry(_store).Register([draft], OperationContext.Silent));
    }
}
