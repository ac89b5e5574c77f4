using AlphaFactory.Core.Expressions;

namespace AlphaFactory.Core.Experiments;

/// <summary>The conventions of a backtest: how signals become returns.</summary>
/// <param name="Position">How the signal becomes weights.</param>
/// <param name="MaxLeverage">The cap on gross leverage.</param>
/// <param name="CostBps">The cost of trading, in basis points of turnover.</param>
/// <param name="Lag">How many bars after its own a signal earns, 1 at least.</param>
public sealed record BacktestConventions(PositionRule Position, double MaxLeverage, double CostBps, int Lag);

/// <summary>What a backtest earned, bar by bar.</summary>
/// <param name="Returns">The net return of each bar after the first of the window.</param>
/// <param name="Turnover">The turnover <c>Σ|w_t − w_{t−1}|</c> of each of these bars.</param>
public sealed record BacktestResult(double[] Returns, double[] Turnover)
{
    /// <summary>The first bars of it, as of a run that was stopped.</summary>
    public BacktestResult First(int length) =>
        length >= Returns.Length ? this : new BacktestResult(Returns[..length], Turnover[..length]);
}

/// <summary>Turns a signal into the returns of a portfolio.</summary>
public static class Backtest
{
    /// <summary>
    /// The returns <c>p_t/p_{t−1} − 1</c> of each entity, entity by entity. The return of a bar whose price or whose
    /// previous bar's price is missing is 0: the entity neither earns nor loses there.
    /// </summary>
    /// <param name="panel">The prices.</param>
    /// <param name="price">The column of prices.</param>
    public static double[] AssetReturns(Panel panel, string price)
    {
        ArgumentNullException.ThrowIfNull(panel);
        var returns = new double[panel.EntityCount * panel.Bars];
        for (var entity = 0; entity < panel.EntityCount; entity++)
        {
            var prices = panel.Series(price, entity);
            var target = returns.AsSpan(entity * panel.Bars, panel.Bars);
            for (var bar = 1; bar < prices.Length; bar++)
            {
                var value = prices[bar] / prices[bar - 1] - 1;
                target[bar] = double.IsFinite(value) ? value : 0;
            }
        }

        return returns;
    }

    /// <summary>
    /// Earns on a signal over the bars from <paramref name="first"/> to the last: n bars give n − 1 returns. The
    /// signal of bar t earns the return of bar t + lag, and the cost of a new position is charged in the bar in
    /// which it first earns. Holdings start from none.
    /// </summary>
    /// <param name="signal">The signal, entity by entity; NaN where it is missing.</param>
    /// <param name="assetReturns">The returns, in the same shape, as <see cref="AssetReturns"/> gives them.</param>
    /// <param name="bars">How many bars an entity has.</param>
    /// <param name="first">The index of the first bar of the window.</param>
    /// <param name="conventions">How signals become returns.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static BacktestResult Run(
        ReadOnlySpan<double> signal,
        ReadOnlySpan<double> assetReturns,
        int bars,
        int first,
        BacktestConventions conventions,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(conventions);
        ArgumentOutOfRangeException.ThrowIfLessThan(conventions.Lag, 1, nameof(conventions));
        var entities = bars == 0 ? 0 : signal.Length / bars;
        var returns = new double[Math.Max(bars - first - 1, 0)];
        var turnovers = new double[returns.Length];
        var signals = new double[entities];
        var held = new double[entities];
        var next = new double[entities];
        for (var i = 0; i < returns.Length; i++)
        {
            if ((i & 0x3FF) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            var bar = first + 1 + i;
            var known = bar - conventions.Lag;
            for (var entity = 0; entity < entities; entity++)
            {
                signals[entity] = known >= 0 ? signal[entity * bars + known] : double.NaN;
            }

            PositionSizer.Size(conventions.Position, conventions.MaxLeverage, signals, next);
            var (earned, turnover) = (0.0, 0.0);
            for (var entity = 0; entity < entities; entity++)
            {
                earned += next[entity] * assetReturns[entity * bars + bar];
                turnover += Math.Abs(next[entity] - held[entity]);
            }

            returns[i] = earned - turnover * conventions.CostBps / 10_000;
            turnovers[i] = turnover;
            (held, next) = (next, held);
        }

        return new BacktestResult(returns, turnovers);
    }
}
