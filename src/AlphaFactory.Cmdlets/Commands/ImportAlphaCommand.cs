using System.Management.Automation;
using AlphaFactory.Core;
using AlphaFactory.Core.Registry;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>
/// Reads alphas back from files that <c>Export-Alpha</c> wrote, versions, dates and provenance included. Each file
/// is imported whole or, when something in it is wrong or conflicts, not at all. An alpha that the store has
/// already is skipped.
/// </summary>
[Cmdlet(VerbsData.Import, "Alpha", SupportsShouldProcess = true, DefaultParameterSetName = PathSet)]
[OutputType(typeof(Alpha))]
public sealed class ImportAlphaCommand : HeldStoreCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    private readonly List<Alpha> _imported = [];

    /// <summary>Files, .csv or .json; wildcards are expanded.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Files, .csv or .json, their paths taken as they are.</summary>
    [Parameter(ParameterSetName = LiteralPathSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == LiteralPathSet)
        {
            Import(LiteralPath.Select(FullPath));
            return;
        }

        foreach (var path in Path)
        {
            if (TryRun(() => Files(path), path, out var files))
            {
                Import(files);
            }
        }
    }

    /// <summary>Gives what was imported, when the metrics of all files are known.</summary>
    protected override void EndProcessing()
    {
        foreach (var alpha in MetricMembers.Attach(_imported))
        {
            WriteObject(alpha);
        }
    }

    private void Import(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            if (
                TryRun(() => AlphaFile.Read(path, Context), path, out var file)
                && ShouldProcess(
                    $"{Amount.Of(file.Count, "alpha")} of '{path}' to store '{StorePath}'",
                    "Import"
                )
            )
            {
                Import(file);
            }
        }
    }

    private void Import(AlphaFileContent file)
    {
        var registry = new AlphaRegistry(WritableStore);
        var result = Run(() => registry.Import(file, Context), file.Path);
        foreach (var conflict in result.Conflicts)
        {
            WriteError(Errors.Record(conflict, file.Path));
        }

        _imported.AddRange(result.Imported);
    }
}
