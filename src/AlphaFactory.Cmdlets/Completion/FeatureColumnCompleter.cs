using System.Collections;
using AlphaFactory.Cmdlets.Binding;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Completion;

/// <summary>Completes the columns of the feature set that -Name or -FeatureSet names; of all sets without it.</summary>
public sealed class FeatureColumnCompleter : StoreCompleter
{
    /// <inheritdoc/>
    private protected override IEnumerable<(string Text, string Tooltip)> Complete(
        string store,
        string word,
        IDictionary bound
    )
    {
        using var opened = AlphaStore.Open(store);
        var name = Tables.Unwrap(bound["Name"] ?? bound["FeatureSet"]) as string;
        var sets = new FeatureStore(opened).List(string.IsNullOrEmpty(name) ? null : name);
        return
        [
            .. sets.Reverse()
                .SelectMany(set => set.Columns)
                .DistinctBy(column => column.Name, StringComparer.OrdinalIgnoreCase)
                .Where(column => column.Name.StartsWith(word, StringComparison.OrdinalIgnoreCase))
                .Select(column => (column.Name, column.ToString())),
        ];
    }
}
