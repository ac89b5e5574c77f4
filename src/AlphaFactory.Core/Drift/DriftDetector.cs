using System.Globalization;

namespace AlphaFactory.Core.Drift;

/// <summary>Compares a feature's values in a window with those of a reference, and decides what drifts.</summary>
public static class DriftDetector
{
    /// <summary>A text column with more categories than this is an identifier, and is not judged.</summary>
    public const int MaximumCategories = 200;

    /// <summary>Compares numbers; whether they drift is for <see cref="Decide"/> to say.</summary>
    /// <param name="feature">The feature's name.</param>
    /// <param name="reference">The reference's values in any order; NaN and infinities count as missing.</param>
    /// <param name="current">The window's values, likewise.</param>
    /// <param name="policy">Says how many values are enough.</param>
    public static DriftFeature CompareNumbers(
        string feature,
        IReadOnlyCollection<double> reference,
        IReadOnlyCollection<double> current,
        DriftPolicy policy
    ) => CompareNumbers(feature, NumericSample.Of(reference), NumericSample.Of(current), policy);

    /// <summary>Compares counts of categories; whether they drift is for <see cref="Decide"/> to say.</summary>
    /// <param name="feature">The feature's name.</param>
    /// <param name="reference">How often the reference has each category.</param>
    /// <param name="current">How often the window has each.</param>
    /// <param name="referenceMissing">How many values the reference misses.</param>
    /// <param name="currentMissing">How many values the window misses.</param>
    /// <param name="policy">Says how many values are enough.</param>
    public static DriftFeature CompareCategories(
        string feature,
        IReadOnlyDictionary<string, long> reference,
        IReadOnlyDictionary<string, long> current,
        long referenceMissing,
        long currentMissing,
        DriftPolicy policy
    )
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(policy);
        var categories = Categories(reference, current);
        long[] before = [.. categories.Select(name => reference.GetValueOrDefault(name))];
        long[] after = [.. categories.Select(name => current.GetValueOrDefault(name))];
        var (n, m) = (before.Sum(), after.Sum());
        var result = new DriftFeature
        {
            Feature = feature,
            Kind = FeatureKind.Categorical,
            Judged = true,
            MissingShift = Share(currentMissing, m) - Share(referenceMissing, n),
            ReferenceCount = n,
            CurrentCount = m,
            ReferenceMissing = referenceMissing,
            CurrentMissing = currentMissing,
        };
        if (categories.Length > MaximumCategories)
        {
            return NotJudged(result, $"more than {MaximumCategories} categories, as an identifier has");
        }

        if (TooFew(result, policy) is { } reason)
        {
            return NotJudged(result, reason);
        }

