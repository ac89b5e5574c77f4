namespace AlphaFactory.Core.Experiments;

/// <summary>Correlation of ranks.</summary>
internal static class RankCorrelation
{
    /// <summary>
    /// Spearman's correlation: Pearson's of the ranks, ties with their average. NaN for fewer than two pairs and
    /// when either side is all the same.
    /// </summary>
    /// <param name="x">Finite values.</param>
    /// <param name="y">As many.</param>
    public static double Spearman(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        if (x.Length < 2)
        {
            return double.NaN;
        }

        var (a, b) = (DoubledRanks(x), DoubledRanks(y));
        // Ranks and their half steps are whole numbers when doubled: the sums are exact.
        var mean = x.Length + 1.0;
        var (product, squareA, squareB) = (0.0, 0.0, 0.0);
        for (var i = 0; i < a.Length; i++)
        {
            var (distanceA, distanceB) = (a[i] - mean, b[i] - mean);
            product += distanceA * distanceB;
            squareA += distanceA * distanceA;
            squareB += distanceB * distanceB;
        }

        return squareA > 0 && squareB > 0 ? product / Math.Sqrt(squareA * squareB) : double.NaN;
    }

    private static double[] DoubledRanks(ReadOnlySpan<double> values)
    {
        var sorted = values.ToArray();
        var order = new int[sorted.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Array.Sort(sorted, order);
        var ranks = new double[sorted.Length];
        for (int start = 0, end; start < sorted.Length; start = end)
        {
            for (end = start + 1; end < sorted.Length && sorted[end] == sorted[start]; end++) { }

            for (var i = start; i < end; i++)
            {
                // Places start + 1 to end have the average rank (start + 1 + end) / 2.
                ranks[order[i]] = start + 1 + end;
            }
        }

        return ranks;
    }
}
