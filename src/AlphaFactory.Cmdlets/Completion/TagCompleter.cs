using AlphaFactory.Core.Registry;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Completion;

/// <summary>Completes tags.</summary>
public sealed class TagCompleter : StoreCompleter
{
    /// <inheritdoc/>
    private protected override IEnumerable<(string Text, string Tooltip)> Complete(
        AlphaStore store,
        string word
    ) => new AlphaVocabulary(store).Tags(word).Select(tag => (tag, tag));
}
