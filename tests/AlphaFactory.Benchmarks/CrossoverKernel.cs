using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MathNet.Numerics.Distributions;

namespace AlphaFactory.Benchmarks;

/// <summary>
/// What one would write for this grid and nothing else: moving averages by running sums, positions of the sign of
/// their difference, and the standard metrics in as few passes as they need, four values at a time on every core.
/// Sums are plain ones.
/// </summary>
internal static class CrossoverKernel
{
    private const int Width = 4;

    /// <summary>The standard metrics of every pair, in the order of the product's.</summary>
    public static double[][] Run(
        double[] prices,
        int entities,
        (int Fast, int Slow)[] pairs,
        int longest,
        double costBps,
        double periodsPerYear
    )
    {
        var bars = prices.Length / entities;
        var returns = new double[prices.Length];
        for (var entity = 0; entity < entities; entity++)
        {
            for (var bar = 1; bar < bars; bar++)
            {
                returns[entity * bars + bar] =
                    prices[entity * bars + bar] / prices[entity * bars + bar - 1] - 1;
            }
        }

        var averages = new double[longest + 1][];
        Parallel.For(2, longest + 1, window => averages[window] = Averages(prices, entities, bars, window));
        var metrics = new double[pairs.Length][];
        Parallel.For(
            0,
            pairs.Length,
            () => new double[5 * (bars + Width)],
            (i, _, room) =>
            {
                metrics[i] = Measure(
                    averages[pairs[i].Fast],
                    averages[pairs[i].Slow],
                    returns,
                    entities,
                    bars,
                    costBps,
                    periodsPerYear,
                    room
                );
                return room;
            },
            static _ => { }
        );
        return metrics;
    }

    private static double[] Averages(double[] prices, int entities, int bars, int window)
    {
        var averages = new double[prices.Length];
        for (var entity = 0; entity < entities; entity++)
        {
            var offset = entity * bars;
            var (sum, lost) = (0.0, 0.0);
            for (var bar = 0; bar < bars; bar++)
            {
                // Neumaier's sum: a plain one drifts, and takes positions at ties.
                foreach (
                    var value in (ReadOnlySpan<double>)
                        [prices[offset + bar], bar >= window ? -prices[offset + bar - window] : 0]
                )
                {
                    var next = sum + value;
                    lost += Math.Abs(sum) >= Math.Abs(value) ? sum - next + value : value - next + sum;
                    sum = next;
                }

                averages[offset + bar] = bar >= window - 1 ? (sum + lost) / window : double.NaN;
            }
        }

        return averages;
    }

    private static double[] Measure(
        double[] fast,
        double[] slow,
        double[] assets,
        int entities,
        int bars,
        double costBps,
        double periodsPerYear,
        double[] room
    )
    {
        var n = bars - 1;
        var stride = bars + Width;
        var returns = room.AsSpan(0, n);
        var turnovers = room.AsSpan(stride, n);
        var weights = room.AsSpan(2 * stride, n + 1);
        returns.Clear();
        turnovers.Clear();
        weights[0] = 0;
        for (var entity = 0; entity < entities; entity++)
        {
            Signs(fast.AsSpan(entity * bars, n), slow.AsSpan(entity * bars, n), weights[1..], 1.0 / entities);
            Earn(weights, assets.AsSpan(entity * bars + 1, n), returns, turnovers);
        }

        var cost = costBps / 10_000;
        var (sum, trades) = (0.0, 0.0);
        var sums = Vector256<double>.Zero;
        var tradeSums = Vector256<double>.Zero;
        var i = 0;
        for (; i <= n - Width; i += Width)
        {
            var turnover = Vector256.Create<double>(turnovers[i..]);
            var value = Vector256.Create<double>(returns[i..]) - turnover * cost;
            value.CopyTo(returns[i..]);
            sums += value;
            tradeSums += turnover;
        }

        for (; i < n; i++)
        {
            returns[i] -= turnovers[i] * cost;
            sum += returns[i];
            trades += turnovers[i];
        }

        var mean = (sum + Vector256.Sum(sums)) / n;
        return Metrics(
            returns,
            mean,
            (trades + Vector256.Sum(tradeSums)) / n,
            periodsPerYear,
            room.AsSpan(2 * stride)
        );
    }

    private static void Signs(
        ReadOnlySpan<double> fast,
        ReadOnlySpan<double> slow,
        Span<double> weights,
        double share
    )
    {
        var shares = Vector256.Create(share);
        var i = 0;
        for (; i <= fast.Length - Width; i += Width)
        {
            var x = Vector256.Create(fast[i..]);
            var y = Vector256.Create(slow[i..]);
            var limit = Vector256.Max(Vector256.Abs(x), Vector256.Abs(y)) * 1e-12;
            var above = Vector256.GreaterThan(x - y, limit) & shares;
            var below = Vector256.GreaterThan(y - x, limit) & shares;
            (above - below).CopyTo(weights[i..]);
        }

        for (; i < fast.Length; i++)
        {
            var limit = Math.Max(Math.Abs(fast[i]), Math.Abs(slow[i])) * 1e-12;
            weights[i] =
                fast[i] - slow[i] > limit ? share
                : slow[i] - fast[i] > limit ? -share
                : 0;
        }
    }

