using System.Management.Automation;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>
/// Writes rows of a feature set to a CSV, Parquet or JSON file, by its extension: all of them or, when anything
/// fails, none.
/// </summary>
[Cmdlet(VerbsData.Export, "Feature", SupportsShouldProcess = true)]
public sealed class ExportFeatureCommand : FeatureQueryCmdlet
{
    /// <summary>The file to write; ends in .csv, .parquet or .json.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>Does not replace a file that is there.</summary>
    [Parameter]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>Replaces a read-only file too.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var path = FullPath(Path);
        if (ShouldProcess(path, $"Export feature set {Name}"))
        {
            TryRun(() => Export(path), Name, out _);
        }
    }

    private long Export(string path)
    {
        using var store = AlphaStore.Open(StorePath);
        var query = Query(new FeatureStore(store));
        return FeatureFile.Write(path, query, NoClobber, Force, Context);
    }
}
