using System.Management.Automation;
using AlphaFactory.Cmdlets.Binding;
using AlphaFactory.Core.Drift;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>Gives what drift reports found over time: a point for every feature of every report.</summary>
[Cmdlet(VerbsCommon.Get, "DriftHistory")]
[OutputType(typeof(DriftPoint))]
public sealed class GetDriftHistoryCommand : StoreCmdlet
{
    /// <summary>Names of feature sets or patterns of * and ?; all unless given.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ValidateNotNullOrEmpty]
    public string[] FeatureSet { get; set; } = ["*"];

    /// <summary>The feature's name or a pattern of * and ?; all unless given.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? Feature { get; set; }

    /// <summary>The first as-of time.</summary>
    [Parameter]
    [UtcDate]
    public DateTime? Since { get; set; }

    /// <summary>The last as-of time. A date means the whole day.</summary>
    [Parameter]
    [UtcDate(UpperEnd = true)]
    public DateTime? Until { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var name in FeatureSet)
        {
            if (TryRun(() => Find(name), name, out var points))
            {
                WriteObject(points, enumerateCollection: true);
            }
        }
    }

    private IReadOnlyList<DriftPoint> Find(string name)
    {
        var query = new DriftHistoryQuery
        {
            FeatureSet = name,
            Feature = Feature,
            Since = Since,
            Until = Until,
        };
        using var store = AlphaStore.Open(StorePath);
        return new DriftHistory(store).Find(query);
    }
}
