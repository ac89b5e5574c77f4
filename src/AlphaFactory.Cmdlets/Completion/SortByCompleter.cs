using AlphaFactory.Core.Registry;

namespace AlphaFactory.Cmdlets.Completion;

/// <summary>Completes what alphas can be sorted by: metrics, then properties.</summary>
public sealed class SortByCompleter : StoreCompleter
{
    /// <inheritdoc/>
    private protected override IEnumerable<(string Text, string Tooltip)> Complete(string store, string word)
    {
        var metrics = AlphaVocabulary.Metrics(store, word).Select(metric => (metric.Name, metric.ToString()));
        var properties = AlphaVocabulary
            .SortableProperties.Where(name => name.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            .Select(name => (name, $"{name}: a property of every alpha"));
        return metrics.Concat(properties);
    }
}
