using AlphaFactory.Core.Expressions;
using AlphaFactory.Core.Risk;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Experiments;

/// <summary>What the risk rules see of a run that is done.</summary>
public static class RunRisk
{
    /// <summary>
    /// Makes a target of a recorded run. Cost, leverage and windows are those of its experiment's record; gaps and
    /// prices were checked when it began and are not looked at again.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="store">The store with its record; without one only what the run itself says is looked at.</param>
    /// <exception cref="AlphaFactoryException">The store cannot be read, or the record is damaged.</exception>
    public static RiskTarget ToRiskTarget(this ExperimentRun run, AlphaStore? store = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        var target = new RiskTarget
        {
            Name = run.RunId,
            Kind = RiskTargetKind.Run,
            Parameters = run.Parameters,
            Metrics = run.Metrics,
            FeatureSet = run.FeatureSet,
            SampleBars = RiskTarget.BarsOf(run.Metrics),
            HasProvenance = run is { CodeHash.Length: > 0, DataHash.Length: > 0 },
        };
        return target.WithRecord(store, run.RunId);
    }

    /// <summary>
    /// Adds what the record of a run's experiment says. A run whose record is gone cannot be reproduced, and its
    /// cost and leverage are unknown.
    /// </summary>
    internal static RiskTarget WithRecord(this RiskTarget target, AlphaStore? store, string? runId)
    {
        if (store is null || runId is null)
        {
            return target;
        }

        if (new ExperimentStore(store).TryReadRecord(runId) is not { } record)
        {
            return target with { HasProvenance = false };
        }

        var expression = record.Canonical is null ? null : AlphaExpression.Parse(record.Canonical);
        return target with
        {
            WindowParameters = expression?.WindowParameters ?? [],
            LagParameters = expression?.LagParameters ?? [],
            LongestWindow = expression?.LongestWindow,
            DeclaredParameters = expression?.Parameters,
            SampleBars = target.SampleBars ?? record.Bars,
            HistoryBars = record.Bars + record.WarmUpBars,
            CostBps = record.Spec.CostBps,
            MaxLeverage = record.Spec.MaxLeverage,
            Entities = record.Entities.Count,
            RunPolicy = new PolicyMark(record.PolicyName, record.PolicyHash),
        };
    }
}
