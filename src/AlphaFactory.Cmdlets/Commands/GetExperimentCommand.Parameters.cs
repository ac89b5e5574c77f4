using System.Management.Automation;
using AlphaFactory.Cmdlets.Binding;
using AlphaFactory.Cmdlets.Completion;
using AlphaFactory.Core;
using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Registry;

namespace AlphaFactory.Cmdlets.Commands;

/// <content>What to search by, and in what order and pages.</content>
public sealed partial class GetExperimentCommand
{
    /// <summary>Names of experiments, with wildcards; without it all.</summary>
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
    [ValidateNotNull]
    public RunStatus[] Status { get; set; } = [];

    /// <summary>Parameters that must have these values: <c>@{ fast = 10 }</c>.</summary>
    [Parameter]
    [ParameterTable]
    public ParameterValues Parameter { get; set; } = ParameterValues.None;

    /// <summary>What else must hold: <c>sharpe >= 1.2 and param.fast &lt; 20 and not status = 'Rejected'</c>.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(RunFilterCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Filter { get; set; }

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
}
