using System.Globalization;

namespace AlphaFactory.Core.Features;

/// <summary>How the text of a field becomes a value. Texts come without outer white space, in the invariant culture.</summary>
internal static class FieldText
{
    private static readonly string[] Missing = ["NA", "N/A", "#N/A", "NaN", "null", "none", "-", "--", "."];

    private static readonly double[] PowersOfTen =
    [
        .. Enumerable.Range(0, 16).Select(power => Math.Pow(10, power)),
    ];

    /// <summary>Whether a text stands for no value.</summary>
    public static bool IsMissing(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            return true;
        }

        if (text.Length > 4 || char.IsAsciiDigit(text[^1]))
        {
            return false;
        }

        foreach (var spelling in Missing)
        {
            if (text.Equals(spelling, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads true or false, without case.</summary>
    public static bool TryBool(ReadOnlySpan<char> text, out bool value) => bool.TryParse(text, out value);

    /// <summary>Reads a whole number of 64 bits.</summary>
    public static bool TryLong(ReadOnlySpan<char> text, out long value) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    /// <summary>Reads a number; one that overflows is none, an infinity has to be spelled.</summary>
    public static bool TryDouble(ReadOnlySpan<char> text, out double value)
    {
        if (TryShortDouble(text, out value))
        {
            return true;
        }

        const NumberStyles style =
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (double.TryParse(text, style, CultureInfo.InvariantCulture, out value))
        {
            return double.IsFinite(value) || (!double.IsNaN(value) && !HasDigit(text));
        }

        value = text switch
        {
            _ when text.Equals("inf", StringComparison.OrdinalIgnoreCase) => double.PositiveInfinity,
            _ when text.Equals("+inf", StringComparison.OrdinalIgnoreCase) => double.PositiveInfinity,
            _ when text.Equals("-inf", StringComparison.OrdinalIgnoreCase) => double.NegativeInfinity,
            _ => double.NaN,
        };
        return !double.IsNaN(value);
    }

    /// <summary>Reads a time in UTC, by a .NET format or as ISO 8601; none finer than a microsecond.</summary>
    public static bool TryTime(ReadOnlySpan<char> text, string? format, out DateTime value)
    {
        const DateTimeStyles style = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        var read = format is null
            ? UtcDate.TryParse(text, upperEnd: false, out value)
            : DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, style, out value);
        return read && value.Ticks % TimeSpan.TicksPerMicrosecond == 0;
    }

    /// <summary>The text of a value, which reads back as the same value.</summary>
    public static string Of(object value) =>
        value switch
        {
            string text => text,
            bool truth => truth ? "true" : "false",
            DateTime time => UtcDate.Format(time),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        };

    /// <summary>
    /// Reads digits with or without a point, few enough that the digits and the power of ten are exact in 64 bits: their
    /// quotient is then rounded once, as it has to be (Clinger, How to read floating point numbers accurately, 1990).
    /// </summary>
    private static bool TryShortDouble(ReadOnlySpan<char> text, out double value)
    {
        const int mostDigits = 15;
        value = 0;
        var negative = text is ['-', ..];
        var digits = negative ? text[1..] : text;
        if (digits.Length is 0 or > mostDigits + 1)
        {
            return false;
        }

        long number = 0;
        var point = -1;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = (uint)(digits[i] - '0');
            if (digit <= 9)
            {
                number = (10 * number) + digit;
            }
            else if (digits[i] == '.' && point < 0)
            {
                point = i;
            }
            else
            {
                return false;
            }
        }

        var decimals = point < 0 ? 0 : digits.Length - 1 - point;
        if (digits.Length - (point < 0 ? 0 : 1) is 0 or > mostDigits)
        {
            return false;
        }

        value = number / PowersOfTen[decimals];
        value = negative ? -value : value;
        return true;
    }

    private static bool HasDigit(ReadOnlySpan<char> text) => text.ContainsAnyInRange('0', '9');
}
