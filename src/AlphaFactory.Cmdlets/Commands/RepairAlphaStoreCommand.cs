using System.Management.Automation;
using AlphaFactory.Core.Maintenance;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>
/// Mends what can be mended without losing anything, and says each thing it did: indexes and search tables are made
/// again, leftovers of dead processes deleted, and folders that nothing names moved to lost+found in the store.
/// </summary>
[Cmdlet(VerbsDiagnostic.Repair, "AlphaStore", SupportsShouldProcess = true)]
[OutputType(typeof(StoreAction))]
public sealed class RepairAlphaStoreCommand : StoreCmdlet
{
    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        using var store = Run(() => AlphaStore.Open(StorePath), StorePath);
        foreach (var action in Stream(new StoreRepair(store).Run(ShouldProcess, Context), StorePath))
        {
            WriteObject(action);
        }
    }
}
