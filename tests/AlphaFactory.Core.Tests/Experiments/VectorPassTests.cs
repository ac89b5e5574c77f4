using AlphaFactory.Core.Experiments;
using CsCheck;

namespace AlphaFactory.Core.Tests.Experiments;

/// <summary>What works on many bars at once gives what one bar after another gives.</summary>
public sealed class VectorPassTests
{
    private static readonly Gen<double> Signal = Gen.Frequency(
        (4, Gen.Double[-3, 3]),
        (2, Gen.Int[-1, 1].Select(whole => (double)whole)),
        (1, Gen.Const(double.NaN)),
        (1, Gen.Const(double.PositiveInfinity))
    );

    [Fact]
    public void A_backtest_is_that_of_bar_after_bar_to_the_bit()
    {
        (
            from entities in Gen.Int[1, 70]
            from bars in Gen.Int[2, 40].Select(Gen.Int[500, 1100], (few, many) => entities > 3 ? few : many)
            from signal in Signal.Array[entities * bars]
            from earned in Gen.Double[-0.1, 0.1].Array[entities * bars]
            from first in Gen.Int[0, bars - 2]
            from lag in Gen.Int[1, 3]
            from rule in Gen.Enum<PositionRule>()
            from cap in Gen.OneOf(Gen.Const(1.0), Gen.Double[0.1, 2])
            select (entities, bars, signal, earned, first, new BacktestConventions(rule, cap, 3, lag))
        ).Sample(
            sample =>
            {
                var (entities, bars, signal, earned, first, conventions) = sample;
                var actual = Backtest.Run(signal, earned, bars, first, conventions);
                var expected = BarByBar(signal, earned, entities, bars, first, conventions);
                Assert.Equal(expected.Returns, actual.Returns);
                Assert.Equal(expected.Turnover, actual.Turnover);
            },
            iter: 40
        );
    }

    [Fact]
    public void A_window_shorter_than_the_lag_earns_nothing()
    {
        double[] signal = [1, 1, -1, -1];
        double[] earned = [0, 0.5, 0, 0.25];
        var conventions = new BacktestConventions(PositionRule.Sign, 1, 3, Lag: 3);

        var token = TestContext.Current.CancellationToken;
        var result = Backtest.Run(signal, earned, bars: 2, first: 0, conventions, token);

        Assert.Equal([0.0], result.Returns);
        Assert.Equal([0.0], result.Turnover);
    }

    [Fact]
    public void The_tail_is_that_of_sorted_returns()
    {
        var value = Gen.Frequency(
            (5, Gen.Double[-0.02, 0.02]),
            (2, Gen.Const(0.0)),
            (1, Gen.Double[-0.9, 0.9])
        );
        value
            .Array[2, 300]
            .Sample(
                returns =>
                {
                    var metrics = PerformanceMetrics.Compute(
                        new BacktestResult(returns, new double[returns.Length]),
                        252
                    );
                    double[] sorted = [.. returns.Order()];
                    var place = 0.05 * (sorted.Length - 1);
                    var lower = (int)Math.Floor(place + 1e-9);
                    var upper = Math.Min(lower + 1, sorted.Length - 1);
                    var quantile = sorted[lower] + (place - lower) * (sorted[upper] - sorted[lower]);
                    Assert.Equal(quantile, metrics["var_95"], 1e-12);
                    Assert.Equal(sorted[..(lower + 1)].Average(), metrics["cvar_95"], 1e-12);
                    var (equity, peak, worst) = (1.0, 1.0, 0.0);
                    foreach (var each in returns)
                    {
                        equity *= Math.Max(1 + each, 0);
                        peak = Math.Max(peak, equity);
                        worst = Math.Min(worst, equity / peak - 1);
                    }

                    Assert.Equal(equity - 1, metrics["total_return"]);
                    Assert.Equal(worst, metrics["max_drawdown"]);
                },
                iter: 300
            );
    }

    [Fact]
    public void Numbered_work_comes_out_in_order_once_each()
    {
        Gen.Select(Gen.Int[0, 500], Gen.Int[1, 8])
            .Sample(
                (count, threads) =>
                    Assert.Equal(
                        Enumerable.Range(0, count).Select(number => (long)number),
                        OrderedParallel.Run(
                            count,
                            static (number, _) => number,
                            threads,
                            static () => { },
                            TestContext.Current.CancellationToken
                        )
                    ),
                iter: 50
            );
    }

    private static BacktestResult BarByBar(
        double[] signal,
        double[] earned,
        int entities,
        int bars,
        int first,
        BacktestConventions conventions
    )
    {
        var result = new BacktestResult(new double[bars - first - 1], new double[bars - first - 1]);
        var held = new double[entities];
        for (var i = 0; i < result.Returns.Length; i++)
        {
            var bar = first + 1 + i;
            var signals = new double[entities];
            for (var entity = 0; entity < entities; entity++)
            {
                var known = bar - conventions.Lag;
                signals[entity] = known >= 0 ? signal[entity * bars + known] : double.NaN;
            }

            var weights = new double[entities];
            PositionSizer.Size(conventions.Position, conventions.MaxLeverage, signals, weights);
            var (gain, turnover) = (0.0, 0.0);
            for (var entity = 0; entity < entities; entity++)
            {
                gain += weights[entity] * earned[entity * bars + bar];
                turnover += Math.Abs(weights[entity] - held[entity]);
            }

            result.Returns[i] = gain - turnover * conventions.CostBps / 10_000;
            result.Turnover[i] = turnover;
            held = weights;
        }

        return result;
    }
}
