using System.Management.Automation;
using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>Finds recorded runs.</summary>
[Cmdlet(VerbsCommon.Get, "Experiment", SupportsPaging = true)]
[OutputType(typeof(ExperimentRun))]
public sealed partial class GetExperimentCommand : StoreCmdlet
{
    private RunFilter? _filter;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        Paging.Check(this, Page, PageSize);
        _filter = Filter is null ? null : Run(() => RunFilter.Parse(Filter), Filter);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        using var store = Run(() => AlphaStore.Open(StorePath));
        // A run that is not there is an error of its own; the rest of the pipeline goes on.
        object? target = RunId is null ? string.Join(", ", Name) : RunId;
        if (
            !TryRun(
                () => new ExperimentStore(store).Find(Query(), Context.Cancellation),
                target,
                out var result
            )
        )
        {
            return;
        }

        foreach (var unknown in result.UnknownMetrics)
        {
            WriteWarning(unknown);
        }

        if (result.Total is { } total)
        {
            WriteObject(PagingParameters.NewTotalCount((ulong)total, accuracy: 1));
        }

        foreach (var run in Stream(result.Runs))
        {
            WriteObject(MetricMembers.Attach(run, result.MetricNames));
        }
    }

    private RunQuery Query() =>
        new()
        {
            Names = Name,
            RunId = RunId,
            MinMetric = new(MinMetric),
            MaxMetric = new(MaxMetric),
            Since = Since,
            Until = Until,
            Statuses = Status,
            Parameters = Parameter,
            Filter = _filter,
            SortBy = SortBy,
            Descending = Descending,
            First = Paging.First(PagingParameters, Page, PageSize),
            Skip = Paging.Skip(PagingParameters, Page, PageSize),
            CountTotal = PagingParameters.IncludeTotalCount,
        };
}
