using AlphaFactory.Core.Reporting;

namespace AlphaFactory.Core.Drift;

/// <summary>Makes the shares of a feature's values in reference and window that a report draws.</summary>
internal static class DriftShape
{
    private const int Bins = 30;
    private const int ShownCategories = 12;

    /// <summary>
    /// Shares of 30 bins over all but the outer 0.5% of both samples, so that one outlier does not squeeze the
    /// rest; the outer bins are open.
    /// </summary>
    public static ShareComparison? OfNumbers(double[] reference, double[] current)
    {
        if (reference.Length == 0 || current.Length == 0)
        {
            return null;
        }

        var lowest = Math.Min(
            DriftStatistics.Quantile(reference, 5, 1000),
            DriftStatistics.Quantile(current, 5, 1000)
        );
        var highest = Math.Max(
            DriftStatistics.Quantile(reference, 995, 1000),
            DriftStatistics.Quantile(current, 995, 1000)
        );
        if (lowest == highest)
        {
            (lowest, highest) = (lowest - Margin(lowest), highest + Margin(highest));
        }

        var edges = DriftStatistics.EqualEdges(lowest, highest, Bins);
        return new ShareComparison(
            [lowest, .. edges, highest],
            [],
            DriftStatistics.Shares(reference, edges),
            DriftStatistics.Shares(current, edges)
        );
    }

    /// <summary>The shares of the most frequent categories, and of the rest together.</summary>
    public static ShareComparison? OfCategories(
        IReadOnlyDictionary<string, long> reference,
        IReadOnlyDictionary<string, long> current
    )
    {
        var (n, m) = (reference.Values.Sum(), current.Values.Sum());
        if (n == 0 || m == 0)
        {
            return null;
        }

        var shares = DriftDetector
            .Categories(reference, current)
            .Select(name =>
                (
                    Name: name,
                    Reference: (double)reference.GetValueOrDefault(name) / n,
                    Current: (double)current.GetValueOrDefault(name) / m
                )
            )
            .OrderByDescending(share => share.Reference + share.Current)
            .ToList();
        var shown = shares.Take(ShownCategories).ToList();
        if (shares.Count > ShownCategories)
        {
            var rest = shares.Skip(ShownCategories).ToList();
            shown.Add(
                ($"{rest.Count} others", rest.Sum(share => share.Reference), rest.Sum(share => share.Current))
            );
        }

        return new ShareComparison(
            [],
            [.. shown.Select(share => share.Name)],
            [.. shown.Select(share => share.Reference)],
            [.. shown.Select(share => share.Current)]
        );
    }

    private static double Margin(double value) => value == 0 ? 1 : Math.Abs(value) * 0.1;
}
