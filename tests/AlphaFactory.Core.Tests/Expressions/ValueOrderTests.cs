using AlphaFactory.Core.Expressions;
using CsCheck;

namespace AlphaFactory.Core.Tests.Expressions;

/// <summary>Samples of every kind are sorted and ranked as by comparing each value with all others.</summary>
public sealed class ValueOrderTests
{
    // As few as are inserted, and as many as take digits of either length.
    private static readonly Gen<int> Count = Gen.Frequency(
        (2, Gen.Int[1, 60]),
        (2, Gen.Int[61, 400]),
        (1, Gen.Int[1020, 1100])
    );

    private static readonly Gen<double>[] Kinds =
    [
        Gen.Double[-1, 1],
        Gen.Int[-3, 3].Select(whole => whole / 2d),
        Gen.Const(0.1),
        // One far away from the others, which are all in one slot then.
        Gen.Frequency((50, Gen.Double[1, 1.0001]), (1, Gen.Double[1e9, 1e300])),
        Gen.Double[-300, 300].Select(power => Math.Pow(10, power)),
        // Differences of prices: many are equal but for rounding, and in one slot.
        Gen.Select(Gen.Int[0, 25], Gen.Int[0, 25], (i, j) => (i * 0.01) - (j * 0.01)),
        // A difference of these is infinite.
        Gen.OneOf(-double.MaxValue, double.MaxValue, 0, -0.0, double.Epsilon),
    ];

    private static readonly Gen<double[]> Samples =
        from kind in Gen.Int[0, Kinds.Length - 1]
        from count in Count
        from sample in Kinds[kind].Array[count]
        select sample;

    [Fact]
    public void Values_come_in_order()
    {
        using var order = new ValueOrder(1100);
        Samples.Sample(
            sample =>
            {
                double[] sorted = [.. order.Sort(sample).ToArray().Select(place => sample[place])];
                Assert.Equal(sample.Order(), sorted);
                Assert.Equal(Enumerable.Range(0, sample.Length), order.Sort(sample).ToArray().Order());
            },
            iter: 200,
            threads: 1
        );
    }

    [Fact]
    public void A_rank_is_the_share_below_and_half_of_the_ties()
    {
        using var order = new ValueOrder(1100);
        Samples.Sample(
            sample =>
            {
                double[] expected =
                [
                    .. sample.Select(value =>
                        (
                            sample.Count(other => other < value)
                            + ((sample.Count(other => other == value) + 1) / 2d)
                        ) / sample.Length
                    ),
                ];
                var ranks = (double[])sample.Clone();
                order.Rank(ranks);
                Assert.Equal(expected, ranks);
            },
            iter: 200,
            threads: 1
        );
    }
}
