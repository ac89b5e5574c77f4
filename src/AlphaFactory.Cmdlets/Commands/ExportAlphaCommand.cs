using System.Management.Automation;
using AlphaFactory.Cmdlets.Completion;
using AlphaFactory.Core;
using AlphaFactory.Core.Registry;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>
/// Writes alphas to a CSV or JSON file, by its extension: all of them or, when anything fails, none. Numbers and
/// dates are written in the invariant culture, so that every digit reads back.
/// </summary>
[Cmdlet(VerbsData.Export, "Alpha", SupportsShouldProcess = true, DefaultParameterSetName = InputSet)]
public sealed class ExportAlphaCommand : StoreCmdlet
{
    private const string InputSet = "Input";
    private const string NameSet = "Name";

    private readonly List<Alpha> _alphas = [];

    /// <summary>The file to write; ends in .csv or .json.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The alphas, as <c>Get-Alpha</c> gives them.</summary>
    [Parameter(ParameterSetName = InputSet, Mandatory = true, ValueFromPipeline = true)]
    public Alpha[] InputObject { get; set; } = [];

    /// <summary>The names of the alphas, all versions, with wildcards.</summary>
    [Parameter(ParameterSetName = NameSet, Mandatory = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(AlphaNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Does not replace a file that is there.</summary>
    [Parameter]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>Replaces a read-only file too.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => Run(() => AlphaFile.FormatOf(Path), Path);

    /// <inheritdoc/>
    protected override void ProcessRecord() => _alphas.AddRange(InputObject);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (ParameterSetName == NameSet)
        {
            Find();
        }

        var path = FullPath(Path);
        if (ShouldProcess(path, $"Export {Amount.Of(_alphas.Count, "alpha")}"))
        {
            Run(() => AlphaFile.Write(path, _alphas, NoClobber, Force, Context), path);
        }
    }

    private void Find()
    {
        using var store = Run(() => AlphaStore.Open(StorePath), StorePath);
        var registry = new AlphaRegistry(store);
        foreach (var name in Name)
        {
            Run(() => registry.RequireExists(name), name);
        }

        _alphas.AddRange(Stream(registry.Search(new AlphaQuery { Names = Name }, Context)));
    }
}
