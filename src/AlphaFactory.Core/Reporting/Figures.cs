using System.Globalization;

namespace AlphaFactory.Core.Reporting;

/// <summary>Numbers as reports and views show them: short, in the invariant culture.</summary>
public static class Figures
{
    /// <summary>What stands for a number that is not defined.</summary>
    public const string None = "–";

    /// <summary>Up to four significant digits: <c>0.1234</c>, <c>12.34</c>, <c>12,340</c>, <c>1.2e-05</c>.</summary>
    public static string Number(double? value)
    {
        if (value is not { } number || double.IsNaN(number))
        {
            return None;
        }

        var size = Math.Abs(number);
        var format = size switch
        {
            0 => "0",
            < 1e-4 or >= 1e7 => "0.##e+00",
            < 1e3 => "G4",
            _ => "N0",
        };
        return Sign(number.ToString(format, CultureInfo.InvariantCulture));
    }

    /// <summary>A number of fixed decimals, that columns line up: <c>0.123</c>, <c>12.340</c>.</summary>
    public static string Fixed(double? value, int decimals = 3)
    {
        if (value is not { } number || double.IsNaN(number))
        {
            return None;
        }

        return Math.Abs(number) >= 1e4
            ? Number(number)
            : Sign(
                number.ToString(
                    "F" + decimals.ToString(CultureInfo.InvariantCulture),
                    CultureInfo.InvariantCulture
                )
            );
    }

    /// <summary>A p-value: <c>0.042</c>, <c>&lt; 0.001</c>.</summary>
    public static string Probability(double? value) => value < 0.001 ? "< 0.001" : Fixed(value);

    /// <summary>A share of 1 as a percentage: <c>12.3%</c>.</summary>
    public static string Percent(double? value) =>
        value is not { } share || double.IsNaN(share)
            ? None
            : Sign((share * 100).ToString("0.0", CultureInfo.InvariantCulture)) + "%";

    /// <summary>A number for an axis: <c>0.5</c>, <c>1,500</c>, <c>20k</c>, <c>1.2M</c>, <c>3B</c>.</summary>
    public static string Axis(double value) =>
        Math.Abs(value) switch
        {
            >= 1e4 and < 1e6 => Number(value / 1e3) + "k",
            >= 1e6 and < 1e9 => Number(value / 1e6) + "M",
            >= 1e9 and < 1e12 => Number(value / 1e9) + "B",
            _ => Number(value),
        };

    /// <summary>A count with thousands apart: <c>14,952</c>.</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A text of at most so many characters as a reader counts them, cut with an ellipsis.</summary>
    public static string Shorten(string text, int longest)
    {
        var info = new StringInfo(text);
        return info.LengthInTextElements <= longest
            ? text
            : info.SubstringByTextElements(0, longest - 1).TrimEnd() + "…";
    }

    /// <summary>Round numbers for an axis: multiples of 1, 2 or 5 times a power of ten between two ends.</summary>
    public static IReadOnlyList<double> Ticks(double lowest, double highest, int about)
    {
        var raw = (highest - lowest) / Math.Max(1, about);
        if (!(raw > 0) || !double.IsFinite(raw))
        {
            return [lowest];
        }

        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var step =
            power
            * (
                (raw / power) switch
                {
                    < 1.5 => 1,
                    < 3.5 => 2,
                    < 7.5 => 5,
                    _ => 10,
                }
            );
        var ticks = new List<double>();
        for (var i = Math.Ceiling(lowest / step); i * step <= highest && ticks.Count <= 10 * about; i++)
        {
            ticks.Add(i * step);
        }

        return ticks;
    }

    // A true minus sign, and none on what rounds to zero.
    private static string Sign(string text) =>
        text.AsSpan().TrimStart('-').ContainsAnyExcept("0.") ? text.Replace('-', '−') : text.TrimStart('-');
}
