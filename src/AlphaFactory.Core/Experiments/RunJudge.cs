using AlphaFactory.Core.Features;
using AlphaFactory.Core.Risk;

namespace AlphaFactory.Core.Experiments;

/// <summary>
/// Judges the runs of an experiment before they run. What is wrong with the data is wrong with all of them, and is
/// looked at once; what depends on the parameters is looked at for each.
/// </summary>
internal sealed class RunJudge
{
    private static readonly string[] OfData = ["DATA_"];
    private static readonly string[] OfRuns = ["PARAM_", "LEAK_"];

    private readonly RiskGovernor _governor;
    private readonly RiskTarget _target;
    private readonly RiskFindings _data;

    /// <summary>Looks at the data of an experiment.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="spec">The specification.</param>
    /// <param name="signal">What computes the signal.</param>
    /// <param name="loaded">The bars up to the end of the window.</param>
    /// <param name="first">The first bar of the window.</param>
    /// <param name="earningBars">How many bars earn, which of a walk-forward are those of its tests.</param>
    public RunJudge(
        RiskPolicy policy,
        ExperimentSpec spec,
        SignalSource signal,
        LoadedPanel loaded,
        int first,
        int earningBars
    )
    {
        _governor = new RiskGovernor(policy);
        _target = new RiskTarget
        {
            Name = spec.Name,
            Kind = RiskTargetKind.Parameters,
            WindowParameters = signal.Expression?.WindowParameters ?? [],
            LagParameters = signal.Expression?.LagParameters ?? [],
            LongestWindow = signal.Expression?.LongestWindow,
            DeclaredParameters = signal.Expression?.Parameters,
            SampleBars = earningBars,
            GridSize = spec.Grid.Count,
            CostBps = spec.CostBps,
            MaxLeverage = spec.MaxLeverage,
        }.WithSample(spec, loaded, first);
        _data = new RiskGovernor(policy).Evaluate(_target, default, OfData).Findings;
    }

    /// <summary>What the test for look-ahead found: it is wrong with every run.</summary>
    public SignalChange? SignalChange { get; set; }

    /// <summary>The policy.</summary>
    public RiskPolicy Policy => _governor.Policy;

    /// <summary>Judges the run of a parameter set.</summary>
    public RiskVerdict Judge(string name, ParameterValues parameters, DateTime utcNow)
    {
        var verdict = _governor.Evaluate(
            _target with
            {
                Name = name,
                Parameters = parameters,
                SignalChange = SignalChange,
            },
            utcNow,
            OfRuns
        );
        return _data.Count == 0 ? verdict : verdict.With(_data);
    }

    /// <summary>Whether a denial is of the parameters alone, so that another set of the grid may be allowed.</summary>
    public static bool IsOfParameters(RiskFinding finding) =>
        finding.Code is "LEAK_FUTURE_REFERENCE"
        || (
            finding.Code.StartsWith("PARAM_", StringComparison.Ordinal)
            && finding.Code != "PARAM_GRID_TOO_LARGE"
        );
}
