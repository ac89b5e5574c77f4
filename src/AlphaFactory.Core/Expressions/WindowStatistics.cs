using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AlphaFactory.Core.Expressions;

/// <summary>The sum, rounded once.</summary>
internal readonly struct SumOfWindow : IWindowStatistic<SumPart>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Of(
        in SumPart windows,
        Vector256<double> x,
        Vector256<double> y,
        double bars
    ) => windows.High;
}

/// <summary>The mean: of equal values, exactly that value.</summary>
internal readonly struct MeanOfWindow : IWindowStatistic<SumPart>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Of(
        in SumPart windows,
        Vector256<double> x,
        Vector256<double> y,
        double bars
    )
    {
        var count = Vector256.Create(bars);
        var quotient = windows.High / count;
        var remainder = Vector256.FusedMultiplyAdd(-quotient, count, windows.High) + windows.Low;
        return quotient + (remainder / count);
    }
}

/// <summary>Square root of Σ(x − mean)² / (n − 1); NaN for a single value, exactly 0 for a constant window.</summary>
internal readonly struct DeviationOfWindow : IWindowStatistic<MomentPart>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Of(
        in MomentPart windows,
        Vector256<double> x,
        Vector256<double> y,
        double bars
    ) => Vector256.Sqrt(Spread.Of(windows, x, bars) / (bars - 1));
}

/// <summary>The newest value's distance from the mean in sample deviations; NaN in a constant window.</summary>
internal readonly struct ZScoreOfWindow : IWindowStatistic<MomentPart>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Of(
        in MomentPart windows,
        Vector256<double> x,
        Vector256<double> y,
        double bars
    ) => Spread.FromMean(windows, x) / Vector256.Sqrt(Spread.Of(windows, x, bars) / (bars - 1));
}

/// <summary>Σ(x − x̄)(y − ȳ) / (n − 1); NaN for a single pair, exactly 0 where either window is constant.</summary>
internal readonly struct CovarianceOfWindows : IWindowStatistic<PairPart>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Of(
        in PairPart windows,
        Vector256<double> x,
        Vector256<double> y,
        double bars
    )
    {
        var constant =
            Vector256.Equals(Spread.Of(windows.X, x, bars), Vector256<double>.Zero)
            | Vector256.Equals(Spread.Of(windows.Y, y, bars), Vector256<double>.Zero);
        return Vector256.AndNot(windows.Products, constant) / (bars - 1);
    }
}

/// <summary>Pearson's correlation in [−1, 1]; NaN where either window is constant.</summary>
internal readonly struct CorrelationOfWindows : IWindowStatistic<PairPart>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Of(
        in PairPart windows,
        Vector256<double> x,
        Vector256<double> y,
        double bars
    )
    {
        var spread =
            Vector256.Sqrt(Spread.Of(windows.X, x, bars)) * Vector256.Sqrt(Spread.Of(windows.Y, y, bars));
        var ratio = windows.Products / spread;
        // What rounding left of the products of a constant window, over 0, would be held at 1 or -1.
        var constant = Vector256.Equals(spread, Vector256<double>.Zero);
        var sign = Vector256.CopySign(Vector256<double>.One, ratio);
        var held = Vector256.ConditionalSelect(
            Vector256.GreaterThan(Vector256.Abs(ratio), Vector256<double>.One),
            sign,
            ratio
        );
        return Vector256.ConditionalSelect(constant, Vector256.Create(double.NaN), held);
    }
}

/// <summary>Σ i·x_i / Σ i, i from 1 at the oldest value.</summary>
internal readonly struct DecayOfWindow : IWindowStatistic<DecayPart>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Of(
        in DecayPart windows,
        Vector256<double> x,
        Vector256<double> y,
        double bars
    ) => x + (windows.Weighted / (0.5 * bars * (bars + 1)));
}

/// <summary>The product.</summary>
internal readonly struct ProductOfWindow : IWindowStatistic<ProductPart>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Of(
        in ProductPart windows,
        Vector256<double> x,
        Vector256<double> y,
        double bars
    ) => windows.Product;
}

/// <summary>The smallest or largest value.</summary>
internal readonly struct ExtremeOfWindow<TExtreme> : IWindowStatistic<ExtremePart<TExtreme>>
    where TExtreme : struct, IExtreme
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Of(
        in ExtremePart<TExtreme> windows,
        Vector256<double> x,
        Vector256<double> y,
        double bars
    ) => windows.Value;
}

/// <summary>The place of the smallest or largest value, from 1 at the oldest bar.</summary>
internal readonly struct PlaceOfExtreme<TExtreme> : IWindowStatistic<ExtremePlacePart<TExtreme>>
    where TExtreme : struct, IExtreme
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Of(
        in ExtremePlacePart<TExtreme> windows,
        Vector256<double> x,
        Vector256<double> y,
        double bars
    ) => Vector256.Create(bars) - windows.BarsBack;
}

/// <summary>How far the values of a window lie apart.</summary>
file static class Spread
{
    /// <summary>Σ(x − mean)²; a spread within the tolerance that makes two operands equal is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Of(in MomentPart windows, Vector256<double> x, double bars)
    {
        var noise = (x + windows.Offset) * Elementwise.Tolerance;
        var constant = Vector256.LessThanOrEqual(windows.Squares, noise * noise * bars);
        return Vector256.AndNot(windows.Squares, constant);
    }

    /// <summary>The newest value less the mean, exactly 0 where they are within the tolerance.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> FromMean(in MomentPart windows, Vector256<double> x)
    {
        var larger = Vector256.MaxNative(Vector256.Abs(x), Vector256.Abs(x + windows.Offset));
        var equal = Vector256.LessThanOrEqual(Vector256.Abs(windows.Offset), larger * Elementwise.Tolerance);
        return Vector256.AndNot(-windows.Offset, equal);
    }
}
