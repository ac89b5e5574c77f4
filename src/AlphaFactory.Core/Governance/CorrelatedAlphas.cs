using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Registry;
using AlphaFactory.Core.Risk;
using AlphaFactory.Core.Storage;
using MathNet.Numerics.Statistics;

namespace AlphaFactory.Core.Governance;

/// <summary>
/// Finds the registered alpha whose returns correlate most with those of a run. Compared are the newest version of each name
/// that is not retired, among the alphas registered last, where the returns of its run were kept (<c>-SaveEquity</c>). Those
/// of an alpha that is Live or a Candidate are computed again when they were not, if there are not too many.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="context">The token and the callbacks.</param>
internal sealed class CorrelatedAlphas(AlphaStore store, OperationContext context)
{
    /// <summary>So many alphas are looked at, those registered last.</summary>
    public const int Most = 1000;

    /// <summary>The returns of so many are computed again, the Live ones first, the last registered first.</summary>
    public const int MostComputed = 20;

    /// <summary>Fewer returns in common say nothing.</summary>
    public const int LeastBars = 20;

    private readonly ExperimentEquity _equity = new(store);
    private readonly Dictionary<string, RunReturns> _read = new(StringComparer.Ordinal);
    private readonly OperationContext _silent = OperationContext.Silent with
    {
        Cancellation = context.Cancellation,
    };
    private List<(Alpha Alpha, bool IsRead)>? _alphas;

    /// <summary>The store.</summary>
    public AlphaStore Store => store;

    /// <summary>Compares a run with the alphas.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="name">The name of the alpha that it is or becomes, whose versions are left out; null has none.</param>
    public AlphaComparison Compare(string runId, string? name)
    {
        CorrelatedAlpha? most = null;
        var uncompared = new List<UncomparedAlpha>();
        foreach (var (alpha, isRead) in _alphas ??= Alphas())
        {
            context.Cancellation.ThrowIfCancellationRequested();
            if (alpha.RunId == runId || alpha.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var own = Returns(runId);
            if (own.ByBar is null)
            {
                // A run that earned nothing, or is of another store, is like no alpha.
                return own.Error!.Id is ErrorId.RiskDenied or ErrorId.RunNotFound
                    ? AlphaComparison.None
                    : new AlphaComparison(null, [new(runId, own.Error.Message)]);
            }

            if (!isRead)
            {
                uncompared.Add(
                    new(alpha.ToString(), $"the returns of {MostComputed} alphas are computed again at most")
                );
            }
            else if (Returns(alpha.RunId!) is { ByBar: { } returns })
            {
                var found = Correlate(alpha, own.ByBar, returns);
                most = found?.Correlation > (most?.Correlation ?? double.NegativeInfinity) ? found : most;
            }
            else
            {
                uncompared.Add(new(alpha.ToString(), Returns(alpha.RunId!).Error!.Message));
            }
        }

        return new AlphaComparison(most, uncompared);
    }

    private static CorrelatedAlpha? Correlate(
        Alpha alpha,
        Dictionary<DateTime, double> own,
        Dictionary<DateTime, double> returns
    )
    {
        DateTime[] common = [.. returns.Keys.Where(own.ContainsKey).Order()];
        // Returns that never change have no correlation: NaN is above nothing.
        return common.Length < LeastBars
            ? null
            : new CorrelatedAlpha(
                alpha.ToString(),
                Correlation.Pearson(common.Select(time => own[time]), common.Select(time => returns[time])),
                common.Length
            );
    }

    /// <summary>The alphas to compare with, and whether their returns are to be had for little enough.</summary>
    private List<(Alpha Alpha, bool IsRead)> Alphas()
    {
        var query = new AlphaQuery
        {
            Latest = true,
            Stages = [AlphaStage.Research, AlphaStage.Candidate, AlphaStage.Live],
            Descending = true,
            First = Most,
        };
        // Read to the end first: the store answers one question at a time.
        var newest = new AlphaRegistry(store).Search(query, _silent).ToList();
        var isKept = newest
            .Where(alpha => alpha.RunId is not null)
            .ToLookup(alpha => _equity.IsKept(alpha.RunId!));
        var others = isKept[false]
            .Where(alpha => alpha.Stage is AlphaStage.Candidate or AlphaStage.Live)
            .OrderByDescending(alpha => alpha.Stage)
            .ToList();
        return
        [
            .. isKept[true].Select(alpha => (alpha, true)),
            .. others.Index().Select(each => (each.Item, each.Index < MostComputed)),
        ];
    }

    private RunReturns Returns(string runId)
    {
        if (!_read.TryGetValue(runId, out var returns))
        {
            _read.Add(runId, returns = Read(runId));
        }

        return returns;
    }

    private RunReturns Read(string runId)
    {
        try
        {
            var points = _equity.Read(runId, _silent).Where(point => point.Return is not null);
            return new(points.ToDictionary(point => point.Time, point => point.Return!.Value), null);
        }
        catch (AlphaFactoryException error)
        {
            context.Verbose($"The returns of run {runId} cannot be had: {error.Message}");
            return new(null, error);
        }
    }

    /// <summary>The returns of a run by bar, or why they cannot be had.</summary>
    private sealed record RunReturns(Dictionary<DateTime, double>? ByBar, AlphaFactoryException? Error);
}

/// <summary>What came of comparing a run with the registered alphas.</summary>
/// <param name="Most">The alpha that correlates most; null when there is none to compare with.</param>
/// <param name="Uncompared">Those that it should have been compared with and was not.</param>
internal sealed record AlphaComparison(CorrelatedAlpha? Most, IReadOnlyList<UncomparedAlpha> Uncompared)
{
    /// <summary>Nothing was compared, and need not be.</summary>
    public static AlphaComparison None { get; } = new(null, []);
}
