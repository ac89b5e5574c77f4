using System.Globalization;
using System.Numerics;

namespace AlphaFactory.Core.Features;

/// <summary>Brings the values of objects and foreign files to the five types of a feature set.</summary>
internal static class FieldValue
{
    /// <summary>
    /// The value as a double, a long, a bool, a text or a UTC time of whole microseconds, or null. What is none of
    /// these comes back as it is, and no column takes it.
    /// </summary>
    public static object? Of(object? value) =>
        value switch
        {
            null or DBNull => null,
            double or long or bool or string => value,
            sbyte or byte or short or ushort or int or uint => Convert.ToInt64(
                value,
                CultureInfo.InvariantCulture
            ),
            ulong number => number <= long.MaxValue ? (object)(long)number : (double)number,
            float number => (double)number,
            Half number => (double)number,
            decimal number => OfDigits(number),
            BigInteger number => number >= long.MinValue && number <= long.MaxValue
                ? (object)(long)number
                : OfDigits(number),
            DateTime time => OfTime(UtcDate.FromDateTime(time)),
            DateTimeOffset time => OfTime(time.UtcDateTime),
            DateOnly day => day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc),
            char or Guid => value.ToString(),
            Enum name => name.ToString(),
            _ => value,
        };

    // The casts of these types round twice, or cut.
    private static double OfDigits(IFormattable number) =>
        double.Parse(number.ToString(null, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static DateTime OfTime(DateTime time) =>
        time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMicrosecond));
}
