using System.Management.Automation;
using AlphaFactory.Core.Maintenance;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>Describes a store: where it is, what is in it, how large it is, and when it last changed.</summary>
[Cmdlet(VerbsCommon.Get, "AlphaStore")]
[OutputType(typeof(StoreDescription))]
public sealed class GetAlphaStoreCommand : StoreCmdlet
{
    /// <inheritdoc/>
    protected override void EndProcessing() => WriteObject(Run(Describe, StorePath));

    private StoreDescription Describe()
    {
        using var store = AlphaStore.Open(StorePath);
        return StoreDescription.Of(store, Context);
    }
}
