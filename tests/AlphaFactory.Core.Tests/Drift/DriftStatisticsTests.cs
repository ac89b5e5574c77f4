using AlphaFactory.Core.Drift;
using CsCheck;

namespace AlphaFactory.Core.Tests.Drift;

public sealed class DriftStatisticsTests
{
    // Few distinct values among many, so that ties, constants and merged edges come up.
    private static readonly Gen<double[]> Sample = Gen.OneOf(
        Gen.Double[-1e3, 1e3],
        Gen.Int[-3, 3].Select(value => (double)value),
        Gen.Double[-1, 1].Select(value => value * value * value)
    ).Array[1, 60];

    [Fact]
    public void The_stability_index_of_a_worked_example_is_right()
    {
        // Half of the reference is in each bin, and a fifth and four fifths of the window:
        // (0.2 − 0.5)·ln(0.2/0.5) + (0.8 − 0.5)·ln(0.8/0.5) = 0.3·ln 4.
        Assert.Equal(0.3 * Math.Log(4), DriftStatistics.PsiOfShares([0.5, 0.5], [0.2, 0.8]), 1e-15);
    }

    [Fact]
    public void An_empty_bin_counts_as_one_in_ten_thousand()
    {
        var expected = ((0.5 - 1e-4) * Math.Log(0.5 / 1e-4)) + ((0.5 - 1) * Math.Log(0.5));

        Assert.Equal(expected, DriftStatistics.PsiOfShares([0, 1], [0.5, 0.5]), 1e-15);
    }

    [Fact]
    public void Edges_are_deciles_by_linear_interpolation()
    {
        Assert.Equal([1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5], DriftStatistics.DecileEdges([1, 2, 3, 4, 5, 6]));
    }

    [Fact]
    public void Equal_edges_are_merged_and_bins_are_closed_on_the_left()
    {
        double[] reference = [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2];

        Assert.Equal([1, 2], DriftStatistics.DecileEdges(reference));
        Assert.Equal([0.25, 0.25, 0.5], DriftStatistics.Shares([0, 1, 2, 3], [1, 2]));
    }

    [Fact]
    public void Adjusted_p_values_reject_what_Benjamini_and_Hochberg_did()
    {
        // The example of section 3.2 of their paper (1995): at 5% the first four hypotheses are rejected.
        double[] values =
        [
            0.0001,
            0.0004,
            0.0019,
            0.0095,
            0.0201,
            0.0278,
            0.0298,
            0.0344,
            0.0459,
            0.3240,
            0.4262,
            0.5719,
            0.6528,
            0.7590,
            1.0000,
        ];
        double[] shuffled = [.. values.Reverse()];

        Assert.Equal(4, DriftStatistics.BenjaminiHochberg(values).Count(value => value <= 0.05));
        Assert.Equal(
            DriftStatistics.BenjaminiHochberg(values),
            DriftStatistics.BenjaminiHochberg(shuffled).Reverse()
        );
        // The fourth is 0.0095 · 15/4.
        Assert.Equal(0.035625, DriftStatistics.BenjaminiHochberg(values)[3], 1e-12);
        Assert.Empty(DriftStatistics.BenjaminiHochberg([]));
    }

    [Fact]
    public void A_sample_does_not_differ_from_itself() =>
        Sample.Sample(values =>
        {
            var sorted = DriftStatistics.Sorted(values);

            Assert.Equal(0, DriftStatistics.Psi(sorted, sorted));
            Assert.Equal(0, DriftStatistics.KolmogorovSmirnov(sorted, sorted).Statistic);
            Assert.Equal(1, DriftStatistics.KolmogorovSmirnov(sorted, sorted).PValue);
            Assert.Equal(0, DriftStatistics.Wasserstein(sorted, sorted));
            Assert.Equal(0, DriftStatistics.JensenShannon(sorted, sorted));
        });

    [Fact]
    public void Distances_are_in_their_ranges_and_symmetric_where_they_are() =>
        Gen.Select(Sample, Sample)
            .Sample(
                (first, second) =>
                {
                    var (p, q) = (DriftStatistics.Sorted(first), DriftStatistics.Sorted(second));
                    var test = DriftStatistics.KolmogorovSmirnov(p, q);

                    Assert.True(DriftStatistics.Psi(p, q) >= 0);
                    Assert.InRange(test.Statistic, 0, 1);
                    Assert.InRange(test.PValue, 0, 1);
                    Assert.InRange(DriftStatistics.JensenShannon(p, q), 0, 1);
                    Assert.True(DriftStatistics.Wasserstein(p, q) >= 0);
                    Assert.Equal(test, DriftStatistics.KolmogorovSmirnov(q, p));
                    Assert.Equal(DriftStatistics.Wasserstein(p, q), DriftStatistics.Wasserstein(q, p), 1e-9);
                    // No two distribution functions are nearer than their means.
                    Assert.True(
                        DriftStatistics.Wasserstein(p, q) >= Math.Abs(p.Average() - q.Average()) - 1e-9
                    );
                }
            );

    [Fact]
    public void The_distance_of_a_shift_is_the_shift() =>
        Gen.Select(Sample, Gen.Int[-1000, 1000])
            .Sample(
                (values, shift) =>
                {
                    var sorted = DriftStatistics.Sorted(values);
                    double[] moved = [.. sorted.Select(value => value + shift)];

                    Assert.Equal(Math.Abs(shift), DriftStatistics.Wasserstein(sorted, moved), 1e-6);
                }
            );

    [Fact]
    public void Shares_are_those_of_counting_one_by_one() =>
        Gen.Select(Sample, Sample)
            .Sample(
                (values, marks) =>
                {
                    var sorted = DriftStatistics.Sorted(values);
                    double[] edges = [.. marks.Distinct().Order()];
                    var counted = new double[edges.Length + 1];
                    foreach (var value in values)
                    {
                        counted[edges.Count(edge => edge <= value)] += 1;
                    }

                    Assert.Equal(
                        counted.Select(count => count / values.Length),
                        DriftStatistics.Shares(sorted, edges)
                    );
                }
            );

    [Fact]
    public void The_statistic_is_the_largest_distance_at_any_value() =>
        Gen.Select(Sample, Sample)
            .Sample(
                (first, second) =>
                {
                    var largest = first
                        .Concat(second)
                        .Max(at =>
                            Math.Abs(
                                ((double)first.Count(value => value <= at) / first.Length)
                                    - ((double)second.Count(value => value <= at) / second.Length)
                            )
                        );

                    var test = DriftStatistics.KolmogorovSmirnov(
                        DriftStatistics.Sorted(first),
                        DriftStatistics.Sorted(second)
                    );

                    Assert.Equal(largest, test.Statistic, 1e-12);
                }
            );
}
