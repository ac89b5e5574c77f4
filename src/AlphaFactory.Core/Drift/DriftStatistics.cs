using MathNet.Numerics;

namespace AlphaFactory.Core.Drift;

/// <summary>A two-sample Kolmogorov–Smirnov test.</summary>
/// <param name="Statistic">D, the largest distance between the two distribution functions, 0 to 1.</param>
/// <param name="PValue">The limiting Kolmogorov distribution's tail at √(nm/(n+m))·D.</param>
public sealed record KolmogorovSmirnovResult(double Statistic, double PValue);

/// <summary>
/// Distances between two samples. Numeric samples are <b>sorted ascending, finite and not empty</b>; see
/// <see cref="Sorted"/>. The bins of every binned distance come from the reference alone.
/// </summary>
public static class DriftStatistics
{
    /// <summary>The number of bins of the population stability index, before equal edges are merged.</summary>
    public const int PsiBins = 10;

    /// <summary>The number of bins of the Jensen–Shannon distance.</summary>
    public const int JensenShannonBins = 30;

    /// <summary>What an empty bin's share counts as in the population stability index.</summary>
    public const double SmallestShare = 1e-4;

    /// <summary>The finite values of a sample, ascending: what every other method here takes.</summary>
    public static double[] Sorted(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Where(double.IsFinite)];
        Array.Sort(sorted);
        return sorted;
    }

    /// <summary>
    /// The population stability index Σ (q−p)·ln(q/p) over the bins of <see cref="DecileEdges"/>, p and q being
    /// the shares of reference and current; a share of 0 counts as <see cref="SmallestShare"/>.
    /// </summary>
    public static double Psi(ReadOnlySpan<double> reference, ReadOnlySpan<double> current)
    {
        var edges = DecileEdges(reference);
        return PsiOfShares(Shares(reference, edges), Shares(current, edges));
    }

    /// <summary>The population stability index of shares of the same bins or categories.</summary>
    public static double PsiOfShares(ReadOnlySpan<double> reference, ReadOnlySpan<double> current)
    {
        var sum = 0.0;
        for (var i = 0; i < reference.Length; i++)
        {
            var p = reference[i] > 0 ? reference[i] : SmallestShare;
            var q = current[i] > 0 ? current[i] : SmallestShare;
            sum += (q - p) * Math.Log(q / p);
        }

        return sum;
    }

    /// <summary>
    /// The inner edges of the reference's deciles, by linear interpolation (Hyndman and Fan's type 7), equal ones
    /// merged: at most nine, ascending. Bins are closed on the left, and the outer two are open.
    /// </summary>
    public static double[] DecileEdges(ReadOnlySpan<double> reference)
    {
        var edges = new List<double>(PsiBins - 1);
        for (var i = 1; i < PsiBins; i++)
        {
            var edge = Quantile(reference, i, PsiBins);
            if (edges.Count == 0 || edge > edges[^1])
            {
                edges.Add(edge);
            }
        }

        return [.. edges];
    }

    /// <summary>The quantile <paramref name="part"/>/<paramref name="of"/> by linear interpolation.</summary>
    public static double Quantile(ReadOnlySpan<double> sorted, int part, int of)
    {
        // In whole numbers, so that a quantile that is a value of the sample is exactly that value.
        var position = Math.BigMul(sorted.Length - 1, part);
        var below = (int)(position / of);
        var rest = (int)(position % of);
        if (rest == 0)
        {
            return sorted[below];
        }

        var (low, high) = (sorted[below], sorted[below + 1]);
        var t = (double)rest / of;
        return Math.Clamp((low * (1 - t)) + (high * t), low, high);
    }

    /// <summary>The share of a sample in each of the bins between edges: one more than there are edges.</summary>
    public static double[] Shares(ReadOnlySpan<double> sorted, ReadOnlySpan<double> edges)
    {
        var shares = new double[edges.Length + 1];
        var from = 0;
        for (var bin = 0; bin < shares.Length; bin++)
        {
            var to = bin < edges.Length ? CountBelow(sorted, edges[bin]) : sorted.Length;
            shares[bin] = (double)(to - from) / sorted.Length;
            from = to;
        }

        return shares;
    }

    /// <summary>The two-sample Kolmogorov–Smirnov test.</summary>
    public static KolmogorovSmirnovResult KolmogorovSmirnov(
        ReadOnlySpan<double> reference,
        ReadOnlySpan<double> current
    )
    {
        long n = reference.Length;
        long m = current.Length;
        long largest = 0;
        var (i, j) = (0, 0);
        while (i < n && j < m)
        {
            var value = Math.Min(reference[i], current[j]);
            i = SkipPast(reference, i, value);
            j = SkipPast(current, j, value);
            largest = Math.Max(largest, Math.Abs((i * m) - (j * n)));
        }

        var statistic = largest / ((double)n * m);
        return new(statistic, KolmogorovTail(Math.Sqrt((double)n * m / (n + m)) * statistic));
    }

    /// <summary>
    /// The tail of the limiting Kolmogorov distribution: 2 Σ (−1)^(k−1) exp(−2k²x²), and for small x the
    /// equivalent theta series, which converges there.
    /// </summary>
    public static double KolmogorovTail(double x)
    {
        if (x <= 0)
        {
            return 1;
        }

        var sum = 0.0;
        if (x < 1)
        {
            for (var k = 1; k <= 7; k += 2)
            {
                sum += Math.Exp(-(k * k) * Math.PI * Math.PI / (8 * x * x));
            }

            return Math.Clamp(1 - (Math.Sqrt(2 * Math.PI) / x * sum), 0, 1);
        }

        for (var k = 5; k >= 1; k--)
        {
            sum = Math.Exp(-2.0 * k * k * x * x) - sum;
        }

        return Math.Clamp(2 * sum, 0, 1);
    }

    /// <summary>The first Wasserstein distance ∫|F−G|, in the unit of the values.</summary>
    public static double Wasserstein(ReadOnlySpan<double> reference, ReadOnlySpan<double> current)
    {
        var sum = 0.0;
        var (i, j) = (0, 0);
        var last = Math.Min(reference[0], current[0]);
        while (i < reference.Length || j < current.Length)
        {
            var value = Math.Min(
                i < reference.Length ? reference[i] : double.PositiveInfinity,
                j < current.Length ? current[j] : double.PositiveInfinity
            );
            var distance = ((double)i / reference.Length) - ((double)j / current.Length);
            sum += Math.Abs(distance) * (value - last);
            i = SkipPast(reference, i, value);
            j = SkipPast(current, j, value);
            last = value;
        }

        return sum;
    }

    /// <summary>
    /// The Jensen–Shannon distance (base 2, 0 to 1) over <see cref="JensenShannonBins"/> bins of equal width over
    /// the reference's range, the outer ones open.
    /// </summary>
    public static double JensenShannon(ReadOnlySpan<double> reference, ReadOnlySpan<double> current)
    {
        var edges = EqualEdges(reference[0], reference[^1], JensenShannonBins);
        return JensenShannonOfShares(Shares(reference, edges), Shares(current, edges));
    }

    /// <summary>The Jensen–Shannon distance (base 2) of shares of the same bins or categories.</summary>
    public static double JensenShannonOfShares(ReadOnlySpan<double> reference, ReadOnlySpan<double> current)
    {
        var sum = 0.0;
        for (var i = 0; i < reference.Length; i++)
        {
            var middle = (reference[i] + current[i]) / 2;
            sum += Term(reference[i], middle) + Term(current[i], middle);
        }

        return Math.Sqrt(Math.Clamp(sum / 2, 0, 1));

        static double Term(double share, double middle) => share > 0 ? share * Math.Log2(share / middle) : 0;
    }

    /// <summary>
    /// The inner edges of bins of equal width. A range of one value gives three bins: below it, the value itself,
    /// and above it.
    /// </summary>
    public static double[] EqualEdges(double lowest, double highest, int bins)
    {
        if (lowest == highest)
        {
            return [lowest, Math.BitIncrement(lowest)];
        }

        var range = highest - lowest;
        var step = double.IsFinite(range) ? range / bins : (highest / bins) - (lowest / bins);
        var edges = new double[bins - 1];
        for (var i = 0; i < edges.Length; i++)
        {
            edges[i] = lowest + ((i + 1) * step);
        }

        return edges;
    }

    /// <summary>
    /// The p-value of Pearson's chi-squared test that two rows of counts come from one distribution, without
    /// continuity correction; 1 when there is but one category.
    /// </summary>
    public static double ChiSquaredPValue(ReadOnlySpan<long> reference, ReadOnlySpan<long> current)
    {
        double n = Sum(reference);
        double m = Sum(current);
        var statistic = 0.0;
        var categories = 0;
        for (var i = 0; i < reference.Length; i++)
        {
            double total = reference[i] + current[i];
            if (total > 0)
            {
                categories++;
                statistic += Square(reference[i] - (total * n / (n + m))) / (total * n / (n + m));
                statistic += Square(current[i] - (total * m / (n + m))) / (total * m / (n + m));
            }
        }

        return categories < 2
            ? 1
            : Math.Clamp(SpecialFunctions.GammaUpperRegularized((categories - 1) / 2.0, statistic / 2), 0, 1);
    }

    /// <summary>
    /// The p-values adjusted by Benjamini and Hochberg (1995), in the order given: those at or below α are
    /// significant at a false-discovery rate of α.
    /// </summary>
    public static double[] BenjaminiHochberg(ReadOnlySpan<double> values)
    {
        var adjusted = values.ToArray();
        var order = new int[adjusted.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Array.Sort(values.ToArray(), order);
        var smallest = 1.0;
        for (var rank = order.Length; rank >= 1; rank--)
        {
            var index = order[rank - 1];
            smallest = Math.Min(smallest, adjusted[index] * order.Length / rank);
            adjusted[index] = smallest;
        }

        return adjusted;
    }

    /// <summary>Mean and population deviation (ddof 0); the deviation of equal values is exactly 0.</summary>
    public static (double Mean, double Deviation) Moments(ReadOnlySpan<double> sorted)
    {
        if (sorted[0] == sorted[^1])
        {
            return (sorted[0], 0);
        }

        var sum = 0.0;
        foreach (var value in sorted)
        {
            sum += value;
        }

        var mean = sum / sorted.Length;
        var squares = 0.0;
        foreach (var value in sorted)
        {
            squares += Square(value - mean);
        }

        return (mean, Math.Sqrt(squares / sorted.Length));
    }

    /// <summary>How many values of an ascending sample are below a limit.</summary>
    public static int CountBelow(ReadOnlySpan<double> sorted, double limit)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (int)(((uint)low + (uint)high) / 2);
            (low, high) = sorted[middle] < limit ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static int SkipPast(ReadOnlySpan<double> sorted, int index, double value)
    {
        while (index < sorted.Length && sorted[index] <= value)
        {
            index++;
        }

        return index;
    }

    private static double Square(double value) => value * value;

    private static long Sum(ReadOnlySpan<long> counts)
    {
        var sum = 0L;
        foreach (var count in counts)
        {
            sum += count;
        }

        return sum;
    }
}
