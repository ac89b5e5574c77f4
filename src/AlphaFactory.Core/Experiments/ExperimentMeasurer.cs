using System.Globalization;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Experiments;

/// <summary>Counts trials and asks how much of the best result is luck.</summary>
/// <param name="store">The store, which the caller keeps open and uses on the same thread.</param>
public sealed class ExperimentMeasurer(AlphaStore store)
{
    private readonly ExperimentStore _runs = new(store);

    /// <summary>Measures an experiment.</summary>
    /// <param name="name">The experiment's name, without case.</param>
    /// <param name="overfitting">
    /// Whether to compute the returns of the last call's runs again for the probability of backtest overfitting.
    /// What stands in the way is a warning.
    /// </param>
    /// <param name="context">The token and the callbacks.</param>
    /// <param name="options">How to carry it out.</param>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.RunNotFound"/>: nothing was ever run under the name; with overfitting also
    /// <see cref="ErrorId.StoreCorrupt"/> or <see cref="ErrorId.FeatureSetNotFound"/>.
    /// </exception>
    public ExperimentMeasure Measure(
        string name,
        bool overfitting,
        OperationContext context,
        RunOptions? options = null
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        var known = _runs.TriedNames([name])[0];
        var trials = _runs.Trials(known);
        var best = _runs.Best(known);
        var metrics = best?.Run.Metrics ?? MetricValues.None;
        var sharpe = best?.SharpePerPeriod ?? double.NaN;
        return new ExperimentMeasure
        {
            Name = known,
            Trials = trials.Trials,
            Runs = _runs.CountRuns(known),
            SharpeMean = trials.SharpeMean,
            SharpeVariance = trials.SharpeVariance,
            BestRunId = best?.Run.RunId,
            BestParameters = best?.Run.Parameters,
            BestSharpe = metrics.TryGetValue("sharpe", out var annual) ? annual : double.NaN,
            BestSharpePerPeriod = sharpe,
            ExpectedMaximumSharpe = OverfittingStatistics.ExpectedMaximumSharpe(
                trials.Trials,
                trials.SharpeVariance
            ),
            Psr = OverfittingStatistics.ProbabilisticSharpe(metrics, sharpe, benchmark: 0),
            Dsr = OverfittingStatistics.DeflatedSharpe(metrics, sharpe, trials),
            Overfitting = overfitting ? Overfitting(known, context, options ?? new RunOptions()) : null,
        };
    }

    private BacktestOverfittingResult? Overfitting(string name, OperationContext context, RunOptions options)
    {
        if (!_runs.HasRuns(name))
        {
            context.Warn($"No run of '{name}' is recorded any more, so it has no Pbo.");
            return null;
        }

        var recorded = RecordedExperiment
            .Open(store, name, runId: null, context)
            .RequireUntouched(context.Cancellation);
        var numbers = _runs.Numbers(recorded.Row.Id, RunStatus.Completed);
        var returns = recorded.Prepared.WindowBars - 1;
        if (Obstacle(numbers.Count, returns) is { } obstacle)
        {
            context.Warn(
                $"The last call of '{name}' ({recorded.Row.Key}) has no Pbo: it compares the completed runs of one "
                    + $"call with each other, and {obstacle}."
            );
            return null;
        }

        var comparison = new BacktestOverfitting(numbers.Count, returns);
        var progress = new RunProgress($"Overfitting of {name}", numbers.Count, begun: 0, context);
        var done = 0;
        foreach (
            var _ in OrderedParallel.Run(
                numbers.Count,
                (index, stop) =>
                {
                    var parameters = recorded.Prepared.ParametersOf(numbers[(int)index] - 1);
                    comparison.Add((int)index, recorded.Prepared.EarnRun(parameters, stop).Result.Returns);
                    return true;
                },
                options.ThrottleLimit,
                () => progress.Report(done),
                context.Cancellation
            )
        )
        {
            progress.Report(++done);
        }

        return comparison.Measure(recorded.Row.Key, options.ThrottleLimit, context.Cancellation);
    }

    private static string? Obstacle(int runs, int returns) =>
        runs < 2 ? string.Create(CultureInfo.InvariantCulture, $"it needs 2 at least; there are {runs}")
        : runs > BacktestOverfitting.MaximumRuns
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"takes {BacktestOverfitting.MaximumRuns:N0} at most; there are {runs:N0}"
            )
        : returns < 2 * BacktestOverfitting.Blocks
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"needs {2 * BacktestOverfitting.Blocks} returns at least; the window has {returns}"
            )
        : null;
}
