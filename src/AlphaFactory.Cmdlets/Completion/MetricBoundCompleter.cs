using AlphaFactory.Core.Registry;

namespace AlphaFactory.Cmdlets.Completion;

/// <summary>Completes the metric of a bound, up to the <c>=</c>; the tooltip says the range of its values.</summary>
public sealed class MetricBoundCompleter : StoreCompleter
{
    /// <inheritdoc/>
    private protected override IEnumerable<(string Text, string Tooltip)> Complete(
        string store,
        string word
    ) => AlphaVocabulary.Metrics(store, word).Select(metric => (metric.Name + "=", metric.ToString()));
}
