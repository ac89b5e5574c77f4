using MathNet.Numerics.Distributions;

namespace AlphaFactory.Core.Experiments;

/// <summary>
/// How much of a Sharpe ratio may be luck. All Sharpe ratios are per period, not annualised, and the kurtosis is the
/// raw one (3 for normal returns).
/// </summary>
public static class OverfittingStatistics
{
    /// <summary>The Euler–Mascheroni constant γ.</summary>
    private const double EulerMascheroni = 0.57721566490153286;

    /// <summary>
    /// The probability that the true Sharpe ratio is above a benchmark:
    /// <c>Φ((SR − SR*)·√(T−1) / √(1 − γ₃·SR + (γ₄−1)/4·SR²))</c>. Bailey and López de Prado, "The Sharpe ratio
    /// efficient frontier", Journal of Risk 15(2), 2012.
    /// </summary>
    /// <param name="sharpe">The Sharpe ratio per period.</param>
    /// <param name="benchmark">The Sharpe ratio per period to be above.</param>
    /// <param name="skew">The skewness of the returns.</param>
    /// <param name="kurtosis">The raw kurtosis of the returns.</param>
    /// <param name="observations">How many returns there are.</param>
    /// <returns>0 to 1; NaN when the estimate has no variance.</returns>
    public static double ProbabilisticSharpe(
        double sharpe,
        double benchmark,
        double skew,
        double kurtosis,
        double observations
    )
    {
        var variance = 1 - skew * sharpe + (kurtosis - 1) / 4 * sharpe * sharpe;
        return variance > 0
            ? Normal.CDF(0, 1, (sharpe - benchmark) * Math.Sqrt(observations - 1) / Math.Sqrt(variance))
            : double.NaN;
    }

    /// <summary>
    /// The Sharpe ratio that the best of so many trials without any skill is expected to have:
    /// <c>√V·((1−γ)·Φ⁻¹(1 − 1/N) + γ·Φ⁻¹(1 − 1/(N·e)))</c>. Bailey and López de Prado, "The deflated Sharpe ratio",
    /// Journal of Portfolio Management 40(5), 2014.
    /// </summary>
    /// <param name="trials">N, how many trials there were. One trial was not chosen among others: 0.</param>
    /// <param name="variance">V, the variance of the trials' Sharpe ratios per period.</param>
    /// <returns>NaN when there is no trial, or when there are several and the variance is not known.</returns>
    public static double ExpectedMaximumSharpe(long trials, double variance) =>
        trials switch
        {
            < 1 => double.NaN,
            1 => 0,
            _ => Math.Sqrt(variance)
                * (
                    (1 - EulerMascheroni) * Normal.InvCDF(0, 1, 1 - 1.0 / trials)
                    + EulerMascheroni * Normal.InvCDF(0, 1, 1 - 1 / (trials * Math.E))
                ),
        };

    /// <summary>
    /// The deflated Sharpe ratio: the probability that the true Sharpe ratio of the best of several trials is above
    /// what luck alone is expected to give, <see cref="ProbabilisticSharpe(double, double, double, double, double)"/> against
    /// <see cref="ExpectedMaximumSharpe"/> (Bailey and López de Prado 2014).
    /// </summary>
    /// <param name="metrics">The run's metrics; <c>skew</c>, <c>kurtosis</c> (excess) and <c>observations</c> are taken.</param>
    /// <param name="sharpe">The run's Sharpe ratio per period.</param>
    /// <param name="trials">How many trials there were, and how their Sharpe ratios spread.</param>
    /// <returns>0 to 1; NaN when a metric is missing or the variance of the trials is not known.</returns>
    public static double DeflatedSharpe(MetricValues metrics, double sharpe, TrialStatistics trials)
    {
        ArgumentNullException.ThrowIfNull(trials);
        return ProbabilisticSharpe(
            metrics,
            sharpe,
            ExpectedMaximumSharpe(trials.Trials, trials.SharpeVariance)
        );
    }

    /// <summary>As the other, of a run's metrics.</summary>
    internal static double ProbabilisticSharpe(MetricValues metrics, double sharpe, double benchmark)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        return
            metrics.TryGetValue("skew", out var skew)
            && metrics.TryGetValue("kurtosis", out var excess)
            && metrics.TryGetValue("observations", out var observations)
            ? ProbabilisticSharpe(sharpe, benchmark, skew, excess + 3, observations)
            : double.NaN;
    }
}
