using System.Management.Automation;
using AlphaFactory.Core.Maintenance;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>
/// Verifies every page of a store's database, every row count and every hash of a file. Each thing that is wrong is an
/// object; a store in order gives none. Others may go on using the store. With -Verbose it says what was checked.
/// </summary>
[Cmdlet(VerbsDiagnostic.Test, "AlphaStore")]
[OutputType(typeof(StoreFinding))]
public sealed class TestAlphaStoreCommand : StoreCmdlet
{
    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        using var store = Run(() => AlphaStore.Open(StorePath), StorePath);
        foreach (var finding in Stream(new StoreChecker(store).Run(Context), StorePath))
        {
            WriteObject(finding);
        }
    }
}
