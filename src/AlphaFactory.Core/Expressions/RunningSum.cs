using System.Runtime.InteropServices;

namespace AlphaFactory.Core.Expressions;

/// <summary>
/// A sum that values enter and leave, carried in two doubles (about 106 bits), so that after thousands of bars
/// it is the same as a sum made anew. Error-free transformation after Knuth (TwoSum).
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct RunningSum
{
    // 2^-40: of the 104 bits, 64 are left for what remains.
    private const double SmallestShare = 1d / (1L << 40);

    private double _high;
    private double _low;
    private double _peak;

    /// <summary>The sum, rounded once.</summary>
    public readonly double Value => _high;

    /// <summary>
    /// Whether the sum was so much larger once that what is left may be the rounding of that time, and it is
    /// better made anew.
    /// </summary>
    public readonly bool IsWorn => Math.Abs(_high) < _peak * SmallestShare;

    /// <summary>Takes a value in; its negative takes it out.</summary>
    public void Add(double value)
    {
        var (sum, error) = TwoSum(_high, value);
        (_high, _low) = TwoSum(sum, _low + error);
        _peak = Math.Max(_peak, Math.Abs(_high));
    }

    /// <summary>The sum divided by <paramref name="count"/>: of equal values, exactly that value.</summary>
    public readonly double Mean(int count)
    {
        var quotient = _high / count;
        var remainder = Math.FusedMultiplyAdd(-quotient, count, _high) + _low;
        return quotient + (remainder / count);
    }

    private static (double Sum, double Error) TwoSum(double a, double b)
    {
        var sum = a + b;
        var fromB = sum - a;
        return (sum, a - (sum - fromB) + (b - fromB));
    }
}
