using System.Buffers;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace AlphaFactory.Core.Experiments;

/// <summary>The passes over returns that metrics are made of: four at a time, in a fixed order.</summary>
internal static class ReturnPasses
{
    /// <summary>The sum.</summary>
    public static double Sum(ReadOnlySpan<double> values)
    {
        var lanes = Lanes.Of(values);
        var sum = default(LaneSum);
        foreach (var lane in lanes)
        {
            sum.Add(lane);
        }

        var total = sum.Total();
        foreach (var value in values[(lanes.Length * Vector256<double>.Count)..])
        {
            total.Add(value);
        }

        return total.Value;
    }

    /// <summary>Σ(x − m)², Σ(x − m)³ and Σ(x − m)⁴.</summary>
    public static (double Second, double Third, double Fourth) PowersAbout(
        ReadOnlySpan<double> values,
        double mean
    )
    {
        var lanes = Lanes.Of(values);
        var means = Vector256.Create(mean);
        var (second, third, fourth) = (default(LaneSum), default(LaneSum), default(LaneSum));
        foreach (var lane in lanes)
        {
            var distance = lane - means;
            var square = distance * distance;
            second.Add(square);
            third.Add(square * distance);
            fourth.Add(square * square);
        }

        var (seconds, thirds, fourths) = (second.Total(), third.Total(), fourth.Total());
        foreach (var value in values[(lanes.Length * Vector256<double>.Count)..])
        {
            var distance = value - mean;
            var square = distance * distance;
            seconds.Add(square);
            thirds.Add(square * distance);
            fourths.Add(square * square);
        }

        return (seconds.Value, thirds.Value, fourths.Value);
    }

    /// <summary>Σ min(x, 0)².</summary>
    public static double SquaredLosses(ReadOnlySpan<double> values)
    {
        var lanes = Lanes.Of(values);
        var sum = default(LaneSum);
        foreach (var lane in lanes)
        {
            var loss = Vector256.Min(lane, Vector256<double>.Zero);
            sum.Add(loss * loss);
        }

        var total = sum.Total();
        foreach (var value in values[(lanes.Length * Vector256<double>.Count)..])
        {
            var loss = Math.Min(value, 0);
            total.Add(loss * loss);
        }

        return total.Value;
    }

    /// <summary>How many values are above 0, and how many are not 0.</summary>
    public static (int Gains, int Traded) CountGains(ReadOnlySpan<double> values)
    {
        var lanes = Lanes.Of(values);
        var (gains, zeros) = (0, 0);
        foreach (var lane in lanes)
        {
            gains += CountOf(Vector256.GreaterThan(lane, Vector256<double>.Zero));
            zeros += CountOf(Vector256.Equals(lane, Vector256<double>.Zero));
        }

        foreach (var value in values[(lanes.Length * Vector256<double>.Count)..])
        {
            gains += value > 0 ? 1 : 0;
            zeros += value == 0 ? 1 : 0;
        }

        return (gains, values.Length - zeros);
    }

    /// <summary>
    /// <c>Π(1+r) − 1</c>, and the deepest fall from a peak, the capital at the start counted as one, as a share of the
    /// peak and 0 at most; capital that is lost entirely stays lost.
    /// </summary>
    public static (double Total, double MaxDrawdown) Growth(ReadOnlySpan<double> returns)
    {
        var room = ArrayPool<double>.Shared.Rent(2 * returns.Length);
        var equities = room.AsSpan(0, returns.Length);
        var peaks = room.AsSpan(returns.Length, returns.Length);
        TensorPrimitives.Add(returns, 1, equities);
        TensorPrimitives.Max(equities, 0, equities);
        var (equity, peak) = (1.0, 1.0);
        for (var i = 0; i < equities.Length && i < peaks.Length; i++)
        {
            equity *= equities[i];
            peak = double.MaxNative(peak, equity);
            equities[i] = equity;
            peaks[i] = peak;
        }

        var drawdown = Lowest(equities, peaks);
        ArrayPool<double>.Shared.Return(room);
        return (equity - 1, drawdown);
    }

    /// <summary>The smallest values, ascending.</summary>
    /// <param name="values">The values.</param>
    /// <param name="count">How many, at most as many as there are.</param>
    /// <param name="mean">Their mean, and</param>
    /// <param name="deviation">their deviation, which say where to look; NaN looks everywhere.</param>
    /// <param name="room">Room for all values.</param>
    /// <returns>The smallest of them, at the start of the room.</returns>
    public static ReadOnlySpan<double> Smallest(
        ReadOnlySpan<double> values,
        int count,
        double mean,
        double deviation,
        Span<double> room
    )
    {
        // Mostly a tenth of all is at least so far below the mean, and only that need be sorted.
        ReadOnlySpan<double> distances = [1.2, 0.6];
        foreach (var distance in distances)
        {
            var found = NotAbove(values, mean - distance * deviation, room);
            if (found >= count)
            {
                room[..found].Sort();
                return room[..count];
            }
        }

        values.CopyTo(room);
        room[..values.Length].Sort();
        return room[..count];
    }

    private static int NotAbove(ReadOnlySpan<double> values, double limit, Span<double> room)
    {
        var limits = Vector256.Create(limit);
        var lanes = Lanes.Of(values);
        var count = 0;
        for (var i = 0; i < lanes.Length; i++)
        {
            for (
                var mask = Vector256.LessThanOrEqual(lanes[i], limits).ExtractMostSignificantBits();
                mask != 0;
                mask &= mask - 1
            )
            {
                room[count++] = values[i * Vector256<double>.Count + BitOperations.TrailingZeroCount(mask)];
            }
        }

        foreach (var value in values[(lanes.Length * Vector256<double>.Count)..])
        {
            if (value <= limit)
            {
                room[count++] = value;
            }
        }

        return count;
    }

    private static int CountOf(Vector256<double> mask) =>
        BitOperations.PopCount(mask.ExtractMostSignificantBits());

    private static double Lowest(ReadOnlySpan<double> equities, ReadOnlySpan<double> peaks)
    {
        var ups = Lanes.Of(equities);
        var tops = Lanes.Of(peaks);
        var lowest = Vector256<double>.Zero;
        for (var i = 0; i < ups.Length && i < tops.Length; i++)
        {
            lowest = Vector256.Min(lowest, ups[i] / tops[i] - Vector256<double>.One);
        }

        var worst = Math.Min(Math.Min(lowest[0], lowest[1]), Math.Min(lowest[2], lowest[3]));
        for (var i = ups.Length * Vector256<double>.Count; i < equities.Length; i++)
        {
            worst = Math.Min(worst, equities[i] / peaks[i] - 1);
        }

        return worst;
    }
}
