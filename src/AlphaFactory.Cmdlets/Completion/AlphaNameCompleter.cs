using AlphaFactory.Core.Registry;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Completion;

/// <summary>Completes the names of alphas.</summary>
public sealed class AlphaNameCompleter : StoreCompleter
{
    /// <inheritdoc/>
    private protected override IEnumerable<(string Text, string Tooltip)> Complete(
        AlphaStore store,
        string word
    ) => new AlphaVocabulary(store).Names(word).Select(name => (name.Name, $"{name.Name} v{name.Version}"));
}
