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

    /// <summary>A limit; nothing where a rule has none.</summary>
    public static string Limit(double? value) => value is null ? "" : Number(value);

    /// <summary>A time to the second, UTC.</summary>
    public static string Second(DateTime time) =>
        time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>One item a line.</summary>
    public static string Lines(System.Collections.IEnumerable items) =>
        string.Join('\n', items.Cast<object>());

    /// <summary>The start of a hash: enough to tell two apart.</summary>
    public static string ShortHash(string hash) => hash.Length <= 12 ? hash : hash[..12];

    private static string Short(double number) => number.ToString("G6", CultureInfo.InvariantCulture);
}
