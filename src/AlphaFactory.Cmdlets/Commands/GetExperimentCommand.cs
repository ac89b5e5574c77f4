using System.Management.Automation;
using AlphaFactory.Cmdlets.Binding;
using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Registry;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>Finds recorded runs.</summary>
[Cmdlet(VerbsCommon.Get, "Experiment")]
[OutputType(typeof(ExperimentRun))]
public sealed class GetExperimentCommand : StoreCmdlet
{
    /// <summary>The experiment's name, with <c>*</c> and <c>?</c>; without it all.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>One run, or all runs of one call by its experiment id.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? RunId { get; set; }

    /// <summary>Lowest values of metrics, inclusive: <c>sharpe=1.2</c> or <c>@{ sharpe = 1.2 }</c>.</summary>
    [Parameter]
    [MetricBounds]
    public MetricBounds MinMetric { get; set; } = MetricBounds.None;

    /// <summary>A metric or a property to sort by; without it the order in which the runs were made.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SortBy { get; set; }

    /// <summary>The largest, or newest, first.</summary>
    [Parameter]
    public SwitchParameter Descending { get; set; }

    /// <summary>How many at most.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long? First { get; set; }

    /// <summary>How many to leave out at the start.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long Skip { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        using var store = Run(() => AlphaStore.Open(StorePath));
        var query = new RunQuery
        {
            Name = Name,
            RunId = RunId,
            MinMetric = new(MinMetric),
            SortBy = SortBy,
            Descending = Descending,
            First = First,
            Skip = Skip,
        };
        // A run that is not there is an error of its own; the rest of the pipeline goes on.
        if (
            TryRun(
                () => new ExperimentStore(store).Find(query, Context.Cancellation),
                RunId ?? Name,
                out var result
            )
        )
        {
            foreach (var run in Stream(result.Runs))
            {
                WriteObject(MetricMembers.Attach(run, run.Metrics, result.MetricNames));
            }
        }
    }
}
