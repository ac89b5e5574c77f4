using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Provenance;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Registry;

/// <summary>What runs were made with, from the records of their experiments; each record is read once.</summary>
internal sealed class RunOrigins(AlphaStore store)
{
    private readonly ExperimentStore _experiments = new(store);
    private readonly Dictionary<string, Origin> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The draft with its run's origin; a run that the store does not know leaves it unknown.</summary>
    /// <exception cref="AlphaFactoryException">The store cannot be read, or the record is damaged.</exception>
    public AlphaDraft Complete(AlphaDraft draft)
    {
        if (draft.Origin is not null || draft.RunId is null)
        {
            return draft;
        }

        var experiment = ExperimentStore.SplitId(draft.RunId).Key!;
        if (!_known.TryGetValue(experiment, out var origin))
        {
            origin = _experiments.TryReadRecord(draft.RunId)?.Origin ?? Origin.Unknown;
            _known.Add(experiment, origin);
        }

        return draft with
        {
            Origin = origin,
        };
    }
}
