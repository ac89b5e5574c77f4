using System.Globalization;

namespace AlphaFactory.Core.Features;

/// <summary>How the text of a field becomes a value. Texts come without outer white space, in the invariant culture.</summary>
internal static class FieldText
{
    private static readonly string[] Missing = ["NA", "N/A", "#N/A", "NaN", "null", "none", "-", "--", "."];

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

    private static bool HasDigit(ReadOnlySpan<char> text) => text.ContainsAnyInRange('0', '9');
}
