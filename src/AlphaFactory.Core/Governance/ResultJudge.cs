using AlphaFactory.Core.Drift;
using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Registry;
using AlphaFactory.Core.Risk;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Governance;

/// <summary>
/// Judges runs and alphas by a policy, with all that a store knows of them: the record of their run, the drift of their
/// data, and the alphas that are registered already.
/// </summary>
/// <param name="policy">The policy.</param>
/// <param name="context">The token and the callbacks.</param>
public sealed class ResultJudge(RiskPolicy policy, OperationContext context)
{
    private readonly RiskGovernor _governor = new(policy);
    private CorrelatedAlphas? _alphas;

    /// <summary>Judges a registered alpha.</summary>
    /// <param name="alpha">The alpha.</param>
    /// <param name="store">Where to look; null looks at the alpha alone.</param>
    /// <param name="failFast">Whether to leave out what comes after the first rule that denies.</param>
    /// <exception cref="AlphaFactoryException">The store cannot be read, or the run's record is damaged.</exception>
    public RiskVerdict Judge(Alpha alpha, AlphaStore? store, bool failFast = false)
    {
        ArgumentNullException.ThrowIfNull(alpha);
        return Judge(Complete(alpha.ToRiskTarget(store), store, alpha.RunId, alpha.Name), failFast);
    }

    /// <summary>Judges a recorded run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="store">Where to look; null looks at the run alone.</param>
    /// <param name="failFast">Whether to leave out what comes after the first rule that denies.</param>
    /// <exception cref="AlphaFactoryException">The store cannot be read, or the run's record is damaged.</exception>
    public RiskVerdict Judge(ExperimentRun run, AlphaStore? store, bool failFast = false)
    {
        ArgumentNullException.ThrowIfNull(run);
        return Judge(Complete(run.ToRiskTarget(store), store, run.RunId, name: null), failFast);
    }

    /// <summary>Judges a target as it is.</summary>
    public RiskVerdict Judge(RiskTarget target, bool failFast = false) =>
        _governor.Evaluate(target, context.UtcNow, failFast: failFast);

    /// <summary>Judges a draft before it is registered. A denial is recorded; with force it is a warning.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.RiskDenied"/>; or the store cannot be written.</exception>
    public RiskVerdict Admit(AlphaDraft draft, AlphaStore store, bool force)
    {
        ArgumentNullException.ThrowIfNull(draft);
        ArgumentNullException.ThrowIfNull(store);
        var verdict = Judge(Complete(draft.ToRiskTarget(store), store, draft.RunId, draft.Name));
        if (verdict.Allowed)
        {
            return verdict;
        }

        new RiskEvents(store).Record([verdict], "Register-Alpha");
        var denied = verdict.Denied();
        if (!force)
        {
            throw denied;
        }

        context.Warn(denied.Message + " It is registered all the same.");
        return verdict;
    }

    private RiskTarget Complete(RiskTarget target, AlphaStore? store, string? runId, string? name)
    {
        if (store is null)
        {
            return target;
        }

        target = target.WithDrift(store);
        if (runId is null || !policy.Rule("PORT_CORRELATED").Enabled)
        {
            return target;
        }

        if (_alphas?.Store != store)
        {
            _alphas = new CorrelatedAlphas(store, context);
        }

        var comparison = _alphas.Compare(runId, name);
        return target with { MostCorrelated = comparison.Most, Uncompared = comparison.Uncompared };
    }
}
