using System.Runtime.Intrinsics;

namespace AlphaFactory.Core.Expressions;

/// <summary>
/// The sums of every window of a stretch at once, in about log2(window) passes: sums of 1, 2, 4, … bars are made
/// of one another, and those that the window's length is made of are put together. A sum so depends on nothing
/// but the values of its window, and it is carried in two doubles (about 104 bits, Knuth's TwoSum), so that what
/// cancels in exact arithmetic cancels here.
/// </summary>
internal static class WindowSums
{
    /// <summary>Sums the windows that end at each bar from <paramref name="window"/> − 1 on.</summary>
    /// <param name="x">Finite values, at least as many as the window is long.</param>
    /// <param name="window">How many bars a window has.</param>
    /// <param name="high">The sums, rounded once; as long as x, what is before the first full window is not used.</param>
    /// <param name="low">What the rounding left out of <paramref name="high"/>.</param>
    /// <param name="blockHigh">Scratch of the same length.</param>
    /// <param name="blockLow">Scratch of the same length.</param>
    public static void Compute(
        ReadOnlySpan<double> x,
        int window,
        Span<double> high,
        Span<double> low,
        Span<double> blockHigh,
        Span<double> blockLow
    )
    {
        high.Clear();
        low.Clear();
        x.CopyTo(blockHigh);
        blockLow.Clear();
        var summed = 0;
        for (var size = 1; ; size *= 2)
        {
            if ((window & size) != 0)
            {
                // The sum of the newest bars so far, and the block of the bars before them.
                AddShifted(high, low, blockHigh, blockLow, summed);
                summed += size;
            }

            if (summed == window)
            {
                return;
            }

            AddShifted(blockHigh, blockLow, blockHigh, blockLow, size);
        }
    }

    /// <summary>A sum divided by <paramref name="count"/>: of equal values, exactly that value.</summary>
    public static double Mean(double high, double low, int count)
    {
        var quotient = high / count;
        var remainder = Math.FusedMultiplyAdd(-quotient, count, high) + low;
        return quotient + (remainder / count);
    }

    // sum[t] += addend[t - shift], from the end, so that a sum may be shifted onto itself.
    private static void AddShifted(
        Span<double> sumHigh,
        Span<double> sumLow,
        ReadOnlySpan<double> addendHigh,
        ReadOnlySpan<double> addendLow,
        int shift
    )
    {
        var end = sumHigh.Length;
        for (; end - Vector256<double>.Count >= shift; end -= Vector256<double>.Count)
        {
            var at = end - Vector256<double>.Count;
            var (high, low) = Add(
                Vector256.Create(sumHigh[at..]),
                Vector256.Create(sumLow[at..]),
                Vector256.Create(addendHigh[(at - shift)..]),
                Vector256.Create(addendLow[(at - shift)..])
            );
            high.CopyTo(sumHigh[at..]);
            low.CopyTo(sumLow[at..]);
        }

        for (var at = end - 1; at >= shift; at--)
        {
            var (high, low) = Add(
                Vector256.CreateScalar(sumHigh[at]),
                Vector256.CreateScalar(sumLow[at]),
                Vector256.CreateScalar(addendHigh[at - shift]),
                Vector256.CreateScalar(addendLow[at - shift])
            );
            sumHigh[at] = high[0];
            sumLow[at] = low[0];
        }
    }

    private static (Vector256<double> High, Vector256<double> Low) Add(
        Vector256<double> high,
        Vector256<double> low,
        Vector256<double> addendHigh,
        Vector256<double> addendLow
    )
    {
        var sum = high + addendHigh;
        var added = sum - high;
        var error = high - (sum - added) + (addendHigh - added);
        var rest = error + (low + addendLow);
        var rounded = sum + rest;
        return (rounded, rest - (rounded - sum));
    }
}
