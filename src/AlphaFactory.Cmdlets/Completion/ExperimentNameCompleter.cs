using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Completion;

/// <summary>Completes the names of experiments.</summary>
public sealed class ExperimentNameCompleter : StoreCompleter
{
    /// <inheritdoc/>
    private protected override IEnumerable<(string Text, string Tooltip)> Complete(string store, string word)
    {
        using var opened = AlphaStore.Open(store);
        return [.. new ExperimentStore(opened).Names(word).Select(name => (name, name))];
    }
}
