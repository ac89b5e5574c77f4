using System.Management.Automation;
using System.Runtime.CompilerServices;
using AlphaFactory.Cmdlets.Binding;
using AlphaFactory.Core;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>
/// Reads CSV files into a new, immutable version of a feature set. Content that the set holds already gives the
/// version that has it.
/// </summary>
[Cmdlet(VerbsData.Import, "Feature", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
[OutputType(typeof(FeatureSet))]
public sealed class ImportFeatureCommand : StoreCmdlet
{
    private readonly List<string> _paths = [];

    // Boxed: a field of one of Core's value types would load Core with this type, before the module is ready for it.
    private readonly StrongBox<ImportMode> _mode = new(ImportMode.New);
    private readonly StrongBox<DuplicatePolicy> _duplicates = new(DuplicatePolicy.Error);

    /// <summary>The name of the feature set.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public string Name { get; set; } = "";

    /// <summary>CSV files, plain or gzip; wildcards are expanded. All of them become one version.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = "Path", ValueFromPipeline = true)]
    public string[] Path { get; set; } = [];

    /// <summary>CSV files, plain or gzip, their paths taken as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>The header of the time column.</summary>
    [Parameter(Mandatory = true)]
    public string Time { get; set; } = "";

    /// <summary>The header of the entity column, when the file holds several series.</summary>
    [Parameter]
    public string? Entity { get; set; }

    /// <summary>Types by column: double, long, bool, text, timestamp. Others are inferred.</summary>
    [Parameter]
    [ParameterTable]
    public ParameterValues Schema { get; set; } = ParameterValues.None;

    /// <summary>What to do with a set that exists.</summary>
    [Parameter]
    public ImportMode Mode
    {
        get => _mode.Value;
        set => _mode.Value = value;
    }

    /// <summary>The character between fields; it is found out unless given.</summary>
    [Parameter]
    public char? Delimiter { get; set; }

    /// <summary>The .NET format of times, such as dd/MM/yyyy; ISO 8601 unless given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? DateFormat { get; set; }

    /// <summary>What to do with rows of the same entity and time.</summary>
    [Parameter]
    public DuplicatePolicy DuplicatePolicy
    {
        get => _duplicates.Value;
        set => _duplicates.Value = value;
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        _paths.AddRange(
            ParameterSetName == "LiteralPath"
                ? LiteralPath.Select(FullPath)
                : Path.SelectMany(path => Run(() => Files(path), path))
        );

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (!ShouldProcess(Name, $"Import {string.Join(", ", _paths)}"))
        {
            return;
        }

        WriteObject(Run(Import, Name));
    }

    private FeatureSet Import()
    {
        var request = new ImportRequest
        {
            Name = Name,
            Paths = _paths,
            Time = Time,
            Entity = Entity,
            Schema = FeatureTypes.Schema(Schema),
            Mode = Mode,
            Delimiter = Delimiter,
            DateFormat = DateFormat,
            Duplicates = DuplicatePolicy,
        };
        using var store = AlphaStore.OpenOrCreate(StorePath);
        return new FeatureStore(store).Import(request, Context).Set;
    }
}
