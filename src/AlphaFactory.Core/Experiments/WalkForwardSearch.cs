namespace AlphaFactory.Core.Experiments;

/// <summary>
/// Chooses at each step the parameter set with the highest Sharpe ratio on the train window, the first of ties, on one
/// pass over the grid: of each set only the ratios are kept.
/// </summary>
/// <param name="steps">The steps.</param>
internal sealed class WalkForwardSearch(IReadOnlyList<WalkForwardStep> steps)
{
    private readonly long[] _chosen = [.. steps.Select(_ => -1L)];
    private readonly double[] _sharpe = [.. steps.Select(_ => double.NegativeInfinity)];
    private readonly double[] _mean = [.. steps.Select(_ => double.NaN)];

    /// <summary>The steps.</summary>
    public IReadOnlyList<WalkForwardStep> Steps => steps;

    /// <summary>The number of the set chosen at each step; −1 when no set has a ratio there.</summary>
    public IReadOnlyList<long> Chosen => _chosen;

    /// <summary>The Sharpe ratio per period of the chosen set on each train window.</summary>
    public IReadOnlyList<double> Sharpe => _sharpe;

    /// <summary>The mean return per period of the chosen set on each train window.</summary>
    public IReadOnlyList<double> Mean => _mean;

    /// <summary>What a set earned on each train window: its Sharpe ratio per period, and its mean return.</summary>
    /// <param name="returns">The set's returns over the whole window.</param>
    public (double Sharpe, double Mean)[] Score(ReadOnlySpan<double> returns)
    {
        var scores = new (double, double)[steps.Count];
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = PerformanceMetrics.SharpeAndMean(returns[steps[i].TrainStart..steps[i].TrainEnd]);
        }

        return scores;
    }

    /// <summary>Takes the scores of the next set; sets come in the order of the grid.</summary>
    public void Add(long number, (double Sharpe, double Mean)[] scores)
    {
        for (var i = 0; i < scores.Length; i++)
        {
            if (scores[i].Sharpe > _sharpe[i])
            {
                (_chosen[i], _sharpe[i], _mean[i]) = (number, scores[i].Sharpe, scores[i].Mean);
            }
        }
    }
}
