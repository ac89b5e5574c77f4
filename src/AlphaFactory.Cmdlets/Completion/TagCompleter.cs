using AlphaFactory.Core.Registry;

namespace AlphaFactory.Cmdlets.Completion;

/// <summary>Completes tags.</summary>
public sealed class TagCompleter : StoreCompleter
{
    /// <inheritdoc/>
    private protected override IEnumerable<(string Text, string Tooltip)> Complete(
        string store,
        string word
    ) => AlphaVocabulary.Tags(store, word).Select(tag => (tag, tag));
}
