using System.Globalization;

namespace AlphaFactory.Core.Risk;

/// <summary>How values of rules are written for people.</summary>
public static class RiskText
{
    /// <summary>A number with what digits it needs, six at most, in the invariant culture; "missing" without one.</summary>
    public static string Number(double? value) =>
        value switch
        {
            null => "missing",
            double.PositiveInfinity => "infinite",
            double.NegativeInfinity => "minus infinite",
            { } number when Math.Abs(number) < 1e15 && number == Math.Floor(number) => number.ToString(
                "0",
                CultureInfo.InvariantCulture
            ),
            { } number => Short(number),
        };

    private static string Short(double number) => number.ToString("G6", CultureInfo.InvariantCulture);
}
