using System.Globalization;

namespace AlphaFactory.Core.Experiments;

/// <summary>Warns after a grid whose best run may well be luck, given how many trials of the name there were.</summary>
/// <param name="periodsPerYear">Periods a year of the runs.</param>
internal sealed class SelectionWarning(double periodsPerYear)
{
    /// <summary>A deflated Sharpe ratio under this is not significant.</summary>
    private const double Significant = 0.95;

    private ExperimentRun? _best;
    private double _sharpe = double.NegativeInfinity;
    private long _runs;

    /// <summary>Looks at a run of the call.</summary>
    public void Add(ExperimentRun run)
    {
        var sharpe = PerformanceMetrics.SharpePerPeriod(run.Metrics, periodsPerYear);
        if (double.IsFinite(sharpe))
        {
            _runs++;
            (_best, _sharpe) = sharpe > _sharpe ? (run, sharpe) : (_best, _sharpe);
        }
    }

    /// <summary>Warns if there were several runs and the best of them is not significant.</summary>
    public void Tell(ExperimentStore store, OperationContext context)
    {
        if (_best is null || _runs < 2)
        {
            return;
        }

        var trials = store.Trials(_best.Name);
        var deflated = OverfittingStatistics.DeflatedSharpe(_best.Metrics, _sharpe, trials);
        if (deflated < Significant)
        {
            context.Warn(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The best of these {_runs} runs, {_best.RunId} ({_best.Parameters}) with a Sharpe ratio of "
                )
                    + string.Create(
                        CultureInfo.InvariantCulture,
                        $"{_best.Metrics["sharpe"]:0.00}, is not significant: the best of the {trials.Trials} trials of "
                    )
                    + string.Create(
                        CultureInfo.InvariantCulture,
                        $"'{_best.Name}' so far would look good by luck alone, and the probability that this one is more "
                    )
                    + string.Create(
                        CultureInfo.InvariantCulture,
                        $"than luck (deflated Sharpe ratio) is {deflated:0.00}, under {Significant:0.00}. See "
                    )
                    + $"Measure-Experiment {_best.Name}."
            );
        }
    }
}
