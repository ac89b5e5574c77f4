using AlphaFactory.Core.Registry;

namespace AlphaFactory.Cmdlets.Completion;

/// <summary>Completes the names of alphas.</summary>
public sealed class AlphaNameCompleter : StoreCompleter
{
    /// <inheritdoc/>
    private protected override IEnumerable<(string Text, string Tooltip)> Complete(
        string store,
        string word
    ) => AlphaVocabulary.Names(store, word).Select(name => (name.Name, $"{name.Name} v{name.Version}"));
}
