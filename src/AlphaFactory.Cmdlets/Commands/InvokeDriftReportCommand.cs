using System.Management.Automation;
using AlphaFactory.Cmdlets.Binding;
using AlphaFactory.Core;
using AlphaFactory.Core.Drift;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>
/// Compares a feature set's recent values with a reference, writes the report as HTML, PNG and JSON, and remembers
/// what it found. Nothing after the as-of time is looked at.
/// </summary>
[Cmdlet(VerbsLifecycle.Invoke, "DriftReport", SupportsShouldProcess = true)]
[OutputType(typeof(DriftReport))]
public sealed class InvokeDriftReportCommand : StoreCmdlet
{
    private readonly List<DriftReport> _drifted = [];
    private bool _outputUsed;

    /// <summary>The name of the feature set.</summary>
    [Parameter(
        Mandatory = true,
        Position = 0,
        ValueFromPipeline = true,
        ValueFromPipelineByPropertyName = true
    )]
    [Alias("Name")]
    [ValidateNotNullOrEmpty]
    public string FeatureSet { get; set; } = "";

    /// <summary>The version; the newest unless given.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public int? Version { get; set; }

    /// <summary>The columns to compare; all but times and the entity unless given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? Column { get; set; }

    /// <summary>The length of the window up to the as-of time: Daily, Weekly, 90d (the default) or a time span.</summary>
    [Parameter]
    [DriftWindow]
    public TimeSpan? Window { get; set; }

    /// <summary>The last time to look at; the set's last unless given. A date means the whole day.</summary>
    [Parameter]
    [UtcDate(UpperEnd = true)]
    public DateTime? AsOf { get; set; }

    /// <summary>The first time of the reference; the set's first unless given.</summary>
    [Parameter]
    [UtcDate]
    public DateTime? ReferenceFrom { get; set; }

    /// <summary>The last time of the reference; all before the window unless given.</summary>
    [Parameter]
    [UtcDate(UpperEnd = true)]
    public DateTime? ReferenceTo { get; set; }

    /// <summary>What counts as drift: 'default', or the path of a JSON file.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Policy { get; set; } = DriftPolicy.DefaultName;

    /// <summary>The folder to write to; in the store unless given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? OutputPath { get; set; }

    /// <summary>Ends with the error DriftDetected, after all reports, when a set drifts.</summary>
    [Parameter]
    public SwitchParameter FailOnDrift { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!ShouldProcess(FeatureSet, "Write a drift report") || !TryRun(Report, FeatureSet, out var report))
        {
            return;
        }

        if (report.Drifted)
        {
            _drifted.Add(report);
        }

        WriteObject(report);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (FailOnDrift && _drifted.Count > 0)
        {
            ThrowTerminatingError(Errors.Record(DriftReporter.Failure(_drifted)));
        }
    }

    private DriftReport Report()
    {
        if (OutputPath is not null && _outputUsed)
        {
            throw new AlphaFactoryException(
                ErrorId.SpecInvalid,
                $"'{OutputPath}' has the report of an earlier feature set already. Give each set its own -OutputPath."
            );
        }

        var policy = DriftPolicy.IsDefault(Policy) ? DriftPolicy.Default : DriftPolicy.Load(FullPath(Policy));
        var request = new DriftRequest
        {
            FeatureSet = FeatureSet,
            Version = Version,
            Columns = Column,
            Window = Window ?? DriftRequest.DefaultWindow,
            AsOf = AsOf,
            ReferenceFrom = ReferenceFrom,
            ReferenceTo = ReferenceTo,
            Policy = policy,
            OutputPath = OutputPath is null ? null : FullPath(OutputPath),
        };
        using var store = AlphaStore.Open(StorePath);
        var report = new DriftReporter(store).Run(request, Context);
        _outputUsed = true;
        return report;
    }
}
