using AlphaFactory.Core.Expressions;

namespace AlphaFactory.Core.Experiments;

/// <summary>
/// The metrics that a run has only when they are asked for: of the signal (<c>-Metric</c>), and against a benchmark
/// (<c>-Benchmark</c>). One that is not defined is NaN.
/// </summary>
internal sealed class ExtraMetrics
{
    /// <summary>The mean over the bars of Spearman's correlation between the signals and the returns that they earn.</summary>
    public const string IcMean = "ic_mean";

    /// <summary>The same mean over its sample deviation (ddof 1), per bar and not annualised.</summary>
    public const string IcIr = "ic_ir";

    /// <summary>The largest share of capital that any entity was held at, at any bar.</summary>
    public const string MaxWeight = "max_weight";

    private readonly IReadOnlyList<string> _names;
    private readonly double[]? _labels;
    private readonly double[]? _benchmark;
    private readonly ExperimentSpec _spec;
    private readonly int _entities;
    private readonly int _bars;
    private readonly int _first;
    private readonly double _periodsPerYear;

    private ExtraMetrics(
        ExperimentSpec spec,
        Panel panel,
        int first,
        Benchmark? benchmark,
        double periodsPerYear
    )
    {
        _spec = spec;
        _names = NamesFor(spec);
        (_entities, _bars, _first) = (panel.EntityCount, panel.Bars, first);
        _periodsPerYear = periodsPerYear;
        _benchmark = benchmark?.Returns;
        _labels = _names.Any(name => name is IcMean or IcIr) ? Labels(panel, spec.Price) : null;
    }

    /// <summary>The names that <c>-Metric</c> takes besides those that every run has.</summary>
    public static IReadOnlyList<string> Optional { get; } = [IcMean, IcIr, MaxWeight];

    /// <summary>The metrics that a benchmark adds, annualised where they have a unit of time.</summary>
    public static IReadOnlyList<string> AgainstBenchmark { get; } =
    ["alpha", "beta", "tracking_error", "information_ratio"];

    /// <summary>The names that a specification asks for, in a fixed order.</summary>
    public static IReadOnlyList<string> NamesFor(ExperimentSpec spec) =>
        [
            .. Optional.Where(name => spec.Metrics.Contains(name, StringComparer.OrdinalIgnoreCase)),
            .. spec.Benchmark is null ? [] : AgainstBenchmark,
        ];

    /// <summary>What an experiment is to measure; null when nothing is asked for.</summary>
    /// <param name="spec">The specification.</param>
    /// <param name="panel">Its data.</param>
    /// <param name="first">The first bar that returns are earned after.</param>
    /// <param name="benchmark">The benchmark, or null.</param>
    /// <param name="periodsPerYear">How many periods a year has.</param>
    public static ExtraMetrics? For(
        ExperimentSpec spec,
        Panel panel,
        int first,
        Benchmark? benchmark,
        double periodsPerYear
    ) => NamesFor(spec).Count == 0 ? null : new(spec, panel, first, benchmark, periodsPerYear);

    /// <summary>Measures a run.</summary>
    /// <param name="returns">Its returns, of the bars after the first of the window; fewer when it was stopped.</param>
    /// <param name="signal">Its signal, entity by entity.</param>
    public IEnumerable<KeyValuePair<string, double>> Compute(double[] returns, double[] signal)
    {
        var (icMean, icRatio) = _labels is null ? default : InformationCoefficient(returns.Length, signal);
        var (alpha, beta, error, ratio) = _benchmark is null ? default : Compare(returns);
        return _names.Select(name =>
            KeyValuePair.Create(
                name,
                name switch
                {
                    IcMean => icMean,
                    IcIr => icRatio,
                    MaxWeight => LargestWeight(returns.Length, signal),
                    "alpha" => alpha,
                    "beta" => beta,
                    "tracking_error" => error,
                    _ => ratio,
                }
            )
        );
    }

