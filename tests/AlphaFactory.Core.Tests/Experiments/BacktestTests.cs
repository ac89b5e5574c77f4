using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Expressions;

namespace AlphaFactory.Core.Tests.Experiments;

public sealed class BacktestTests
{
    private static readonly BacktestConventions Free = new(PositionRule.Sign, 1, 0, 1);

    [Fact]
    public void A_signal_earns_the_next_bar_and_its_trade_costs_then()
    {
        // Long from bar 1's close: earns +10% of bar 2. Short from bar 2's close: turnover 2, earns 10% of bar 3.
        double[] prices = [100, 100, 110, 99];
        var result = Run([double.NaN, 1, -1, 1], prices, Free with { CostBps = 10 });
        Assert.Equal([0, 0.1 - 0.001, 0.1 - 0.002], result.Returns, (a, b) => Math.Abs(a - b) < 1e-15);
        Assert.Equal([0, 1, 2], result.Turnover);
    }

    [Fact]
    public void A_longer_lag_earns_later()
    {
        var result = Run([1, 0, 0, 0], [100, 110, 121, 121], Free with { Lag = 2 });
        Assert.Equal([0, 0.1, 0], result.Returns, (a, b) => Math.Abs(a - b) < 1e-15);
    }

    [Fact]
    public void A_window_begins_without_holdings()
    {
        var result = Run([1, 1, 1, 1], [100, 110, 121, 133.1], Free with { CostBps = 100 }, first: 2);
        Assert.Equal([0.1 - 0.01], result.Returns, (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([1], result.Turnover);
    }

    [Fact]
    public void A_missing_price_earns_nothing_on_both_sides()
    {
        var panel = PanelOf([100, double.NaN, 121, 133.1]);
        Assert.Equal(
            [0, 0, 0, 0.1],
            Backtest.AssetReturns(panel, "close"),
            (a, b) => Math.Abs(a - b) < 1e-12
        );
    }

    [Fact]
    public void A_cancelled_backtest_stops()
    {
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        Assert.Throws<OperationCanceledException>(() =>
            Backtest.Run([1, 1], [0, 0], 2, 0, Free, stopped.Token)
        );
    }

    private static BacktestResult Run(
        double[] signal,
        double[] prices,
        BacktestConventions conventions,
        int first = 0
    ) =>
        Backtest.Run(
            signal,
            Backtest.AssetReturns(PanelOf(prices), "close"),
            prices.Length,
            first,
            conventions,
            TestContext.Current.CancellationToken
        );

    private static Panel PanelOf(double[] prices) =>
        new(["a"], [.. prices.Select((_, i) => Lab.Day(i))], [KeyValuePair.Create("close", prices)]);
}
