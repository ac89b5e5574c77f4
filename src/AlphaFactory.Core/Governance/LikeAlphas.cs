using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Registry;
using AlphaFactory.Core.Risk;
using AlphaFactory.Core.Storage;
using MathNet.Numerics.Statistics;

namespace AlphaFactory.Core.Governance;

/// <summary>
/// Finds the registered alpha whose returns are most like those of a run. Compared are the newest version of each name that
/// is not retired, among the alphas registered last, where the returns of its run were kept (<c>-SaveEquity</c>): they are
/// read and not computed again.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="context">The token and the callbacks.</param>
internal sealed class LikeAlphas(AlphaStore store, OperationContext context)
{
    /// <summary>So many alphas are looked at, those registered last.</summary>
    public const int Most = 1000;

    /// <summary>Fewer returns in common say nothing.</summary>
    public const int LeastBars = 20;

    private readonly ExperimentEquity _equity = new(store);
    private readonly OperationContext _silent = OperationContext.Silent with
    {
        Cancellation = context.Cancellation,
    };
    private List<(Alpha Alpha, Dictionary<DateTime, double> Returns)>? _kept;

    /// <summary>The store.</summary>
    public AlphaStore Store => store;

    /// <summary>The alpha that is most like a run; null when there is none to compare with.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="name">The name of the alpha that it is or becomes, whose versions are left out; null has none.</param>
    public LikeAlpha? MostLike(string runId, string? name)
    {
        LikeAlpha? most = null;
        Dictionary<DateTime, double>? own = null;
        foreach (var (alpha, returns) in _kept ??= Kept())
        {
            context.Cancellation.ThrowIfCancellationRequested();
            if (alpha.RunId == runId || alpha.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            own ??= Returns(runId);
            var like = Compare(alpha, own, returns);
            most = like?.Correlation > (most?.Correlation ?? double.NegativeInfinity) ? like : most;
        }

        return most;
    }

    private static LikeAlpha? Compare(
        Alpha alpha,
        Dictionary<DateTime, double> own,
        Dictionary<DateTime, double> returns
    )
    {
        DateTime[] common = [.. returns.Keys.Where(own.ContainsKey).Order()];
        // Returns that never change have no correlation: NaN is above nothing.
        return common.Length < LeastBars
            ? null
            : new LikeAlpha(
                alpha.ToString(),
                Correlation.Pearson(common.Select(time => own[time]), common.Select(time => returns[time])),
                common.Length
            );
    }

    private List<(Alpha, Dictionary<DateTime, double>)> Kept()
    {
        var query = new AlphaQuery
        {
            Latest = true,
            Stages = [AlphaStage.Research, AlphaStage.Candidate, AlphaStage.Live],
            Descending = true,
            First = Most,
        };
        var newest = new AlphaRegistry(store).Search(query, _silent).ToList();
        return
        [
            .. newest
                .Where(alpha => alpha.RunId is { } run && _equity.IsKept(run))
                .Select(alpha => (alpha, Returns(alpha.RunId!))),
        ];
    }

    /// <summary>The returns of a run by bar; none when they cannot be had.</summary>
    private Dictionary<DateTime, double> Returns(string runId)
    {
        try
        {
            return _equity
                .Read(runId, _silent)
                .Where(point => point.Return is not null)
                .ToDictionary(point => point.Time, point => point.Return!.Value);
        }
        catch (AlphaFactoryException error)
        {
            context.Verbose($"Run {runId} is compared with no alpha: {error.Message}");
            return [];
        }
    }
}
