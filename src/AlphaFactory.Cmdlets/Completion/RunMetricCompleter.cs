using AlphaFactory.Core.Experiments;

namespace AlphaFactory.Cmdlets.Completion;

/// <summary>Completes the metrics that runs have.</summary>
public sealed class RunMetricCompleter : StoreCompleter
{
    /// <inheritdoc/>
    private protected override IEnumerable<(string Text, string Tooltip)> Complete(
        string store,
        string word
    ) =>
        from name in PerformanceMetrics.Names
        where name.StartsWith(word, StringComparison.OrdinalIgnoreCase)
        select (name, name);
}
