using System.Management.Automation;
using AlphaFactory.Cmdlets.Binding;
using AlphaFactory.Cmdlets.Completion;
using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Registry;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>Finds recorded runs.</summary>
[Cmdlet(VerbsCommon.Get, "Experiment", SupportsPaging = true)]
[OutputType(typeof(ExperimentRun))]
public sealed class GetExperimentCommand : StoreCmdlet
{
    /// <summary>Names of experiments, with <c>*</c> and <c>?</c>; without it all.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ExperimentNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>One run, or all runs of one call by its experiment id.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? RunId { get; set; }

    /// <summary>Lowest values of metrics, inclusive: <c>sharpe=1.2</c> or <c>@{ sharpe = 1.2 }</c>.</summary>
    [Parameter]
    [MetricBounds]
    [ArgumentCompleter(typeof(RunMetricCompleter))]
    public MetricBounds MinMetric { get; set; } = MetricBounds.None;

    /// <summary>Highest values of metrics, inclusive, written like the lowest.</summary>
    [Parameter]
    [MetricBounds]
    [ArgumentCompleter(typeof(RunMetricCompleter))]
    public MetricBounds MaxMetric { get; set; } = MetricBounds.None;

    /// <summary>Begun then or later; UTC unless a zone is given.</summary>
    [Parameter]
    [UtcDate]
    public DateTime? Since { get; set; }

    /// <summary>Begun then or earlier; a bare date is that whole day.</summary>
    [Parameter]
    [UtcDate(UpperEnd = true)]
    public DateTime? Until { get; set; }

    /// <summary>How they ended: any of them.</summary>
    [Parameter]
    public RunStatus[] Status { get; set; } = [];

    /// <summary>A metric or a property to sort by; without it the order in which the runs were made.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(RunMetricCompleter))]
    [ValidateNotNullOrEmpty]
    public string? SortBy { get; set; }

    /// <summary>The largest, or newest, first.</summary>
    [Parameter]
    public SwitchParameter Descending { get; set; }

    /// <summary>The page, from 1; instead of -Skip and -First.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Page { get; set; }

    /// <summary>How many runs a page has.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int PageSize { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => Paging.Check(this, Page, PageSize);

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
            SortBy = SortBy,
            Descending = Descending,
            First = Paging.First(PagingParameters, Page, PageSize),
            Skip = Paging.Skip(PagingParameters, Page, PageSize),
            CountTotal = PagingParameters.IncludeTotalCount,
        };
}
