using System.Management.Automation;
using AlphaFactory.Cmdlets.Binding;
using AlphaFactory.Cmdlets.Completion;
using AlphaFactory.Core;
using AlphaFactory.Core.Registry;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>
/// Searches the registry. Everything given must hold; the order is that of registration unless another is asked
/// for, and it is total, so that pages neither repeat nor skip.
/// </summary>
[Cmdlet(VerbsCommon.Get, "Alpha", SupportsPaging = true)]
[OutputType(typeof(Alpha))]
public sealed class GetAlphaCommand : StoreCmdlet
{
    private readonly List<string> _names = [];

    /// <summary>Names, with wildcards. One without that does not exist is an error.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AlphaNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Versions: any of them.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int[] Version { get; set; } = [];

    /// <summary>Only what is the newest of its name and matches.</summary>
    [Parameter]
    public SwitchParameter Latest { get; set; }

    /// <summary>Tags that all must be there.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(TagCompleter))]
    public string[] Tag { get; set; } = [];

    /// <summary>Tags of which one must be there.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(TagCompleter))]
    public string[] AnyTag { get; set; } = [];

    /// <summary>Tags of which none may be there.</summary>
    [Parameter]
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
    public AlphaStage[] Stage { get; set; } = [];

    /// <summary>Parameters that must have these values: <c>@{ fast = 10 }</c>.</summary>
    [Parameter]
    [ParameterTable]
    public ParameterValues Parameter { get; set; } = ParameterValues.None;

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

    /// <inheritdoc/>
    protected override void BeginProcessing() => Paging.Check(this, Page, PageSize);

    /// <inheritdoc/>
    protected override void ProcessRecord() => _names.AddRange(Name);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        using var store = Run(() => AlphaStore.Open(StorePath), StorePath);
        var registry = new AlphaRegistry(store);
        List<string> names =
        [
            .. _names.Where(name => TryRun(() => registry.RequireExists(name), name, out _)),
        ];
        if (names.Count == 0 && _names.Count > 0)
        {
            return;
        }

        foreach (var (name, version) in names.SelectMany(name => Version.Select(version => (name, version))))
        {
            TryRun(() => registry.RequireExists(name, version), name, out _);
        }

        var search = registry.Search(Query(names), Context);
        bool count = PagingParameters.IncludeTotalCount;
        foreach (var alpha in Stream(search))
        {
            WriteCount(search, ref count);
            WriteObject(MetricMembers.Attach(alpha, alpha.Metrics, search.MetricNames));
        }

        WriteCount(search, ref count);
    }

    private void WriteCount(AlphaSearch search, ref bool wanted)
    {
        if (wanted)
        {
            WriteObject(PagingParameters.NewTotalCount((ulong)search.Total!, accuracy: 1));
            wanted = false;
        }
    }

    private AlphaQuery Query(IReadOnlyList<string> names) =>
        new()
        {
            Names = names,
            Versions = Version,
            Latest = Latest,
            Tags = Tag,
            AnyTags = AnyTag,
            ExcludeTags = ExcludeTag,
            MinMetrics = MinMetric,
            MaxMetrics = MaxMetric,
            Since = Since,
            Until = Until,
            Stages = Stage,
            Parameters = Parameter,
            SortBy = SortBy,
            Descending = Descending,
            First = Paging.First(PagingParameters, Page, PageSize),
            Skip = Paging.Skip(PagingParameters, Page, PageSize),
            CountTotal = PagingParameters.IncludeTotalCount,
        };
}
