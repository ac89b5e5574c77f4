using System.Management.Automation;
using AlphaFactory.Core.Maintenance;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>
/// Copies a store to a new folder in one consistent state while others write. The folder appears whole or not at all,
/// and is itself a store: open it with -Store.
/// </summary>
[Cmdlet(VerbsData.Backup, "AlphaStore", SupportsShouldProcess = true)]
[OutputType(typeof(StoreDescription))]
public sealed class BackupAlphaStoreCommand : StoreCmdlet
{
    /// <summary>The folder to make; it must not exist, or be empty.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>Copies what is damaged or missing as it is, with a warning; else that is an error.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var path = FullPath(Path);
        if (ShouldProcess(path, $"Back up the store at '{StorePath}'"))
        {
            WriteObject(Run(() => Backup(path), path));
        }
    }

    private StoreDescription Backup(string path)
    {
        using var store = AlphaStore.Open(StorePath);
        return new StoreBackup(store).Write(path, Force, Context);
    }
}