    private static void Earn(
        ReadOnlySpan<double> weights,
        ReadOnlySpan<double> assets,
        Span<double> returns,
        Span<double> turnovers
    )
    {
        var i = 0;
        for (; i <= returns.Length - Width; i += Width)
        {
            var now = Vector256.Create(weights[(i + 1)..]);
            var held = Vector256.Create(weights[i..]);
            (Vector256.Create<double>(returns[i..]) + now * Vector256.Create(assets[i..])).CopyTo(
                returns[i..]
            );
            (Vector256.Create<double>(turnovers[i..]) + Vector256.Abs(now - held)).CopyTo(turnovers[i..]);
        }

        for (; i < returns.Length; i++)
        {
            returns[i] += weights[i + 1] * assets[i];
            turnovers[i] += Math.Abs(weights[i + 1] - weights[i]);
        }
    }

    private static double[] Metrics(
        Span<double> returns,
        double mean,
        double turnover,
        double periodsPerYear,
        Span<double> room
    )
    {
        var n = returns.Length;
        var lanes = MemoryMarshal.Cast<double, Vector256<double>>(returns);
        var means = Vector256.Create(mean);
        var second = Vector256<double>.Zero;
        var third = Vector256<double>.Zero;
        var fourth = Vector256<double>.Zero;
        var losses = Vector256<double>.Zero;
        var (gains, zeros) = (0, 0);
        foreach (var lane in lanes)
        {
            var distance = lane - means;
            var square = distance * distance;
            second += square;
            third += square * distance;
            fourth += square * square;
            var loss = Vector256.Min(lane, Vector256<double>.Zero);
            losses += loss * loss;
            gains += BitOperations.PopCount(
                Vector256.GreaterThan(lane, Vector256<double>.Zero).ExtractMostSignificantBits()
            );
            zeros += BitOperations.PopCount(
                Vector256.Equals(lane, Vector256<double>.Zero).ExtractMostSignificantBits()
            );
        }

        var (two, three, four, down) = (
            Vector256.Sum(second),
            Vector256.Sum(third),
            Vector256.Sum(fourth),
            Vector256.Sum(losses)
        );
        foreach (var value in returns[(lanes.Length * Width)..])
        {
            var distance = value - mean;
            var square = distance * distance;
            two += square;
            three += square * distance;
            four += square * square;
            var loss = Math.Min(value, 0);
            down += loss * loss;
            gains += value > 0 ? 1 : 0;
            zeros += value == 0 ? 1 : 0;
        }

        var (equity, peak, worst) = (1.0, 1.0, 0.0);
        foreach (var value in returns)
        {
            equity *= 1 + value;
            peak = equity > peak ? equity : peak;
            var fall = equity / peak - 1;
            worst = fall < worst ? fall : worst;
        }

        var deviation = Math.Sqrt(two / (n - 1));
        var variance = two / n;
        var skew = three / n / Math.Pow(variance, 1.5);
        var kurtosis = four / n / (variance * variance) - 3;
        var sharpe = mean / deviation;
        var growth = Math.Pow(equity, periodsPerYear / n) - 1;
        var year = Math.Sqrt(periodsPerYear);
        var (valueAtRisk, shortfall) = Tail(returns, lanes, mean - 1.2 * deviation, room);
        return
        [
            equity - 1,
            growth,
            deviation * year,
            sharpe * year,
            mean / Math.Sqrt(down / n) * year,
            worst,
            growth / -worst,
            skew,
            kurtosis,
            valueAtRisk,
            shortfall,
            (double)gains / (n - zeros),
            turnover,
            n,
            Normal.CDF(
                0,
                1,
                sharpe
                    * Math.Sqrt(n - 1)
                    / Math.Sqrt(1 - skew * sharpe + (kurtosis + 2) / 4 * sharpe * sharpe)
            ),
        ];
    }

    private static (double ValueAtRisk, double Shortfall) Tail(
        ReadOnlySpan<double> returns,
        ReadOnlySpan<Vector256<double>> lanes,
        double limit,
        Span<double> room
    )
    {
        var lower = (returns.Length - 1) / 20;
        var share = (returns.Length - 1) % 20 / 20.0;
        var limits = Vector256.Create(limit);
        var count = 0;
        for (var i = 0; i < lanes.Length; i++)
        {
            var mask = Vector256.LessThanOrEqual(lanes[i], limits).ExtractMostSignificantBits();
            for (; mask != 0; mask &= mask - 1)
            {
                room[count++] = returns[i * Width + BitOperations.TrailingZeroCount(mask)];
            }
        }

        foreach (var value in returns[(lanes.Length * Width)..])
        {
            if (value <= limit)
            {
                room[count++] = value;
            }
        }

        if (count < lower + 2)
        {
            returns.CopyTo(room);
            count = returns.Length;
        }

        room[..count].Sort();
        var sum = 0.0;
        foreach (var value in room[..(lower + 1)])
        {
            sum += value;
        }

        return (room[lower] + share * (room[lower + 1] - room[lower]), sum / (lower + 1));
    }
}
