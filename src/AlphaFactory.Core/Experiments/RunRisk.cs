using AlphaFactory.Core.Risk;

namespace AlphaFactory.Core.Experiments;

/// <summary>What the risk rules see of a run that is done.</summary>
public static class RunRisk
{
    /// <summary>
    /// Makes a target of a recorded run. Its costs, gaps and prices were checked when it began and are not looked
    /// at again; the length of the sample is known from <c>observations</c>.
    /// </summary>
    public static RiskTarget ToRiskTarget(this ExperimentRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return new RiskTarget
        {
            Name = run.RunId,
            Kind = RiskTargetKind.Run,
            Parameters = run.Parameters,
            Metrics = run.Metrics,
            SampleBars = RiskTarget.BarsOf(run.Metrics),
            HasProvenance = run is { CodeHash.Length: > 0, DataHash.Length: > 0 },
        };
    }
}
