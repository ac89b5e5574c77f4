using System.Buffers;

namespace AlphaFactory.Core.Expressions;

/// <summary>
/// The operators that look back in time, entity by entity. They run over stretches of bars without a missing
/// value: a window that is not full, or that holds a missing value, never gets as far as a computation.
/// </summary>
internal static class Rolling
{
    /// <summary>A statistic of one window.</summary>
    private delegate double OfWindow(ReadOnlySpan<double> x);

    /// <summary>A statistic of the same window of two series.</summary>
    private delegate double OfWindows(ReadOnlySpan<double> x, ReadOnlySpan<double> y);

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

    public static Kernel Sum { get; } = EachSum(static (high, _, _) => high);

    public static Kernel Mean { get; } = EachSum(WindowSums.Mean);

    public static Kernel Ema { get; } = OverStretches(EmaStretch);

    public static Kernel Minimum { get; } = Extreme(-1, index: false);

    public static Kernel Maximum { get; } = Extreme(1, index: false);

    public static Kernel ArgMinimum { get; } = Extreme(-1, index: true);

    public static Kernel ArgMaximum { get; } = Extreme(1, index: true);

    public static Kernel Deviation { get; } = EachWindow(WindowStatistics.Deviation);

    public static Kernel ZScore { get; } = EachWindow(WindowStatistics.ZScore);

    public static Kernel Rank { get; } = EachWindow(WindowStatistics.RankOfNewest);

    public static Kernel Product { get; } = EachWindow(WindowStatistics.Product);

    public static Kernel DecayLinear { get; } = EachWindow(WindowStatistics.DecayLinear);

    public static Kernel Correlation { get; } = EachPairOfWindows(WindowStatistics.Correlation);

    public static Kernel Covariance { get; } = EachPairOfWindows(WindowStatistics.Covariance);

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
            var previous = double.NaN;
            for (var bar = 0; bar < series.Length; bar++)
            {
                var ratio = series[bar] / previous;
                returns[bar] = double.IsFinite(ratio) ? Elementwise.Difference(ratio, 1) : double.NaN;
                previous = series[bar];
            }
        }
    }

    private static Kernel EachWindow(OfWindow statistic) =>
        OverStretches(
            (x, _, window, result, cancellation) =>
            {
                for (var end = window; end <= x.Length; end++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    result[end - 1] = statistic(x.Slice(end - window, window));
                }
            }
        );

    private static Kernel EachPairOfWindows(OfWindows statistic) =>
        OverStretches(
            (x, y, window, result, cancellation) =>
            {
                for (var end = window; end <= x.Length; end++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    result[end - 1] = statistic(x.Slice(end - window, window), y.Slice(end - window, window));
                }
            }
        );

    private static Kernel OverStretches(OfStretch compute) =>
        (in KernelCall call, Span<double> result) =>
        {
            result.Fill(double.NaN);
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

                    start += length + 1;
                }
            }
        };

    private static int LengthOfStretch(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var length = 0;
        while (length < x.Length && !double.IsNaN(x[length]) && !double.IsNaN(y[length]))
        {
            length++;
        }

        return length;
    }

    private static Kernel EachSum(Func<double, double, int, double> value) =>
        OverStretches(
            (x, _, window, result, _) =>
            {
                var room = ArrayPool<double>.Shared.Rent(4 * x.Length);
                var high = room.AsSpan(0, x.Length);
                var low = room.AsSpan(x.Length, x.Length);
                WindowSums.Compute(
                    x,
                    window,
                    high,
                    low,
                    room.AsSpan(2 * x.Length, x.Length),
                    room.AsSpan(3 * x.Length, x.Length)
                );
                for (var bar = window - 1; bar < x.Length; bar++)
                {
                    result[bar] = value(high[bar], low[bar], window);
                }

                ArrayPool<double>.Shared.Return(room);
            }
        );

    // As pandas' ewm(span=window, adjust=False, min_periods=window), begun anew after each missing value.
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

    // The queue holds the bars that may yet be the extreme of a window, best first.
    private static Kernel Extreme(int sign, bool index) =>
        OverStretches(
            (x, _, window, result, _) =>
            {
                var queue = ArrayPool<int>.Shared.Rent(x.Length);
                var (first, end) = (0, 0);
                for (var bar = 0; bar < x.Length; bar++)
                {
                    while (end > first && sign * x[bar] > sign * x[queue[end - 1]])
                    {
                        end--;
                    }

                    queue[end++] = bar;
                    var oldest = bar - window + 1;
                    if (queue[first] < oldest)
                    {
                        first++;
                    }

                    if (oldest >= 0)
                    {
                        result[bar] = index ? queue[first] - oldest + 1 : x[queue[first]];
                    }
                }

                ArrayPool<int>.Shared.Return(queue);
            }
        );
}
