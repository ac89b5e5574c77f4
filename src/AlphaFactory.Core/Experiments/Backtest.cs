using System.Buffers;
using System.Runtime.Intrinsics;
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
    /// <summary>Room for so many bars.</summary>
    internal static BacktestResult Of(int bars) => new(new double[bars], new double[bars]);

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
        var result = BacktestResult.Of(Math.Max(bars - first - 1, 0));
        Run(signal, assetReturns, bars, first, conventions, result, cancellation);
        return result;
    }

    /// <summary>As the other, into arrays that are there.</summary>
    internal static void Run(
        ReadOnlySpan<double> signal,
        ReadOnlySpan<double> assetReturns,
        int bars,
        int first,
        BacktestConventions conventions,
        BacktestResult result,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(conventions);
        ArgumentOutOfRangeException.ThrowIfLessThan(conventions.Lag, 1, nameof(conventions));
        var entities = bars == 0 ? 0 : signal.Length / bars;
        var (returns, turnovers) = (result.Returns, result.Turnover);
        Array.Clear(returns);
        Array.Clear(turnovers);
        var block = BlockOf(entities);
        var room = ArrayPool<double>.Shared.Rent(entities * (block + 1));
        try
        {
            // A row an entity: what is held before the block, then the weights of its bars.
            var weights = new WeightBlock(room, entities, block + 1);
            weights.Clear();
            for (var start = 0; start < returns.Length; start += block)
            {
                cancellation.ThrowIfCancellationRequested();
                var length = Math.Min(block, returns.Length - start);
                var bar = first + 1 + start;
                weights.Bars = length;
                Signals(signal, bars, bar - conventions.Lag, weights);
                PositionSizer.Size(conventions.Position, conventions.MaxLeverage, weights);
                for (var entity = 0; entity < entities; entity++)
                {
                    var earned = assetReturns.Slice(entity * bars + bar, length);
                    var row = weights.HeldAndRow(entity);
                    Hold(row, earned, returns.AsSpan(start, length), turnovers.AsSpan(start, length));
                    row[0] = row[length];
                }
            }
        }
        finally
        {
            ArrayPool<double>.Shared.Return(room);
        }

        Charge(returns, turnovers, conventions.CostBps);
    }

    /// <summary>How many bars are worked on at once, so that the weights of all entities stay near the processor.</summary>
    private static int BlockOf(int entities)
    {
        const int Weights = 1 << 15;
        return Math.Clamp(Weights / Math.Max(entities, 1), 16, 512);
    }

    /// <summary>The signals of the bars from <paramref name="from"/> on; before the first bar there is none.</summary>
    private static void Signals(ReadOnlySpan<double> signal, int bars, int from, WeightBlock weights)
    {
        var unknown = Math.Clamp(-from, 0, weights.Bars);
        for (var entity = 0; entity < weights.Entities; entity++)
        {
            var row = weights.Row(entity);
            row[..unknown].Fill(double.NaN);
            if (unknown < row.Length)
            {
                signal.Slice(entity * bars + from + unknown, row.Length - unknown).CopyTo(row[unknown..]);
            }
        }
    }

    /// <summary>Adds what an entity earns and trades; its weights begin with the one held before.</summary>
    private static void Hold(
        ReadOnlySpan<double> weights,
        ReadOnlySpan<double> earned,
        Span<double> returns,
        Span<double> turnovers
    )
    {
        var held = Lanes.Of(weights[..^1]);
        var now = Lanes.Of(weights[1..]);
        var gains = Lanes.Of(earned);
        var sums = Lanes.Of(returns);
        var trades = Lanes.Of(turnovers);
        for (var i = 0; i < now.Length && i < held.Length && i < gains.Length && i < sums.Length; i++)
        {
            sums[i] += now[i] * gains[i];
            trades[i] += Vector256.Abs(now[i] - held[i]);
        }

        for (var i = now.Length * Vector256<double>.Count; i < returns.Length; i++)
        {
            returns[i] += weights[i + 1] * earned[i];
            turnovers[i] += Math.Abs(weights[i + 1] - weights[i]);
        }
    }

    private static void Charge(Span<double> returns, ReadOnlySpan<double> turnovers, double costBps)
    {
        var sums = Lanes.Of(returns);
        var trades = Lanes.Of(turnovers);
        for (var i = 0; i < sums.Length && i < trades.Length; i++)
        {
            sums[i] -= trades[i] * costBps / Vector256.Create(10_000.0);
        }

        for (var i = sums.Length * Vector256<double>.Count; i < returns.Length; i++)
        {
            returns[i] -= turnovers[i] * costBps / 10_000;
        }
    }
}
