using System.Globalization;

namespace AlphaFactory.Benchmarks;

/// <summary>What the benchmarks print: Markdown, in the invariant culture.</summary>
internal static class Report
{
    /// <summary>A line of text.</summary>
    public static void Line(FormattableString text) =>
        Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>The middle of some times.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1
            ? sorted[sorted.Length / 2]
            : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
