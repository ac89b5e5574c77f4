using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AlphaFactory.Core.Expressions;

/// <summary>
/// The operators that look back in time, entity by entity. They run over stretches of bars without a missing
/// value: a window that is not full, or that holds a missing value, never gets as far as a computation.
/// </summary>
internal static class Rolling
{
    /// <summary>
    /// Computes one stretch of finite values, at least as long as the window, and writes from the bar on at
    /// which the window is full.
    /// </summary>
    private delegate void OfStretch(
        ReadOnlySpan<double> x,
        ReadOnlySpan<double> y,
        int window,
        Span<double> result,
        CancellationToken cancellation
    );

    public static Kernel Sum { get; } = Windows<SumPart, SumOfWindow>();

    public static Kernel Mean { get; } = Windows<SumPart, MeanOfWindow>();

    public static Kernel Ema { get; } = OverStretches(EmaStretch);

    public static Kernel Minimum { get; } = Windows<ExtremePart<Lowest>, ExtremeOfWindow<Lowest>>();

    public static Kernel Maximum { get; } = Windows<ExtremePart<Highest>, ExtremeOfWindow<Highest>>();

    public static Kernel ArgMinimum { get; } = Windows<ExtremePlacePart<Lowest>, PlaceOfExtreme<Lowest>>();

    public static Kernel ArgMaximum { get; } = Windows<ExtremePlacePart<Highest>, PlaceOfExtreme<Highest>>();

    public static Kernel Deviation { get; } = Windows<MomentPart, DeviationOfWindow>();

    public static Kernel ZScore { get; } = Windows<MomentPart, ZScoreOfWindow>();

    public static Kernel Rank { get; } = OverStretches(RankStretch);

    public static Kernel Product { get; } = Windows<ProductPart, ProductOfWindow>();

    public static Kernel DecayLinear { get; } = Windows<DecayPart, DecayOfWindow>();

    public static Kernel Correlation { get; } = Windows<PairPart, CorrelationOfWindows>();

    public static Kernel Covariance { get; } = Windows<PairPart, CovarianceOfWindows>();

    public static void Delay(in KernelCall call, Span<double> result)
    {
        var lag = Math.Min(call.Window, call.Bars);
        for (var entity = 0; entity < call.Entities; entity++)
        {
            var series = call.X.Slice(entity * call.Bars, call.Bars);
            var delayed = result.Slice(entity * call.Bars, call.Bars);
            delayed[..lag].Fill(double.NaN);
            series[..^lag].CopyTo(delayed[lag..]);
        }
    }

    public static void Delta(in KernelCall call, Span<double> result)
    {
        Delay(call, result);
        Elementwise.Difference(call.X, result, result);
    }

    public static void Returns(in KernelCall call, Span<double> result)
    {
        for (var entity = 0; entity < call.Entities; entity++)
        {
            var series = call.X.Slice(entity * call.Bars, call.Bars);
            var returns = result.Slice(entity * call.Bars, call.Bars);
            returns[0] = double.NaN;
            Elementwise.Quotient(series[1..], series[..^1], returns[1..]);
            Elementwise.DropInfinities(returns);
            Elementwise.Difference(returns, 1, returns);
        }
    }

    private static Kernel Windows<TPart, TStatistic>()
        where TPart : struct, IWindowPart<TPart>
        where TStatistic : struct, IWindowStatistic<TPart> =>
        OverStretches(
            (x, y, window, result, _) => WindowTree<TPart, TStatistic>.Compute(x, y, window, result)
        );

    private static Kernel OverStretches(OfStretch compute) =>
        (in KernelCall call, Span<double> result) =>
        {
            var second = call.Y.IsEmpty ? call.X : call.Y;
            for (var entity = 0; entity < call.Entities; entity++)
            {
                call.Cancellation.ThrowIfCancellationRequested();
                var x = call.X.Slice(entity * call.Bars, call.Bars);
                var y = second.Slice(entity * call.Bars, call.Bars);
                var values = result.Slice(entity * call.Bars, call.Bars);
                for (var start = 0; start < x.Length; )
                {
                    var length = LengthOfStretch(x[start..], y[start..]);
                    values.Slice(start, Math.Min(length, call.Window - 1)).Fill(double.NaN);
                    if (length >= call.Window)
                    {
                        compute(
                            x.Slice(start, length),
                            y.Slice(start, length),
                            call.Window,
                            values.Slice(start, length),
                            call.Cancellation
                        );
                    }

                    start += length;
                    if (start < x.Length)
                    {
                        values[start++] = double.NaN;
                    }
                }
            }
        };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int LengthOfStretch(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var length = 0;
        while (
            length <= x.Length - Vector256<double>.Count
            && AreAllThere(Vector256.Create(x[length..]), Vector256.Create(y[length..]))
        )
        {
            length += Vector256<double>.Count;
        }

        while (length < x.Length && !double.IsNaN(x[length]) && !double.IsNaN(y[length]))
        {
            length++;
        }

        return length;
    }

    private static bool AreAllThere(Vector256<double> x, Vector256<double> y) =>
        Vector256.EqualsAll(
            (Vector256.Equals(x, x) & Vector256.Equals(y, y)).AsInt64(),
            Vector256<long>.AllBitsSet
        );

    // As pandas' ewm(span=window, adjust=False, min_periods=window), begun anew after each missing value.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EmaStretch(
        ReadOnlySpan<double> x,
        ReadOnlySpan<double> y,
        int window,
        Span<double> result,
        CancellationToken cancellation
    )
    {
        var weight = 2 / (window + 1d);
        var average = x[0];
        for (var bar = 0; bar < x.Length; bar++)
        {
            average += weight * (x[bar] - average);
            if (bar >= window - 1)
            {
                result[bar] = average;
            }
        }
    }

    /// <summary>
    /// The share of a window's values below the newest one, itself and half of its equals counted in: four windows at
    /// once, whose values are counted if they are less, and again if they are not more.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RankStretch(
        ReadOnlySpan<double> x,
        ReadOnlySpan<double> y,
        int window,
        Span<double> result,
        CancellationToken cancellation
    )
    {
        var bar = window - 1;
        for (; bar <= x.Length - Vector256<double>.Count; bar += Vector256<double>.Count)
        {
            cancellation.ThrowIfCancellationRequested();
            var newest = Vector256.Create(x[bar..]);
            var counts = Vector256<long>.Zero;
            ref readonly var oldest = ref x[bar - window + 1];
            for (nuint i = 0; i < (nuint)window; i++)
            {
                var values = Vector256.LoadUnsafe(in oldest, i);
                counts -= Vector256.LessThan(values, newest).AsInt64();
                counts -= Vector256.LessThanOrEqual(values, newest).AsInt64();
            }

            var shares = (Vector256.ConvertToDouble(counts) + Vector256<double>.One) / (2d * window);
            shares.CopyTo(result[bar..]);
        }

        for (; bar < x.Length; bar++)
        {
            var count = 0L;
            foreach (var value in x.Slice(bar - window + 1, window))
            {
                count += (value < x[bar] ? 1 : 0) + (value <= x[bar] ? 1 : 0);
            }

            result[bar] = (count + 1) / (2d * window);
        }
    }
}
