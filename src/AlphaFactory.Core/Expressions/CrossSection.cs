using System.Buffers;

namespace AlphaFactory.Core.Expressions;

/// <summary>The operators that compare the entities at one bar; an entity without a value there takes no part.</summary>
internal static class CrossSection
{
    /// <summary>Computes the results of the values at one bar.</summary>
    /// <param name="values">The values there, in the order of the entities; at least one.</param>
    /// <param name="number">The operator's number.</param>
    /// <param name="sorted">As much room again, for a sorted copy.</param>
    /// <param name="results">A result for each value.</param>
    private delegate void AtBar(
        ReadOnlySpan<double> values,
        double number,
        Span<double> sorted,
        Span<double> results
    );

    public static Kernel Rank { get; } = AcrossEntities(RankAt);

    public static Kernel Scale { get; } = AcrossEntities(ScaleAt);

    public static Kernel ZScore { get; } = AcrossEntities(ZScoreAt);

    public static Kernel Demean { get; } = AcrossEntities(DemeanAt);

    public static Kernel Winsorize { get; } = AcrossEntities(WinsorizeAt);

    private static Kernel AcrossEntities(AtBar compute) =>
        (in KernelCall call, Span<double> result) =>
        {
            result.Fill(double.NaN);
            var room = ArrayPool<double>.Shared.Rent(3 * call.Entities);
            var places = ArrayPool<int>.Shared.Rent(call.Entities);
            var values = room.AsSpan(0, call.Entities);
            var sorted = room.AsSpan(call.Entities, call.Entities);
            var results = room.AsSpan(2 * call.Entities, call.Entities);
            for (var bar = 0; bar < call.Bars; bar++)
            {
                call.Cancellation.ThrowIfCancellationRequested();
                var count = 0;
                for (var place = bar; place < call.X.Length; place += call.Bars)
                {
                    values[count] = call.X[place];
                    places[count] = place;
                    count += double.IsNaN(call.X[place]) ? 0 : 1;
                }

                if (count > 0)
                {
                    compute(values[..count], call.Number, sorted[..count], results[..count]);
                    for (var i = 0; i < count; i++)
                    {
                        result[places[i]] = results[i];
                    }
                }
            }

            ArrayPool<double>.Shared.Return(room);
            ArrayPool<int>.Shared.Return(places);
        };

    private static void RankAt(
        ReadOnlySpan<double> values,
        double number,
        Span<double> sorted,
        Span<double> results
    )
    {
        values.CopyTo(sorted);
        sorted.Sort();
        for (var i = 0; i < values.Length; i++)
        {
            var below = CountBelow(sorted, values[i]);
            var notAbove = CountBelow(sorted, Math.BitIncrement(values[i]));
            results[i] = (below + notAbove + 1) / (2d * values.Length);
        }
    }

    private static int CountBelow(ReadOnlySpan<double> sorted, double value)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = sorted[middle] < value ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static void ScaleAt(
        ReadOnlySpan<double> values,
        double number,
        Span<double> sorted,
        Span<double> results
    )
    {
        var magnitudes = 0d;
        foreach (var value in values)
        {
            magnitudes += Math.Abs(value);
        }

        for (var i = 0; i < values.Length; i++)
        {
            results[i] = values[i] * number / magnitudes;
        }
    }

    private static void ZScoreAt(
        ReadOnlySpan<double> values,
        double number,
        Span<double> sorted,
        Span<double> results
    )
    {
        DemeanAt(values, number, sorted, results);
        var deviation = WindowStatistics.Deviation(values);
        foreach (ref var result in results)
        {
            result /= deviation;
        }
    }

    private static void DemeanAt(
        ReadOnlySpan<double> values,
        double number,
        Span<double> sorted,
        Span<double> results
    )
    {
        var mean = WindowStatistics.Mean(values);
        for (var i = 0; i < values.Length; i++)
        {
            results[i] = Elementwise.Difference(values[i], mean);
        }
    }

    private static void WinsorizeAt(
        ReadOnlySpan<double> values,
        double number,
        Span<double> sorted,
        Span<double> results
    )
    {
        values.CopyTo(sorted);
        sorted.Sort();
        var (low, high) = (Quantile(sorted, number), Quantile(sorted, 1 - number));
        for (var i = 0; i < values.Length; i++)
        {
            results[i] = Math.Min(Math.Max(values[i], low), high);
        }
    }

    private static double Quantile(ReadOnlySpan<double> sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var below = (int)Math.Floor(place);
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((place - below) * (sorted[above] - sorted[below]));
    }
}
