using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AlphaFactory.Core.Expressions;

/// <summary>The operators that compare the entities at one bar; an entity without a value there takes no part.</summary>
internal static class CrossSection
{
    /// <summary>So many bars are turned from rows into columns at once: a line of the processor's cache, twice.</summary>
    public const int Tile = 16;

    /// <summary>Puts results in the place of the values at one bar.</summary>
    /// <param name="values">The values there, in the order of the entities; at least one.</param>
    /// <param name="number">The operator's number.</param>
    /// <param name="order">Sorts values.</param>
    private delegate void AtBar(Span<double> values, double number, ValueOrder order);

    public static Kernel Rank { get; } = AcrossEntities(RankAt);

    public static Kernel Scale { get; } = AcrossEntities(ScaleAt);

    public static Kernel ZScore { get; } = AcrossEntities(ZScoreAt);

    public static Kernel Demean { get; } = AcrossEntities(DemeanAt);

    public static Kernel Winsorize { get; } = AcrossEntities(WinsorizeAt);

    private static Kernel AcrossEntities(AtBar compute) =>
        (in KernelCall call, Span<double> result) =>
        {
            // Columns of a length that is a power of two would all fall on the same lines of the cache.
            var height = call.Entities + 8;
            var columns = ArrayPool<double>.Shared.Rent((Tile + 1) * height);
            var places = ArrayPool<int>.Shared.Rent(call.Entities);
            var values = columns.AsSpan(Tile * height, call.Entities);
            using var order = new ValueOrder(call.Entities);
            for (var bar = call.FirstBar; bar < call.EndBar; bar += Tile)
            {
                call.Cancellation.ThrowIfCancellationRequested();
                var width = Math.Min(Tile, call.EndBar - bar);
                ReadColumns(call.X[bar..], call.Bars, columns, height, call.Entities, width);
                for (var i = 0; i < width; i++)
                {
                    var column = columns.AsSpan(i * height, call.Entities);
                    ComputeAt(column, values, places, compute, call.Number, order);
                    Elementwise.DropInfinities(column);
                }

                WriteRows(columns, height, result[bar..], call.Bars, call.Entities, width);
            }

            ArrayPool<double>.Shared.Return(columns);
            ArrayPool<int>.Shared.Return(places);
        };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ComputeAt(
        Span<double> column,
        Span<double> values,
        Span<int> places,
        AtBar compute,
        double number,
        ValueOrder order
    )
    {
        if (!TensorPrimitives.IsNaNAny<double>(column))
        {
            compute(column, number, order);
            return;
        }

        var count = 0;
        for (var entity = 0; entity < column.Length; entity++)
        {
            values[count] = column[entity];
            places[count] = entity;
            count += double.IsNaN(column[entity]) ? 0 : 1;
        }

        if (count > 0)
        {
            compute(values[..count], number, order);
            for (var value = 0; value < count; value++)
            {
                column[places[value]] = values[value];
            }
        }
    }

    // Four entities at once.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ReadColumns(
        ReadOnlySpan<double> rows,
        int bars,
        Span<double> columns,
        int height,
        int entities,
        int width
    )
    {
        var entity = 0;
        for (; entity <= entities - 4; entity += 4)
        {
            var first = rows.Slice(entity * bars, width);
            var second = rows.Slice((entity + 1) * bars, width);
            var third = rows.Slice((entity + 2) * bars, width);
            var fourth = rows.Slice((entity + 3) * bars, width);
            for (var i = 0; i < first.Length; i++)
            {
                Vector256
                    .Create(first[i], second[i], third[i], fourth[i])
                    .CopyTo(columns[((i * height) + entity)..]);
            }
        }

        for (; entity < entities; entity++)
        {
            for (var i = 0; i < width; i++)
            {
                columns[(i * height) + entity] = rows[(entity * bars) + i];
            }
        }
    }

    // Four bars at once.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WriteRows(
        ReadOnlySpan<double> columns,
        int height,
        Span<double> rows,
        int bars,
        int entities,
        int width
    )
    {
        for (var entity = 0; entity < entities; entity++)
        {
            var row = rows.Slice(entity * bars, width);
            var column = columns[entity..];
            var i = 0;
            for (; i <= row.Length - 4; i += 4)
            {
                Vector256
                    .Create(
                        column[i * height],
                        column[(i + 1) * height],
                        column[(i + 2) * height],
                        column[(i + 3) * height]
                    )
                    .CopyTo(row[i..]);
            }

            for (; i < row.Length; i++)
            {
                row[i] = column[i * height];
            }
        }
    }

    private static void RankAt(Span<double> values, double number, ValueOrder order) => order.Rank(values);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScaleAt(Span<double> values, double number, ValueOrder order)
    {
        var magnitudes = 0d;
        foreach (var value in values)
        {
            magnitudes += Math.Abs(value);
        }

        foreach (ref var value in values)
        {
            value = value * number / magnitudes;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ZScoreAt(Span<double> values, double number, ValueOrder order)
    {
        var deviation = SampleStatistics.Deviation(values);
        DemeanAt(values, number, order);
        foreach (ref var value in values)
        {
            value /= deviation;
        }
    }

    private static void DemeanAt(Span<double> values, double number, ValueOrder order) =>
        Elementwise.Difference(values, SampleStatistics.Mean(values), values);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WinsorizeAt(Span<double> values, double number, ValueOrder order)
    {
        var places = order.Sort(values);
        var (low, high) = (Quantile(values, places, number), Quantile(values, places, 1 - number));
        foreach (ref var value in values)
        {
            value = Math.Min(Math.Max(value, low), high);
        }
    }

    private static double Quantile(ReadOnlySpan<double> values, ReadOnlySpan<int> places, double share)
    {
        var place = share * (places.Length - 1);
        var below = (int)Math.Floor(place);
        var above = Math.Min(below + 1, places.Length - 1);
        var (low, high) = (values[places[below]], values[places[above]]);
        return low + ((place - below) * (high - low));
    }
}
