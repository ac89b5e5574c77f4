using System.Management.Automation;
using AlphaFactory.Core.Registry;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>
/// Searches the registry. Everything given must hold; the order is that of registration unless another is asked
/// for, and it is total, so that pages neither repeat nor skip.
/// </summary>
[Cmdlet(VerbsCommon.Get, "Alpha", SupportsPaging = true)]
[OutputType(typeof(Alpha))]
public sealed partial class GetAlphaCommand : StoreCmdlet
{
    private readonly List<string> _names = [];
    private readonly List<(string Name, int Version)> _exactly = [];
    private bool _versionsAreTyped;
    private AlphaFilter? _filter;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        Paging.Check(this, Page, PageSize);
        _versionsAreTyped = MyInvocation.BoundParameters.ContainsKey(nameof(Version));
        _filter = Filter is null ? null : Run(() => AlphaFilter.Parse(Filter), Filter);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (_versionsAreTyped || Version.Length == 0)
        {
            _names.AddRange(Name);
        }
        else
        {
            _exactly.AddRange(Pairs(Name, Version));
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        // Nothing came through the pipeline: that is no search for everything.
        if (MyInvocation.ExpectingInput && _names.Count + _exactly.Count == 0)
        {
            return;
        }

        using var store = Run(() => AlphaStore.Open(StorePath), StorePath);
        var registry = new AlphaRegistry(store);
        List<string> names =
        [
            .. _names.Where(name => TryRun(() => registry.RequireExists(name), name, out _)),
        ];
        List<(string Name, int Version)> exactly =
        [
            .. _exactly.Where(each =>
                TryRun(
                    () => registry.RequireExists(WildcardPattern.Escape(each.Name), each.Version),
                    each.Name,
                    out _
                )
            ),
        ];
        if (names.Count + exactly.Count == 0 && _names.Count + _exactly.Count > 0)
        {
            return;
        }

        int[] versions = _versionsAreTyped ? Version : [];
        foreach (var (name, version) in Pairs(names, versions))
        {
            TryRun(() => registry.RequireExists(name, version), name, out _);
        }

        var search = registry.Search(Query(names, exactly, versions), Context);
        bool count = PagingParameters.IncludeTotalCount;
        foreach (var alpha in Stream(search))
        {
            WriteCount(search, ref count);
            WriteObject(MetricMembers.Attach(alpha, search.MetricNames));
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

    private static IEnumerable<(string Name, int Version)> Pairs(
        IEnumerable<string> names,
        IReadOnlyList<int> versions
    ) => names.SelectMany(name => versions.Select(version => (name, version)));

    private AlphaQuery Query(
        IReadOnlyList<string> names,
        IReadOnlyList<(string Name, int Version)> exactly,
        IReadOnlyList<int> versions
    ) =>
        new()
        {
            Names = names,
            Exactly = exactly,
            Versions = versions,
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
            Filter = _filter,
            SortBy = SortBy,
            Descending = Descending,
            First = Paging.First(PagingParameters, Page, PageSize),
            Skip = Paging.Skip(PagingParameters, Page, PageSize),
            CountTotal = PagingParameters.IncludeTotalCount,
        };
}
