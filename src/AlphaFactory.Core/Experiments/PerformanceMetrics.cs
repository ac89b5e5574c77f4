using System.Buffers;

namespace AlphaFactory.Core.Experiments;

/// <summary>
/// The standard set of metrics. A metric that is not defined (a ratio to a deviation of zero, a deviation of one
/// return) is NaN.
/// </summary>
public static class PerformanceMetrics
{
    /// <summary>A deviation below this share of the mean is rounding: the returns are constant.</summary>
    private const double ConstantTolerance = 1e-14;

    private const string InSample = "is_";
    private const string OutOfSample = "oos_";

    /// <summary>The names of the standard set, in the order in which a run has them.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "total_return",
        "cagr",
        "volatility",
        "sharpe",
        "sortino",
        "max_drawdown",
        "calmar",
        "skew",
        "kurtosis",
        "var_95",
        "cvar_95",
        "hit_rate",
        "turnover",
        "observations",
        "psr",
    ];

    /// <summary>What can be measured besides: <c>ic_mean</c>, <c>ic_ir</c>, <c>max_weight</c>.</summary>
    public static IReadOnlyList<string> Optional => ExtraMetrics.Optional;

    /// <summary>
    /// What a walk-forward adds. The standard set is of its out-of-sample path; <c>is_sharpe</c> is the mean over the
    /// steps of the chosen sets' annualised Sharpe ratios on their train windows, <c>oos_sharpe</c> that of the path,
    /// <c>wf_steps</c> how often it chose, and <c>wf_efficiency</c> the mean return of the path over the mean of the
    /// chosen sets' mean returns in training (Pardo 2008), missing when those are not above 0.
    /// </summary>
    public static IReadOnlyList<string> OfWalkForward { get; } =
    ["is_sharpe", "oos_sharpe", "wf_steps", "wf_efficiency"];

    /// <summary>
    /// The names of the metrics of an experiment's runs: the standard set, with a split that of each part, with a
    /// walk-forward what that adds, and what else was asked for.
    /// </summary>
    public static IReadOnlyList<string> NamesFor(ExperimentSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var extra = ExtraMetrics.NamesFor(spec);
        return (spec.Split, spec.WalkForward, extra.Count) switch
        {
            (null, null, 0) => Names,
            (null, null, _) => [.. Names, .. extra],
            (null, not null, _) => [.. Names, .. OfWalkForward, .. extra],
            _ =>
            [
                .. Names,
                .. Names.Select(name => InSample + name),
                .. Names.Select(name => OutOfSample + name),
                .. extra,
            ],
        };
    }

    /// <summary>Computes the standard set of all returns, and of those before and after a split.</summary>
    /// <param name="result">The returns and turnovers, a value a period.</param>
    /// <param name="inSample">How many returns are in-sample.</param>
    /// <param name="outOfSample">The place of the first return that is out-of-sample; those between are in neither.</param>
    /// <param name="periodsPerYear">How many periods a year has.</param>
    public static MetricValues Compute(
        BacktestResult result,
        int inSample,
        int outOfSample,
        double periodsPerYear
    )
    {
        ArgumentNullException.ThrowIfNull(result);
        // A run that was stopped may have ended before the split.
        inSample = Math.Min(inSample, result.Returns.Length);
        outOfSample = Math.Min(outOfSample, result.Returns.Length);
        var early = new BacktestResult(result.Returns[..inSample], result.Turnover[..inSample]);
        var late = new BacktestResult(result.Returns[outOfSample..], result.Turnover[outOfSample..]);
        return new MetricValues([
            .. Compute(result, periodsPerYear),
            .. Prefixed(InSample, Compute(early, periodsPerYear)),
            .. Prefixed(OutOfSample, Compute(late, periodsPerYear)),
        ]);
    }

    /// <summary>Computes the standard set.</summary>
    /// <param name="result">The returns and turnovers, a value a period.</param>
    /// <param name="periodsPerYear">How many periods a year has.</param>
    public static MetricValues Compute(BacktestResult result, double periodsPerYear)
    {
        ArgumentNullException.ThrowIfNull(result);
        var returns = result.Returns;
        var moments = Moments.Of(returns);
        var (total, drawdown) = ReturnPasses.Growth(returns);
        var growth = AnnualGrowth(total, periodsPerYear, returns.Length);
        var perPeriod = SharpePerPeriod(moments);
        var year = Math.Sqrt(periodsPerYear);
        var (valueAtRisk, shortfall) = Tail(returns, moments);
        double[] values =
        [
            total,
            growth,
            moments.Deviation * year,
            perPeriod * year,
            Sortino(returns, moments.Mean) * year,
            drawdown,
            drawdown < 0 ? growth / -drawdown : double.NaN,
            moments.Skew,
            moments.Kurtosis,
            valueAtRisk,
            shortfall,
            HitRate(returns),
            Mean(result.Turnover),
            returns.Length,
            OverfittingStatistics.ProbabilisticSharpe(
                perPeriod,
                benchmark: 0,
                moments.Skew,
                moments.Kurtosis + 3,
                returns.Length
            ),
        ];
        return new MetricValues(Names.Zip(values, KeyValuePair.Create));
    }

    /// <summary>The Sharpe ratio per period of annualised metrics; NaN when there is none.</summary>
    public static double SharpePerPeriod(MetricValues metrics, double periodsPerYear)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        return metrics.TryGetValue("sharpe", out var sharpe)
            ? sharpe / Math.Sqrt(periodsPerYear)
            : double.NaN;
    }

    /// <summary>The Sharpe ratio per period, NaN when there is none, and the mean.</summary>
    internal static (double Sharpe, double Mean) SharpeAndMean(ReadOnlySpan<double> returns)
    {
        var moments = Moments.Of(returns);
        return (SharpePerPeriod(moments), moments.Mean);
    }

    /// <summary>The sample deviation (ddof 1); NaN of fewer than two values.</summary>
    internal static double Deviation(ReadOnlySpan<double> values) => Moments.Of(values).Deviation;

    private static IEnumerable<KeyValuePair<string, double>> Prefixed(string prefix, MetricValues metrics) =>
        metrics.Select(metric => KeyValuePair.Create(prefix + metric.Key, metric.Value));

    private static double AnnualGrowth(double total, double periodsPerYear, int periods) =>
        periods == 0 ? double.NaN : Math.Pow(1 + total, periodsPerYear / periods) - 1;

    private static double SharpePerPeriod(Moments moments) =>
        moments.IsConstant ? double.NaN : moments.Mean / moments.Deviation;

    /// <summary>Mean over the root mean square of <c>min(r, 0)</c>, over all periods.</summary>
    private static double Sortino(ReadOnlySpan<double> returns, double mean)
    {
        var downside = Math.Sqrt(ReturnPasses.SquaredLosses(returns) / returns.Length);
        return downside > 0 ? mean / downside : double.NaN;
    }

    /// <summary>
    /// The 5th percentile of returns, by linear interpolation, and the mean of the <c>⌊0.05(n−1)⌋ + 1</c> smallest.
    /// </summary>
    private static (double ValueAtRisk, double ExpectedShortfall) Tail(
        ReadOnlySpan<double> returns,
        Moments moments
    )
    {
        if (returns.Length == 0)
        {
            return (double.NaN, double.NaN);
        }

        var lower = (returns.Length - 1) / 20;
        var share = (returns.Length - 1) % 20 / 20.0;
        var room = ArrayPool<double>.Shared.Rent(returns.Length);
        var smallest = ReturnPasses.Smallest(
            returns,
            Math.Min(lower + 2, returns.Length),
            moments.Mean,
            moments.Deviation,
            room
        );
        var valueAtRisk =
            share > 0 ? smallest[lower] + share * (smallest[lower + 1] - smallest[lower]) : smallest[lower];
        var shortfall = Mean(smallest[..(lower + 1)]);
        ArrayPool<double>.Shared.Return(room);
        return (valueAtRisk, shortfall);
    }

    /// <summary>The share of gains among the periods whose return is not zero.</summary>
    private static double HitRate(ReadOnlySpan<double> returns)
    {
        var (gains, traded) = ReturnPasses.CountGains(returns);
        return traded > 0 ? (double)gains / traded : double.NaN;
    }

    /// <summary>The mean; NaN of none.</summary>
    internal static double Mean(ReadOnlySpan<double> values) => ReturnPasses.Sum(values) / values.Length;

    /// <summary>Mean, sample deviation (ddof 1), and the biased skew and excess kurtosis that scipy gives.</summary>
    private readonly record struct Moments(
        double Mean,
        double Deviation,
        double Skew,
        double Kurtosis,
        bool IsConstant
    )
    {
        public static Moments Of(ReadOnlySpan<double> values)
        {
            if (values.Length < 2)
            {
                return new(PerformanceMetrics.Mean(values), double.NaN, double.NaN, double.NaN, true);
            }

            var mean = PerformanceMetrics.Mean(values);
            var (second, third, fourth) = ReturnPasses.PowersAbout(values, mean);
            var deviation = Math.Sqrt(second / (values.Length - 1));
            if (deviation <= Math.Abs(mean) * ConstantTolerance)
            {
                return new(mean, 0, double.NaN, double.NaN, true);
            }

            var variance = second / values.Length;
            return new(
                mean,
                deviation,
                third / values.Length / Math.Pow(variance, 1.5),
                fourth / values.Length / (variance * variance) - 3,
                false
            );
        }
    }
}
