using System.Globalization;

namespace AlphaFactory.Core;

/// <summary>Dates as the whole product reads and writes them: UTC unless a zone is given, whatever the machine's zone.</summary>
public static class UtcDate
{
    private static readonly string[] DateOnlyFormats = ["yyyy-MM-dd", "yyyyMMdd", "yyyy/MM/dd"];

    /// <summary>
    /// Reads a date or a date and time in ISO 8601 form. Without a zone it is UTC. A bare date that is the upper
    /// end of an interval means the last tick of that day.
    /// </summary>
    /// <param name="text">The text to read.</param>
    /// <param name="upperEnd">Whether the date is the upper end of an interval.</param>
    /// <param name="value">The time, of kind <see cref="DateTimeKind.Utc"/>.</param>
    /// <returns>Whether the text is a date.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, bool upperEnd, out DateTime value)
    {
        text = text.Trim();
        if (
            TryDay(text, out value)
            || DateTime.TryParseExact(
                text,
                DateOnlyFormats,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out value
            )
        )
        {
            value = upperEnd ? EndOfDay(value) : value;
            return true;
        }

        // Anything but a year first: DateTime.Parse would take "12:30" for a time of today, and 03/04/2015 for March.
        var startsWithYear =
            text.Length >= 8 && !text[..4].ContainsAnyExceptInRange('0', '9') && !char.IsAsciiDigit(text[4]);
        if (
            startsWithYear
            && DateTimeOffset.TryParse(
                text,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces,
                out var offset
            )
        )
        {
            value = offset.UtcDateTime;
            // Another spelling of a bare date, such as 2015-1-2.
            var isBareDate = !text.Contains(':') && offset.TimeOfDay == TimeSpan.Zero;
            value = upperEnd && isBareDate ? EndOfDay(value) : value;
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>Reads <c>2015-01-31</c>, the form of nearly every date, twenty times as fast as a format does.</summary>
    private static bool TryDay(ReadOnlySpan<char> text, out DateTime value)
    {
        value = default;
        if (
            text is not [_, _, _, _, '-', _, _, '-', _, _]
            || !TryDigits(text[..4], out var year)
            || !TryDigits(text[5..7], out var month)
            || !TryDigits(text[8..], out var day)
            || year < 1
            || month is < 1 or > 12
            || day < 1
            || day > DateTime.DaysInMonth(year, month)
        )
        {
            return false;
        }

        value = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc);
        return true;
    }

    private static bool TryDigits(ReadOnlySpan<char> text, out int value)
    {
        value = 0;
        foreach (var digit in text)
        {
            if (!char.IsAsciiDigit(digit))
            {
                return false;
            }

            value = (10 * value) + (digit - '0');
        }

        return true;
    }

    /// <summary>Reads a time without a zone as UTC, and a local one as the instant it is.</summary>
    public static DateTime FromDateTime(DateTime value) =>
        value.Kind switch
        {
            DateTimeKind.Utc => value,
            DateTimeKind.Local => value.ToUniversalTime(),
            _ => DateTime.SpecifyKind(value, DateTimeKind.Utc),
        };

    /// <summary>The last tick of the day of <paramref name="day"/>.</summary>
    public static DateTime EndOfDay(DateTime day) => day.Date.AddTicks(TimeSpan.TicksPerDay - 1);

    /// <summary>
    /// Writes the shortest ISO 8601 form that reads back as the same time: <c>2015-01-02</c> for midnight, else
    /// <c>2015-01-02T09:30:00Z</c> with as many fractional digits as are needed.
    /// </summary>
    public static string Format(DateTime value) =>
        value.TimeOfDay == TimeSpan.Zero
            ? value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            : value.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
