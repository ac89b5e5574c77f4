using System.Management.Automation;
using AlphaFactory.Cmdlets.Binding;
using AlphaFactory.Cmdlets.Completion;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>
/// Writes rows of a feature set to a CSV, Parquet or JSON file, by its extension: all of them or, when anything
/// fails, none.
/// </summary>
[Cmdlet(VerbsData.Export, "Feature", SupportsShouldProcess = true)]
public sealed class ExportFeatureCommand : StoreCmdlet
{
    /// <summary>The name of the feature set.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(FeatureSetNameCompleter))]
    public string Name { get; set; } = "";

    /// <summary>The file to write; ends in .csv, .parquet or .json.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The version; the newest unless given.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, int.MaxValue)]
    public int? Version { get; set; }

    /// <summary>The first time, inclusive.</summary>
    [Parameter]
    [UtcDate]
    public DateTime? From { get; set; }

    /// <summary>The last time, inclusive; a bare date means that whole day.</summary>
    [Parameter]
    [UtcDate(UpperEnd = true)]
    public DateTime? To { get; set; }

    /// <summary>Entities, spelled exactly; all unless given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? Entity { get; set; }

    /// <summary>Columns in the order wanted; all in the order of the set unless given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(FeatureColumnCompleter))]
    public string[]? Column { get; set; }

    /// <summary>The set as it was at an instant, as for Get-Feature.</summary>
    [Parameter]
    [UtcDate(UpperEnd = true)]
    public DateTime? AsOf { get; set; }

    /// <summary>Every row of a set with a known time, as for Get-Feature.</summary>
    [Parameter]
    public SwitchParameter History { get; set; }

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
        var query = new FeatureQuery
        {
            Set = new FeatureStore(store).Find(Name, Version, AsOf),
            Columns = Column,
            Entities = Entity,
            From = From,
            To = To,
            AsOf = AsOf,
            History = History,
        };
        return FeatureFile.Write(path, query, NoClobber, Force, Context);
    }
}
