using System.Runtime.InteropServices;
using AlphaFactory.Core.Provenance;
using AlphaFactory.Core.Risk;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Experiments;

/// <summary>Computes the returns of recorded runs again, from their record and the data that they ran on.</summary>
/// <param name="store">The store, which the caller keeps open and uses on the same thread.</param>
public sealed class ExperimentEquity(AlphaStore store)
{
    private readonly ExperimentStore _runs = new(store);

    // Runs of one call come one after the other, and share its data.
    private RecordedExperiment? _last;

    /// <summary>The series of a run, a point a bar of its window.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="context">The token and the callbacks. Returns that come out otherwise than recorded are a warning.</param>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.RunNotFound"/>: there is no such run, or the id is that of a call;
    /// <see cref="ErrorId.RiskDenied"/>: the run was rejected and earned nothing;
    /// <see cref="ErrorId.StoreCorrupt"/>: its record or its data were changed;
    /// <see cref="ErrorId.FeatureSetNotFound"/>: its data are gone.
    /// </exception>
    public IReadOnlyList<EquityPoint> Read(string runId, OperationContext context)
    {
        ArgumentNullException.ThrowIfNull(runId);
        ArgumentNullException.ThrowIfNull(context);
        var run = Require(runId);
        if (_last?.Row.Key != run.ExperimentId)
        {
            _last = RecordedExperiment.Open(store, name: null, run.ExperimentId, context);
        }

        if (Saved(run, context.Cancellation) is { } saved)
        {
            return Points(run, saved);
        }

        _last.RequireUntouched(context.Cancellation);
        var earned = Earn(_last.Prepared, run, context.Cancellation).Result;
        if (run.EquityHash is { } hash && Hash(earned.Returns) != hash)
        {
            context.Warn(
                $"The returns of run '{runId}' are not to the bit those that it had when it ran. "
                    + $"Invoke-LastExperiment -RunId {runId} shows what differs and what changed."
            );
        }

        return Points(run, earned);
    }

    /// <summary>Whether the call of a run kept the returns of its runs.</summary>
    internal bool IsKept(string runId) =>
        _runs.Exists(runId)
        && File.Exists(Path.Combine(_runs.Folder(ExperimentStore.SplitId(runId).Key!), EquityFile.FileName));

    /// <summary>The SHA-256 of returns, 8 bytes each in little-endian order.</summary>
    internal static string Hash(ReadOnlySpan<double> returns) =>
        ContentHash.OfBytes(MemoryMarshal.AsBytes(returns));

    /// <summary>What a run earned, to its end: one that was stopped ended before its window.</summary>
    internal static EarnedRun Earn(
        PreparedExperiment experiment,
        ExperimentRun run,
        CancellationToken cancellation
    )
    {
        var earned = experiment.EarnRun(run.Parameters, cancellation);
        return run.Status == RunStatus.Stopped
            ? earned with
            {
                Result = earned.Result.First(ReturnsOf(run)),
            }
            : earned;
    }

    /// <summary>What the experiment's folder kept of a run; null when it kept nothing.</summary>
    private BacktestResult? Saved(ExperimentRun run, CancellationToken cancellation)
    {
        var file = Path.Combine(_runs.Folder(run.ExperimentId), EquityFile.FileName);
        var number = ExperimentStore.SplitId(run.RunId).Number!.Value;
        var saved = File.Exists(file) ? EquityFile.Read(file, number, cancellation) : null;
        if (saved is null)
        {
            return null;
        }

        // The hash covers the returns; the mean of the turnovers is a metric.
        var mean = PerformanceMetrics.Mean(saved.Turnover);
        return
            Hash(saved.Returns) == run.EquityHash
            && run.Metrics.TryGetValue("turnover", out var turnover)
            && mean.Equals(turnover)
            ? saved
            : throw new AlphaFactoryException(
                ErrorId.StoreCorrupt,
                $"'{file}' does not hold what run '{run.RunId}' earned: it was changed after it was written. Delete it, "
                    + "and the series is computed again."
            )
            {
                Target = file,
            };
    }

    private ExperimentRun Require(string runId)
    {
        if (ExperimentStore.SplitId(runId).Number is null)
        {
            throw new AlphaFactoryException(
                ErrorId.RunNotFound,
                $"'{runId}' is not the id of one run. Pipe runs from Get-Experiment -RunId {runId}."
            )
            {
                Target = runId,
            };
        }

        var run = _runs.Get(runId);
        return run.Status != RunStatus.Rejected
            ? run
            : throw new AlphaFactoryException(
                ErrorId.RiskDenied,
                $"Run '{runId}' of '{run.Name}' was rejected by {string.Join(", ", run.Codes)} and earned nothing."
            )
            {
                Target = runId,
            };
    }

    // A run that was stopped ends there; one that took too long has no returns.
    private static int ReturnsOf(ExperimentRun run) => (RiskTarget.BarsOf(run.Metrics) ?? 1) - 1;

    private EquityPoint[] Points(ExperimentRun run, BacktestResult earned)
    {
        var points = new EquityPoint[earned.Returns.Length + 1];
        var (equity, peak, i) = (1.0, 1.0, 0);
        foreach (var time in _last!.Prepared.WindowTimes.Take(points.Length))
        {
            if (i == 0)
            {
                points[i++] = new(run.RunId, run.Name, time, null, 1, 0, null);
                continue;
            }

            var (gain, turnover) = (earned.Returns[i - 1], earned.Turnover[i - 1]);
            equity *= Math.Max(1 + gain, 0);
            peak = Math.Max(peak, equity);
            points[i++] = new(run.RunId, run.Name, time, gain, equity, equity / peak - 1, turnover);
        }

        return points;
    }
}
