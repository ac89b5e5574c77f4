using System.Management.Automation;
using AlphaFactory.Core.Maintenance;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>
/// Deletes what dead processes left in a store, rewrites its database without gaps, and empties the database's log.
/// </summary>
[Cmdlet(VerbsCommon.Optimize, "AlphaStore", SupportsShouldProcess = true)]
[OutputType(typeof(StoreAction))]
public sealed class OptimizeAlphaStoreCommand : StoreCmdlet
{
    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        using var store = Run(() => AlphaStore.Open(StorePath), StorePath);
        foreach (var action in Stream(new StoreOptimizer(store).Run(ShouldProcess, Context), StorePath))
        {
            WriteObject(action);
        }
    }
}
