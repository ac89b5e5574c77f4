using AlphaFactory.Core.Risk;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Drift;

/// <summary>What the risk rules see of the drift of the data that a result is made of.</summary>
public static class DriftRisk
{
    /// <summary>Adds what the newest report on the feature set of a target says; nothing when there is none.</summary>
    /// <param name="target">A result.</param>
    /// <param name="store">The store with the reports; null looks nowhere.</param>
    /// <exception cref="AlphaFactoryException">The store cannot be read.</exception>
    public static RiskTarget WithDrift(this RiskTarget target, AlphaStore? store)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (store is null || target.FeatureSet is not { } set)
        {
            return target;
        }

        var newest = store
            .Read(connection =>
                connection.Query(
                    row => new DriftMark(
                        Sql.FromMicroseconds(row.GetInt64(0)),
                        row.GetBoolean(1),
                        row.GetInt32(2),
                        row.GetInt32(3)
                    ),
                    """
                    SELECT as_of, drifted,
                           (SELECT count(*) FROM drift_features WHERE report_id = r.id AND drifted),
                           (SELECT count(*) FROM drift_features WHERE report_id = r.id)
                    FROM drift_reports r WHERE feature_set = $1 ORDER BY as_of DESC, id DESC LIMIT 1
                    """,
                    set
                )
            )
            .FirstOrDefault();
        return target with { Drift = newest };
    }
}