        double[] p = [.. before.Select(count => (double)count / n)];
        double[] q = [.. after.Select(count => (double)count / m)];
        return result with
        {
            Psi = DriftStatistics.PsiOfShares(p, q),
            JensenShannon = DriftStatistics.JensenShannonOfShares(p, q),
            Chi2PValue = DriftStatistics.ChiSquaredPValue(before, after),
            UnseenShare = (double)after.Where((_, i) => before[i] == 0).Sum() / m,
        };
    }

    /// <summary>
    /// Decides which features drift: those with an effect size over its limit whose test is significant after
    /// Benjamini–Hochberg over all judged features given.
    /// </summary>
    public static IReadOnlyList<DriftFeature> Decide(IReadOnlyList<DriftFeature> features, DriftPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(policy);
        int[] tested = [.. Enumerable.Range(0, features.Count).Where(i => features[i].PValue is not null)];
        var adjusted = DriftStatistics.BenjaminiHochberg([.. tested.Select(i => features[i].PValue!.Value)]);
        var decided = features.ToArray();
        for (var i = 0; i < tested.Length; i++)
        {
            decided[tested[i]] = Judge(features[tested[i]], adjusted[i], policy);
        }

        return decided;
    }

    /// <summary>Whether the set drifts: at least the policy's share of its judged features does.</summary>
    public static bool SetDrifts(IReadOnlyList<DriftFeature> decided, DriftPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(decided);
        ArgumentNullException.ThrowIfNull(policy);
        var drifted = decided.Count(feature => feature.Drifted);
        // A share of whole numbers may miss the limit by one rounding: 3 of 10 are 30%.
        return drifted > 0
            && drifted >= (policy.DriftedShare * decided.Count(feature => feature.Judged)) - 1e-9;
    }

    /// <summary>All categories of both samples, in ordinal order.</summary>
    internal static string[] Categories(
        IReadOnlyDictionary<string, long> reference,
        IReadOnlyDictionary<string, long> current
    ) => [.. reference.Keys.Union(current.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    internal static DriftFeature CompareNumbers(
        string feature,
        NumericSample reference,
        NumericSample current,
        DriftPolicy policy
    )
    {
        var result = new DriftFeature
        {
            Feature = feature,
            Kind = FeatureKind.Numeric,
            Judged = true,
            MissingShift = current.MissingShare - reference.MissingShare,
            ReferenceCount = reference.Sorted.Length,
            CurrentCount = current.Sorted.Length,
            ReferenceMissing = reference.Missing,
            CurrentMissing = current.Missing,
        };
        if (TooFew(result, policy) is { } reason)
        {
            return NotJudged(result, reason);
        }

        var (p, q) = (reference.Sorted, current.Sorted);
        var (referenceMean, referenceDeviation) = DriftStatistics.Moments(p);
        var (currentMean, currentDeviation) = DriftStatistics.Moments(q);
        var test = DriftStatistics.KolmogorovSmirnov(p, q);
        var outside =
            DriftStatistics.CountBelow(q, p[0])
            + (q.Length - DriftStatistics.CountBelow(q, Math.BitIncrement(p[^1])));
        return result with
        {
            Psi = DriftStatistics.Psi(p, q),
            Ks = test.Statistic,
            KsPValue = test.PValue,
            Wasserstein = Ratio(DriftStatistics.Wasserstein(p, q), referenceDeviation),
            JensenShannon = DriftStatistics.JensenShannon(p, q),
            MeanShift = Ratio(currentMean - referenceMean, referenceDeviation),
            DeviationShift = Ratio(currentDeviation - referenceDeviation, referenceDeviation),
            OutOfRangeShare = (double)outside / q.Length,
        };
    }

    private static DriftFeature Judge(DriftFeature feature, double adjusted, DriftPolicy policy)
    {
        var over = string.Join(", ", Over(feature, policy));
        var significant = adjusted <= policy.Significance;
        return feature with
        {
            AdjustedPValue = adjusted,
            Drifted = over.Length > 0 && significant,
            Reason = over.Length > 0 && !significant ? $"{over}; not significant" : over,
        };
    }

    private static IEnumerable<string> Over(DriftFeature feature, DriftPolicy policy)
    {
        (string Name, double? Value, double? Limit)[] effects =
        [
            ("PSI", feature.Psi, policy.Psi),
            ("Wasserstein", feature.Wasserstein, policy.Wasserstein),
            ("Jensen–Shannon", feature.JensenShannon, policy.JensenShannon),
        ];
        return effects
            .Where(effect => effect.Value > effect.Limit)
            .Select(effect =>
                string.Create(CultureInfo.InvariantCulture, $"{effect.Name} over {effect.Limit:0.####}")
            );
    }

    private static string? TooFew(DriftFeature feature, DriftPolicy policy)
    {
        var (count, where) =
            feature.CurrentCount < policy.MinimumValues
                ? (feature.CurrentCount, "the window")
                : (feature.ReferenceCount, "the reference");
        return count < policy.MinimumValues
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{count} values in {where}, of at least {policy.MinimumValues}"
            )
            : null;
    }

    private static DriftFeature NotJudged(DriftFeature feature, string reason) =>
        feature with
        {
            Judged = false,
            Reason = reason,
        };

    private static double? Ratio(double value, double deviation)
    {
        // A reference of one value has no unit to measure by, unless nothing changed.
        var ratio = value == 0 ? 0 : value / deviation;
        return double.IsFinite(ratio) ? ratio : null;
    }

    private static double Share(long missing, long count) =>
        missing == 0 ? 0 : (double)missing / (missing + count);
}

/// <summary>The values of one feature in one span.</summary>
/// <param name="Sorted">The finite values, ascending.</param>
/// <param name="Missing">How many values are missing or not finite.</param>
internal sealed record NumericSample(double[] Sorted, long Missing)
{
    /// <summary>The share of missing values, 0 when there are none at all.</summary>
    public double MissingShare => Missing == 0 ? 0 : (double)Missing / (Missing + Sorted.Length);

    /// <summary>Sorts the values and counts what is missing.</summary>
    public static NumericSample Of(IReadOnlyCollection<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var sorted = DriftStatistics.Sorted(values);
        return new(sorted, values.Count - sorted.Length);
    }
}
