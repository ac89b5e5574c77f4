using AlphaFactory.Core.Features;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Completion;

/// <summary>Completes the names of feature sets.</summary>
public sealed class FeatureSetNameCompleter : StoreCompleter
{
    /// <inheritdoc/>
    private protected override IEnumerable<(string Text, string Tooltip)> Complete(string store, string word)
    {
        using var opened = AlphaStore.Open(store);
        return
        [
            .. new FeatureStore(opened)
                .List()
                .Select(set => set.Name)
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .Where(name => name.StartsWith(word, StringComparison.OrdinalIgnoreCase))
                .Select(name => (name, name)),
        ];
    }
}
