using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AlphaFactory.Core.Expressions;

/// <summary>
/// Statistics of one window of finite values. Each is a function of the window's values in their order and of
/// nothing else, the same bits on every machine: four lanes, then the rest.
/// </summary>
internal static class WindowStatistics
{
    /// <summary>The mean; exactly the value of a constant window.</summary>
    public static double Mean(ReadOnlySpan<double> x)
    {
        // Taking the newest value off first keeps constant windows exact, and large prices accurate.
        var origin = x[^1];
        return origin + (SumOf(x, origin) / x.Length);
    }

    /// <summary>Square root of Σ(x − mean)² / (n − 1); NaN for a single value, exactly 0 for a constant window.</summary>
    public static double Deviation(ReadOnlySpan<double> x)
    {
        var mean = Mean(x);
        return Math.Sqrt(SquaresAbout(x, mean) / (x.Length - 1));
    }

    /// <summary>Σ(x − x̄)(y − ȳ) / (n − 1); NaN for a single pair, exactly 0 where either window is constant.</summary>
    public static double Covariance(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var (squaresX, squaresY, products) = Moments(x, y);
        return (squaresX == 0 || squaresY == 0 ? 0 : products) / (x.Length - 1);
    }

    /// <summary>Pearson's correlation in [−1, 1]; NaN where either window is constant.</summary>
    public static double Correlation(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var (squaresX, squaresY, products) = Moments(x, y);
        // What rounding left of the products of a constant window, over 0, would be clamped to 1 or -1.
        return squaresX == 0 || squaresY == 0
            ? double.NaN
            : Math.Clamp(products / (Math.Sqrt(squaresX) * Math.Sqrt(squaresY)), -1, 1);
    }

    /// <summary>The newest value's distance from the mean in sample deviations; NaN in a constant window.</summary>
    public static double ZScore(ReadOnlySpan<double> x)
    {
        var mean = Mean(x);
        return Elementwise.Difference(x[^1], mean) / Math.Sqrt(SquaresAbout(x, mean) / (x.Length - 1));
    }

    /// <summary>The share of values below the newest one, itself and half of its equals counted in.</summary>
    public static double RankOfNewest(ReadOnlySpan<double> x)
    {
        var newest = x[^1];
        var current = Vector256.Create(newest);
        var (belowLanes, equalLanes) = (Vector256<double>.Zero, Vector256<double>.Zero);
        var i = 0;
        for (; i <= x.Length - Vector256<double>.Count; i += Vector256<double>.Count)
        {
            var values = Vector256.Create(x[i..]);
            belowLanes += Vector256.LessThan(values, current) & Vector256<double>.One;
            equalLanes += Vector256.Equals(values, current) & Vector256<double>.One;
        }

        var (below, equal) = (Vector256.Sum(belowLanes), Vector256.Sum(equalLanes));
        for (; i < x.Length; i++)
        {
            below += x[i] < newest ? 1 : 0;
            equal += x[i] == newest ? 1 : 0;
        }

        return (below + ((equal + 1) / 2)) / x.Length;
    }

    /// <summary>The product of the values.</summary>
    public static double Product(ReadOnlySpan<double> x)
    {
        var lanes = Vector256<double>.One;
        var i = 0;
        for (; i <= x.Length - Vector256<double>.Count; i += Vector256<double>.Count)
        {
            lanes *= Vector256.Create(x[i..]);
        }

        var product = lanes[0] * lanes[1] * (lanes[2] * lanes[3]);
        for (; i < x.Length; i++)
        {
            product *= x[i];
        }

        return product;
    }

    /// <summary>Σ i·x_i / Σ i, i from 1 at the oldest value.</summary>
    public static double DecayLinear(ReadOnlySpan<double> x)
    {
        var origin = x[^1];
        var origins = Vector256.Create(origin);
        var weights = Vector256.Create(1d, 2, 3, 4);
        var lanes = Vector256<double>.Zero;
        var i = 0;
        for (; i <= x.Length - Vector256<double>.Count; i += Vector256<double>.Count)
        {
            lanes += weights * (Vector256.Create(x[i..]) - origins);
            weights += Vector256.Create((double)Vector256<double>.Count);
        }

        var sum = Vector256.Sum(lanes);
        for (; i < x.Length; i++)
        {
            sum += (i + 1) * (x[i] - origin);
        }

        return origin + (sum / (0.5 * x.Length * (x.Length + 1d)));
    }

    private static (double SquaresX, double SquaresY, double Products) Moments(
        ReadOnlySpan<double> x,
        ReadOnlySpan<double> y
    )
    {
        var (meanX, meanY) = (Mean(x), Mean(y));
        var (meansX, meansY) = (Vector256.Create(meanX), Vector256.Create(meanY));
        var sums = default(PairSums);
        var i = 0;
        for (; i <= x.Length - Vector256<double>.Count; i += Vector256<double>.Count)
        {
            sums.Add(Vector256.Create(x[i..]) - meansX, Vector256.Create(y[i..]) - meansY);
        }

        sums.Add(Rest(x[i..], meanX) - meansX, Rest(y[i..], meanY) - meansY);
        var (restX, restY) = (Vector256.Sum(sums.X), Vector256.Sum(sums.Y));
        return (
            Corrected(Vector256.Sum(sums.XX), restX, meanX, x.Length),
            Corrected(Vector256.Sum(sums.YY), restY, meanY, y.Length),
            Vector256.Sum(sums.XY) - (restX * restY / x.Length)
        );
    }

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
        return Corrected(Vector256.Sum(squares + (rest * rest)), Vector256.Sum(sum + rest), mean, x.Length);
    }

    // The sum of the offsets is 0 but for the rounding of the mean (the corrected two-pass algorithm), and a
    // spread within the tolerance that makes two operands equal is no spread.
    private static double Corrected(double squares, double sum, double mean, int count)
    {
        var corrected = squares - (sum * sum / count);
        var noise = Elementwise.Tolerance * mean;
        return corrected <= noise * noise * count ? 0 : corrected;
    }

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

    /// <summary>Sums of offsets from the means, and of their products.</summary>
    [StructLayout(LayoutKind.Auto)]
    private struct PairSums
    {
        public Vector256<double> X;
        public Vector256<double> Y;
        public Vector256<double> XX;
        public Vector256<double> YY;
        public Vector256<double> XY;

        public void Add(Vector256<double> x, Vector256<double> y)
        {
            X += x;
            Y += y;
            XX += x * x;
            YY += y * y;
            XY += x * y;
        }
    }
}
