using System.Management.Automation;
using System.Runtime.CompilerServices;
using AlphaFactory.Cmdlets.Binding;
using AlphaFactory.Cmdlets.Completion;
using AlphaFactory.Core;
using AlphaFactory.Core.Features;

namespace AlphaFactory.Cmdlets.Commands;

public sealed partial class ImportFeatureCommand
{
    // Boxed: a field of one of Core's value types would load Core with this type, before the module is ready for it.
    private readonly StrongBox<ImportMode> _mode = new(ImportMode.New);
    private readonly StrongBox<DuplicatePolicy> _duplicates = new(DuplicatePolicy.Error);
    private readonly StrongBox<RowErrorPolicy> _onError = new(RowErrorPolicy.Stop);

    /// <summary>The name of the feature set.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(FeatureSetNameCompleter))]
    public string Name { get; set; } = "";

    /// <summary>
    /// CSV (plain or gzip) or Parquet files; wildcards are expanded. All of them become one version.
    /// </summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = PathSet)]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>The same files, their paths taken as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet)]
    [Alias("PSPath", "FullName")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>
    /// Rows: objects, tables or data rows, a column a property; texts are read as those of a CSV file. Paths and
    /// files, as Get-ChildItem gives them, are read like those of -Path.
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = InputSet, ValueFromPipeline = true)]
    public PSObject[] InputObject { get; set; } = [];

    /// <summary>The header of the time column.</summary>
    [Parameter(Mandatory = true)]
    public string Time { get; set; } = "";

    /// <summary>The header of the entity column, when there are several series.</summary>
    [Parameter]
    public string? Entity { get; set; }

    /// <summary>
    /// The header of the column that says when a row became known. Rows of one time may then follow each other, the
    /// later known correcting the earlier.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KnownAt { get; set; }

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

    /// <summary>
    /// What to do with a row that cannot be read: Stop refuses the import; Quarantine leaves the row out and writes it
    /// to quarantine.csv in the version's folder with the reason.
    /// </summary>
    [Parameter]
    public RowErrorPolicy OnError
    {
        get => _onError.Value;
        set => _onError.Value = value;
    }

    /// <summary>
    /// The newest version that there must be, 0 for none: when somebody wrote another, nothing changes and the
    /// error is VersionConflict.
    /// </summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? ExpectedVersion { get; set; }
}
