using System.Management.Automation;
using AlphaFactory.Cmdlets.Binding;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>
/// Gives the rows of a feature set, sorted by entity, then time: an object a row with a property a column. Times
/// are UTC; what is missing is null.
/// </summary>
[Cmdlet(VerbsCommon.Get, "Feature")]
[OutputType(typeof(PSObject))]
public sealed class GetFeatureCommand : FeatureQueryCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        using var store = Run(() => AlphaStore.Open(StorePath));
        var features = new FeatureStore(store);
        if (!TryRun(() => Query(features), Name, out var query))
        {
            return;
        }

        foreach (var row in Stream(features.Read(query, Context), Name))
        {
            WriteObject(Rows.Shape(row));
        }
    }
}