    /// <summary>
    /// Of each bar with two entities or more whose signal and next return are both there, and neither all the same:
    /// Spearman's correlation, ties with their average rank.
    /// </summary>
    private (double Mean, double Ratio) InformationCoefficient(int returns, double[] signal)
    {
        var coefficients = new List<double>(returns);
        var (x, y) = (new double[_entities], new double[_entities]);
        for (var bar = _first + 1; bar <= _first + returns; bar++)
        {
            var (known, count) = (bar - _spec.Lag, 0);
            for (var entity = 0; known >= 0 && entity < _entities; entity++)
            {
                var (cause, effect) = (signal[entity * _bars + known], _labels![entity * _bars + bar]);
                if (double.IsFinite(cause) && double.IsFinite(effect))
                {
                    (x[count], y[count]) = (cause, effect);
                    count++;
                }
            }

            var coefficient = RankCorrelation.Spearman(x.AsSpan(0, count), y.AsSpan(0, count));
            if (!double.IsNaN(coefficient))
            {
                coefficients.Add(coefficient);
            }
        }

        var (ratio, mean) = PerformanceMetrics.SharpeAndMean([.. coefficients]);
        return (mean, ratio);
    }

    private double LargestWeight(int returns, double[] signal)
    {
        var largest = 0.0;
        var (signals, weights) = (new double[_entities], new double[_entities]);
        for (var bar = _first + 1; bar <= _first + returns; bar++)
        {
            var known = bar - _spec.Lag;
            for (var entity = 0; entity < _entities; entity++)
            {
                signals[entity] = known >= 0 ? signal[entity * _bars + known] : double.NaN;
            }

            PositionSizer.Size(_spec.Position, _spec.MaxLeverage, signals, weights);
            foreach (var weight in weights)
            {
                largest = Math.Max(largest, Math.Abs(weight));
            }
        }

        return largest;
    }

    /// <summary>
    /// Over the bars on which the benchmark has a return. Beta is that of the regression of the returns on the
    /// benchmark's; alpha the mean of <c>r − β·b</c>, compounded over a year (Jensen 1968, annualised as empyrical
    /// does); the tracking error the annualised sample deviation of <c>r − b</c>; the information ratio the mean of
    /// it over its deviation, annualised (Grinold and Kahn).
    /// </summary>
    private (double Alpha, double Beta, double TrackingError, double InformationRatio) Compare(
        double[] returns
    )
    {
        var own = new List<double>(returns.Length);
        var other = new List<double>(returns.Length);
        for (var i = 0; i < returns.Length; i++)
        {
            if (_benchmark![_first + 1 + i] is var value && double.IsFinite(value))
            {
                own.Add(returns[i]);
                other.Add(value);
            }
        }

        var (meanOwn, meanOther) = (PerformanceMetrics.Mean([.. own]), PerformanceMetrics.Mean([.. other]));
        var (product, square) = (new CompensatedSum(), new CompensatedSum());
        for (var i = 0; i < own.Count; i++)
        {
            var distance = other[i] - meanOther;
            product.Add((own[i] - meanOwn) * distance);
            square.Add(distance * distance);
        }

        var beta = own.Count > 1 && square.Value > 0 ? product.Value / square.Value : double.NaN;
        var alpha = Math.Pow(1 + meanOwn - beta * meanOther, _periodsPerYear) - 1;
        var active = own.Zip(other, (mine, its) => mine - its).ToArray();
        var year = Math.Sqrt(_periodsPerYear);
        return (
            alpha,
            beta,
            PerformanceMetrics.Deviation(active) * year,
            PerformanceMetrics.SharpeAndMean(active).Sharpe * year
        );
    }

    /// <summary>The returns of the entities, as the backtest earns them, but missing where a price is.</summary>
    private static double[] Labels(Panel panel, string price)
    {
        var labels = new double[panel.EntityCount * panel.Bars];
        for (var entity = 0; entity < panel.EntityCount; entity++)
        {
            var prices = panel.Series(price, entity);
            var target = labels.AsSpan(entity * panel.Bars, panel.Bars);
            target[..Math.Min(1, target.Length)].Fill(double.NaN);
            for (var bar = 1; bar < prices.Length; bar++)
            {
                target[bar] = prices[bar] / prices[bar - 1] - 1;
            }
        }

        return labels;
    }
}
