using AlphaFactory.Core.Experiments;

namespace AlphaFactory.Cmdlets.Completion;

/// <summary>Completes inside of a filter of runs.</summary>
public sealed class RunFilterCompleter : FilterCompleter
{
    /// <inheritdoc/>
    private protected override (int Start, IReadOnlyList<(string Text, string Tooltip)> Words) Complete(
        string store,
        string text
    ) => RunFilter.Complete(store, text);
}
