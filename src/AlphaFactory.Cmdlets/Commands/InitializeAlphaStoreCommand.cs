using System.Management.Automation;
using AlphaFactory.Core.Maintenance;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>Makes a store, if there is none at the path, and describes it.</summary>
[Cmdlet(VerbsData.Initialize, "AlphaStore", SupportsShouldProcess = true)]
[OutputType(typeof(StoreDescription))]
public sealed class InitializeAlphaStoreCommand : StoreCmdlet
{
    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var path = StorePath;
        if (AlphaStore.Exists(path) || ShouldProcess(path, "Make a store"))
        {
            WriteObject(Run(() => Initialize(path), path));
        }
    }

    private StoreDescription Initialize(string path)
    {
        using var store = AlphaStore.OpenOrCreate(path);
        return StoreDescription.Of(store, Context);
    }
}
