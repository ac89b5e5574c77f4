using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Risk;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Registry;

/// <summary>
/// What the risk rules see of an alpha. Of one that came from a run, cost, leverage and windows are those of the
/// run's record; the length of the sample is known from <c>observations</c>.
/// </summary>
public static class AlphaRisk
{
    /// <summary>Makes a target of a registered alpha.</summary>
    /// <param name="alpha">The alpha.</param>
    /// <param name="store">
    /// Where to look for the run's record and for others with the same code and parameters; null looks nowhere.
    /// </param>
    /// <exception cref="AlphaFactoryException">The store cannot be read.</exception>
    public static RiskTarget ToRiskTarget(this Alpha alpha, AlphaStore? store = null)
    {
        ArgumentNullException.ThrowIfNull(alpha);
        var target = new RiskTarget
        {
            Name = alpha.ToString(),
            Kind = RiskTargetKind.Alpha,
            Parameters = alpha.Parameters,
            Metrics = alpha.Metrics,
            FeatureSet = alpha.FeatureSet,
            SampleBars = RiskTarget.BarsOf(alpha.Metrics),
            HasProvenance = alpha is { RunId: not null, CodeHash: not null, DataHash: not null },
            SameCode = SameCode(store, alpha.Name, alpha.CodeHash, alpha.Parameters),
        };
        return target.WithRecord(store, alpha.RunId);
    }

    /// <summary>Makes a target of an alpha that is about to be registered.</summary>
    /// <param name="draft">The alpha.</param>
    /// <param name="store">
    /// Where to look for the run's record and for others with the same code and parameters; null looks nowhere.
    /// </param>
    /// <exception cref="AlphaFactoryException">The store cannot be read.</exception>
    public static RiskTarget ToRiskTarget(this AlphaDraft draft, AlphaStore? store = null)
    {
        ArgumentNullException.ThrowIfNull(draft);
        var target = new RiskTarget
        {
            Name = draft.Name,
            Kind = RiskTargetKind.Alpha,
            Parameters = draft.Parameters,
            Metrics = draft.Metrics,
            FeatureSet = draft.FeatureSet,
            SampleBars = RiskTarget.BarsOf(draft.Metrics),
            HasProvenance = draft is { RunId: not null, CodeHash: not null, DataHash: not null },
            SameCode = SameCode(store, draft.Name, draft.CodeHash, draft.Parameters),
        };
        return target.WithRecord(store, draft.RunId);
    }

    // Another version of the same name is no duplicate: that is how an alpha is brought up to date.
    private static List<string> SameCode(
        AlphaStore? store,
        string name,
        string? codeHash,
        ParameterValues parameters
    ) =>
        store is null || codeHash is null
            ? []
            : store.Read(connection =>
                connection.Query(
                    row => row.GetString(0),
                    "SELECT DISTINCT name FROM alphas "
                        + "WHERE code_hash = $1 COLLATE NOCASE AND parameters = $2 AND name <> $3 ORDER BY name",
                    codeHash,
                    ParameterJson.Write(parameters),
                    name
                )
            );
}
