using AlphaFactory.Core.Registry;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Completion;

/// <summary>Completes the metric of a bound, up to the <c>=</c>; the tooltip says the range of its values.</summary>
public sealed class MetricBoundCompleter : StoreCompleter
{
    /// <inheritdoc/>
    private protected override IEnumerable<(string Text, string Tooltip)> Complete(
        AlphaStore store,
        string word
    ) => new AlphaVocabulary(store).Metrics(word).Select(metric => (metric.Name + "=", metric.ToString()));
}
