using AlphaFactory.Core.Drift;
using CsCheck;

namespace AlphaFactory.Core.Tests.Drift;

public sealed class DriftDetectorTests
{
    private static readonly double[] Ramp = [.. Enumerable.Range(0, 100).Select(i => i / 100.0)];

    [Fact]
    public void A_large_significant_change_drifts_and_says_which_limits_it_is_over()
    {
        var feature = Decide(DriftDetector.CompareNumbers("x", Ramp, Shift(Ramp, 0.5), DriftPolicy.Default));

        Assert.True(feature.Drifted);
        Assert.Equal("PSI over 0.2, Wasserstein over 0.1, Jensen–Shannon over 0.1", feature.Reason);
    }

    [Fact]
    public void A_change_that_chance_would_make_does_not_drift_however_large()
    {
        // Thirty of a hundred values: the index of so few is large, and the test says that it means nothing.
        double[] few = [.. Enumerable.Range(0, 30).Select(i => (i * 37 % 100 / 100.0) + (i % 3 * 0.02))];

        var feature = Decide(DriftDetector.CompareNumbers("x", Ramp, few, DriftPolicy.Default));

        Assert.True(feature.Psi > 0.2 || feature.JensenShannon > 0.1);
        Assert.True(feature.AdjustedPValue > 0.05);
        Assert.False(feature.Drifted);
        Assert.EndsWith("; not significant", feature.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_significant_change_within_the_limits_does_not_drift()
    {
        double[] many = [.. Enumerable.Range(0, 20_000).Select(i => i / 20_000.0)];

        var feature = Decide(DriftDetector.CompareNumbers("x", many, Shift(many, 0.02), DriftPolicy.Default));

        Assert.True(feature.AdjustedPValue < 0.05);
        Assert.False(feature.Drifted);
        Assert.Empty(feature.Reason);
    }

    [Fact]
    public void Only_the_effects_that_the_policy_limits_count()
    {
        var change = DriftDetector.CompareNumbers("x", Ramp, Shift(Ramp, 0.12), DriftPolicy.Default);
        var policy = DriftPolicy.Default with { Wasserstein = null, JensenShannon = null, Psi = 100 };

        Assert.True(DriftDetector.Decide([change], DriftPolicy.Default with { Significance = 1 })[0].Drifted);
        Assert.False(DriftDetector.Decide([change], policy with { Significance = 1 })[0].Drifted);
    }

    [Theory]
    [InlineData(100, 29, "29 values in the window, of at least 30")]
    [InlineData(29, 100, "29 values in the reference, of at least 30")]
    [InlineData(100, 0, "0 values in the window, of at least 30")]
    [InlineData(0, 0, "0 values in the window, of at least 30")]
    public void Too_few_values_are_not_judged_and_say_so(int reference, int current, string reason)
    {
        var feature = Decide(
            DriftDetector.CompareNumbers(
                "x",
                new double[reference],
                [.. new double[current], double.NaN],
                DriftPolicy.Default
            )
        );

        Assert.False(feature.Judged);
        Assert.False(feature.Drifted);
        Assert.Equal(reason, feature.Reason);
        Assert.Null(feature.Psi);
        Assert.Equal(1, feature.CurrentMissing);
        Assert.Equal(1.0 / (current + 1), feature.MissingShift, 1e-15);
    }

    [Fact]
    public void Infinities_count_as_missing()
    {
        var feature = DriftDetector.CompareNumbers(
            "x",
            Ramp,
            [.. Ramp, double.PositiveInfinity, double.NegativeInfinity],
            DriftPolicy.Default
        );

        Assert.Equal(2, feature.CurrentMissing);
        Assert.Equal(0, feature.Wasserstein);
    }

    [Fact]
    public void A_constant_that_changes_drifts()
    {
        double[] before = [.. Enumerable.Repeat(1.0, 50)];

        var up = Decide(DriftDetector.CompareNumbers("x", before, Shift(before, 1), DriftPolicy.Default));
        var down = Decide(DriftDetector.CompareNumbers("x", before, Shift(before, -1), DriftPolicy.Default));

        Assert.True(up.Drifted);
        Assert.True(down.Drifted);
        Assert.Null(up.Wasserstein);
    }

    [Fact]
    public void The_order_of_values_does_not_matter() =>
        Gen.Select(Gen.Double[-5, 5].Array[30, 60], Gen.Double[-5, 5].Array[30, 60])
            .SelectMany(pair =>
                Gen.Select(Gen.Shuffle(pair.Item1), Gen.Shuffle(pair.Item2))
                    .Select(shuffled => (pair.Item1, pair.Item2, shuffled.Item1, shuffled.Item2))
            )
            .Sample(
                (reference, current, reference2, current2) =>
                    Assert.Equal(
                        DriftDetector.CompareNumbers("x", reference, current, DriftPolicy.Default),
                        DriftDetector.CompareNumbers("x", reference2, current2, DriftPolicy.Default)
                    )
            );

    [Fact]
    public void A_column_of_identifiers_is_not_judged()
    {
        var ids = Enumerable.Range(0, 300).ToDictionary(i => $"id{i}", _ => 1L, StringComparer.Ordinal);

        var feature = DriftDetector.CompareCategories("id", ids, ids, 0, 0, DriftPolicy.Default);

        Assert.False(feature.Judged);
        Assert.Contains("identifier", feature.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, 10, true)]
    [InlineData(2, 10, false)]
    [InlineData(1, 3, true)]
    [InlineData(0, 1, false)]
    [InlineData(0, 0, false)]
    public void A_set_drifts_from_three_in_ten_judged_features_on(int drifted, int judged, bool expected)
    {
        DriftFeature[] features =
        [
            .. Enumerable.Range(0, judged).Select(i => Feature(judged: true, drifted: i < drifted)),
            Feature(judged: false, drifted: false),
        ];

        Assert.Equal(expected, DriftDetector.SetDrifts(features, DriftPolicy.Default));
    }

    private static DriftFeature Decide(DriftFeature feature) =>
        DriftDetector.Decide([feature], DriftPolicy.Default)[0];

    private static double[] Shift(double[] values, double by) => [.. values.Select(value => value + by)];

    private static DriftFeature Feature(bool judged, bool drifted) =>
        new()
        {
            Feature = "x",
            Kind = FeatureKind.Numeric,
            Judged = judged,
            Drifted = drifted,
            MissingShift = 0,
            ReferenceCount = 0,
            CurrentCount = 0,
            ReferenceMissing = 0,
            CurrentMissing = 0,
        };
}
