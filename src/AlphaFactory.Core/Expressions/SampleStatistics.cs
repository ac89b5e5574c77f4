using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AlphaFactory.Core.Expressions;

/// <summary>
/// Statistics of some finite values, one at least, the same bits on every machine: four lanes, then the rest.
/// </summary>
internal static class SampleStatistics
{
    /// <summary>The mean; exactly the value of constant values.</summary>
    public static double Mean(ReadOnlySpan<double> x)
    {
        // Taking one value off first keeps constant samples exact, and large values accurate.
        var origin = x[^1];
        return origin + (SumOf(x, origin) / x.Length);
    }

    /// <summary>Square root of Σ(x − mean)² / (n − 1); NaN for a single value, exactly 0 for constant values.</summary>
    public static double Deviation(ReadOnlySpan<double> x)
    {
        var mean = Mean(x);
        return Math.Sqrt(SquaresAbout(x, mean) / (x.Length - 1));
    }

    // The sum of the offsets is 0 but for the rounding of the mean (the corrected two-pass algorithm), and a
    // spread within the tolerance that makes two operands equal is no spread.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double SquaresAbout(ReadOnlySpan<double> x, double mean)
    {
        var means = Vector256.Create(mean);
        var (sum, squares) = (Vector256<double>.Zero, Vector256<double>.Zero);
        var i = 0;
        for (; i <= x.Length - Vector256<double>.Count; i += Vector256<double>.Count)
        {
            var off = Vector256.Create(x[i..]) - means;
            sum += off;
            squares += off * off;
        }

        var rest = Rest(x[i..], mean) - means;
        var total = Vector256.Sum(sum + rest);
        var corrected = Vector256.Sum(squares + (rest * rest)) - (total * total / x.Length);
        var noise = Elementwise.Tolerance * mean;
        return corrected <= noise * noise * x.Length ? 0 : corrected;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double SumOf(ReadOnlySpan<double> x, double origin)
    {
        var origins = Vector256.Create(origin);
        var lanes = Vector256<double>.Zero;
        var i = 0;
        for (; i <= x.Length - Vector256<double>.Count; i += Vector256<double>.Count)
        {
            lanes += Vector256.Create(x[i..]) - origins;
        }

        return Vector256.Sum(lanes + (Rest(x[i..], origin) - origins));
    }

    // The up to three values that fill no vector, and a value that adds nothing in the other lanes.
    private static Vector256<double> Rest(ReadOnlySpan<double> rest, double neutral) =>
        Vector256.Create(
            rest.Length > 0 ? rest[0] : neutral,
            rest.Length > 1 ? rest[1] : neutral,
            rest.Length > 2 ? rest[2] : neutral,
            neutral
        );
}
