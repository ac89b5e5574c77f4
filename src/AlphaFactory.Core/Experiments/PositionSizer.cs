using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace AlphaFactory.Core.Experiments;

/// <summary>
/// Turns signals into weights, bar by bar. A signal that is missing or infinite is weight 0. The weights of a bar
/// depend on the signals of that bar alone, in the order of the entities.
/// </summary>
internal static class PositionSizer
{
    /// <summary>Gross leverage over the cap by no more than this share of it is rounding, and stays.</summary>
    private const double LeverageTolerance = 1e-12;

    /// <summary>Computes the weights of one bar.</summary>
    /// <param name="rule">How signals become weights.</param>
    /// <param name="maxLeverage">The cap on <c>Σ|w|</c>.</param>
    /// <param name="signals">One signal an entity.</param>
    /// <param name="weights">One weight an entity; filled.</param>
    public static void Size(
        PositionRule rule,
        double maxLeverage,
        ReadOnlySpan<double> signals,
        Span<double> weights
    )
    {
        var block = new WeightBlock(new double[2 * signals.Length], signals.Length, stride: 2);
        for (var entity = 0; entity < signals.Length; entity++)
        {
            block[entity, 0] = signals[entity];
        }

        Size(rule, maxLeverage, block);
        for (var entity = 0; entity < signals.Length; entity++)
        {
            weights[entity] = block[entity, 0];
        }
    }

    /// <summary>Computes the weights of some bars.</summary>
    /// <param name="rule">How signals become weights.</param>
    /// <param name="maxLeverage">The cap on <c>Σ|w|</c>.</param>
    /// <param name="weights">The signals; weights when it returns.</param>
    public static void Size(PositionRule rule, double maxLeverage, WeightBlock weights)
    {
        var room = ArrayPool<double>.Shared.Rent(2 * weights.Bars);
        var gross = room.AsSpan(0, weights.Bars);
        var scratch = room.AsSpan(weights.Bars, weights.Bars);
        switch (rule)
        {
            case PositionRule.Sign:
                for (var entity = 0; entity < weights.Entities; entity++)
                {
                    TakeSign(weights.Row(entity), 1.0 / weights.Entities);
                }

                break;
            case PositionRule.Rank:
                Rank(weights);
                Normalize(weights, gross, scratch);
                break;
            default:
                for (var entity = 0; entity < weights.Entities; entity++)
                {
                    Keep(weights.Row(entity), rule == PositionRule.LongOnly);
                }

                Normalize(weights, gross, scratch);
                break;
        }

        // Every rule gives a gross leverage of 1 at most.
        if (maxLeverage < 1)
        {
            Cap(weights, maxLeverage, gross, scratch);
        }

        ArrayPool<double>.Shared.Return(room);
    }

    private static void TakeSign(Span<double> row, double share)
    {
        var shares = Vector256.Create(share);
        var lanes = Lanes.Of(row);
        for (var i = 0; i < lanes.Length; i++)
        {
            var signal = lanes[i];
            var above = Vector256.GreaterThan(signal, Vector256<double>.Zero) & shares;
            var below = Vector256.LessThan(signal, Vector256<double>.Zero) & shares;
            var finite = Vector256.LessThan(Vector256.Abs(signal), Vector256.Create(double.PositiveInfinity));
            lanes[i] = (above - below) & finite;
        }

        for (var i = lanes.Length * Vector256<double>.Count; i < row.Length; i++)
        {
            row[i] = double.IsFinite(row[i]) ? Math.Sign(row[i]) * share : 0;
        }
    }

    private static void Keep(Span<double> row, bool longOnly)
    {
        foreach (ref var signal in row)
        {
            signal = double.IsFinite(signal) && (!longOnly || signal > 0) ? signal : 0;
        }
    }

    /// <summary>Ranks from 1 with average ties, less their mean.</summary>
    private static void Rank(WeightBlock weights)
    {
        var values = ArrayPool<double>.Shared.Rent(weights.Entities);
        var order = ArrayPool<int>.Shared.Rent(weights.Entities);
        for (var bar = 0; bar < weights.Bars; bar++)
        {
            var count = 0;
            for (var entity = 0; entity < weights.Entities; entity++)
            {
                ref var weight = ref weights[entity, bar];
                if (double.IsFinite(weight))
                {
                    (values[count], order[count]) = (weight, entity);
                    count++;
                }

                weight = 0;
            }

            values.AsSpan(0, count).Sort(order.AsSpan(0, count));
            var mean = (count + 1) / 2.0;
            for (int start = 0, end; start < count; start = end)
            {
                for (end = start + 1; end < count && values[end] == values[start]; end++) { }

                for (var i = start; i < end; i++)
                {
                    weights[order[i], bar] = (start + 1 + end) / 2.0 - mean;
                }
            }
        }

        ArrayPool<double>.Shared.Return(values);
        ArrayPool<int>.Shared.Return(order);
    }

    /// <summary>Brings every bar's gross leverage to 1, unless it is 0.</summary>
    private static void Normalize(WeightBlock weights, Span<double> gross, Span<double> scratch)
    {
        Gross(weights, gross, scratch);
        for (var bar = 0; bar < gross.Length; bar++)
        {
            if (!double.IsFinite(gross[bar]))
            {
                gross[bar] = BringDown(weights, bar);
            }

            gross[bar] = gross[bar] > 0 ? gross[bar] : 1;
        }

        Divide(weights, gross);
    }

    /// <summary>
    /// Signals near the largest number are brought down first, or their sum is infinite.
    /// </summary>
    /// <returns>The gross leverage then.</returns>
    private static double BringDown(WeightBlock weights, int bar)
    {
        var (largest, gross) = (0.0, 0.0);
        for (var entity = 0; entity < weights.Entities; entity++)
        {
            largest = Math.Max(largest, Math.Abs(weights[entity, bar]));
        }

        for (var entity = 0; entity < weights.Entities; entity++)
        {
            weights[entity, bar] /= largest;
            gross += Math.Abs(weights[entity, bar]);
        }

        return gross;
    }

    private static void Cap(WeightBlock weights, double maxLeverage, Span<double> gross, Span<double> scratch)
    {
        Gross(weights, gross, scratch);
        foreach (ref var divisor in gross)
        {
            divisor = divisor > maxLeverage * (1 + LeverageTolerance) ? divisor / maxLeverage : 1;
        }

        Divide(weights, gross);
    }

    private static void Gross(WeightBlock weights, Span<double> gross, Span<double> scratch)
    {
        gross.Clear();
        for (var entity = 0; entity < weights.Entities; entity++)
        {
            TensorPrimitives.Abs(weights.Row(entity), scratch);
            TensorPrimitives.Add(gross, scratch, gross);
        }
    }

    private static void Divide(WeightBlock weights, ReadOnlySpan<double> divisors)
    {
        for (var entity = 0; entity < weights.Entities; entity++)
        {
            TensorPrimitives.Divide(weights.Row(entity), divisors, weights.Row(entity));
        }
    }
}
