using System.Management.Automation;
using AlphaFactory.Cmdlets.Binding;
using AlphaFactory.Cmdlets.Completion;
using AlphaFactory.Core;
using AlphaFactory.Core.Registry;

namespace AlphaFactory.Cmdlets.Commands;

/// <content>What to search by, and in what order and pages.</content>
public sealed partial class GetAlphaCommand
{
    /// <summary>Names, with wildcards. One without that does not exist is an error.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AlphaNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Versions: any of them. What comes through the pipeline with a name and a version means just that.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, int.MaxValue)]
    public int[] Version { get; set; } = [];

    /// <summary>Only what is the newest of its name and matches.</summary>
    [Parameter]
    public SwitchParameter Latest { get; set; }

    /// <summary>Tags that all must be there.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(TagCompleter))]
    public string[] Tag { get; set; } = [];

    /// <summary>Tags of which one must be there.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(TagCompleter))]
    public string[] AnyTag { get; set; } = [];

    /// <summary>Tags of which none may be there.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(TagCompleter))]
    public string[] ExcludeTag { get; set; } = [];

    /// <summary>Lowest values, inclusive: <c>sharpe=1.2,ic_mean=0.02</c> or <c>@{ sharpe = 1.2 }</c>.</summary>
    [Parameter]
    [MetricBounds]
    [ArgumentCompleter(typeof(MetricBoundCompleter))]
    public MetricBounds MinMetric { get; set; } = MetricBounds.None;

    /// <summary>Highest values, inclusive, written like the lowest.</summary>
    [Parameter]
    [MetricBounds]
    [ArgumentCompleter(typeof(MetricBoundCompleter))]
    public MetricBounds MaxMetric { get; set; } = MetricBounds.None;

    /// <summary>Registered then or later; UTC unless a zone is given.</summary>
    [Parameter]
    [UtcDate]
    public DateTime? Since { get; set; }

    /// <summary>Registered then or earlier; a bare date is that whole day.</summary>
    [Parameter]
    [UtcDate(UpperEnd = true)]
    public DateTime? Until { get; set; }

    /// <summary>Stages: any of them.</summary>
    [Parameter]
    [ValidateNotNull]
    public AlphaStage[] Stage { get; set; } = [];

    /// <summary>Parameters that must have these values: <c>@{ fast = 10 }</c>.</summary>
    [Parameter]
    [ParameterTable]
    public ParameterValues Parameter { get; set; } = ParameterValues.None;

    /// <summary>
    /// What else must hold: <c>sharpe >= 1.2 and (tag = 'fx' or tag = 'rates') and not stage = 'Retired'</c>.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(FilterCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Filter { get; set; }

    /// <summary>The metric or property to sort by; what does not have it comes last.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(SortByCompleter))]
    [ValidateNotNullOrEmpty]
    public string? SortBy { get; set; }

    /// <summary>Turns the order round.</summary>
    [Parameter]
    public SwitchParameter Descending { get; set; }

    /// <summary>The page, from 1; instead of -Skip and -First.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Page { get; set; }

    /// <summary>How many alphas a page has.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int PageSize { get; set; }
}
