using AlphaFactory.Core.Experiments;
using CsCheck;

namespace AlphaFactory.Core.Tests.Experiments;

public sealed class PositionSizerTests
{
    private const double Missing = double.NaN;

    [Theory]
    [InlineData(PositionRule.Sign, new[] { 3.0, -0.1, 0, Missing }, new[] { 0.25, -0.25, 0, 0 })]
    [InlineData(PositionRule.Proportional, new[] { 3.0, -1, Missing, 0 }, new[] { 0.75, -0.25, 0, 0 })]
    [InlineData(PositionRule.LongOnly, new[] { 3.0, -1, 1, Missing }, new[] { 0.75, 0, 0.25, 0 })]
    // Ranks 3, 1, 2 less their mean 2.
    [InlineData(PositionRule.Rank, new[] { 9.0, -5, 0, Missing }, new[] { 0.5, -0.5, 0, 0 })]
    // Ranks 1.5, 1.5, 3, 4 less 2.5: -1, -1, 0.5, 1.5.
    [InlineData(PositionRule.Rank, new[] { 1.0, 1, 2, 3 }, new[] { -0.25, -0.25, 0.125, 0.375 })]
    [InlineData(PositionRule.Rank, new[] { 7.0 }, new[] { 0.0 })]
    [InlineData(PositionRule.LongOnly, new[] { -1.0, 0 }, new[] { 0.0, 0 })]
    [InlineData(PositionRule.Proportional, new[] { Missing, 0 }, new[] { 0.0, 0 })]
    [InlineData(
        PositionRule.Proportional,
        new[] { 1e308, 1e308, -1e308 },
        new[] { 1 / 3.0, 1 / 3.0, -1 / 3.0 }
    )]
    [InlineData(PositionRule.Sign, new[] { double.PositiveInfinity, 1 }, new[] { 0, 0.5 })]
    public void Signals_become_weights(PositionRule rule, double[] signals, double[] expected)
    {
        var weights = new double[signals.Length];
        PositionSizer.Size(rule, 1, signals, weights);
        Assert.Equal(expected, weights, (a, b) => Math.Abs(a - b) < 1e-15);
    }

    [Fact]
    public void Leverage_is_capped_and_the_proportions_stay()
    {
        var weights = new double[4];
        PositionSizer.Size(PositionRule.Sign, 0.5, [1, 1, -1, 0], weights);
        Assert.Equal([0.5 / 3, 0.5 / 3, -0.5 / 3, 0], weights, (a, b) => Math.Abs(a - b) < 1e-15);
    }

    [Fact]
    public void Weights_are_finite_and_within_the_cap()
    {
        var signal = Gen.OneOf(Gen.Double, Gen.Double[-10, 10], Gen.Const(double.NaN), Gen.Const(0.0));
        Gen.Select(signal.Array[1, 12], Gen.Enum<PositionRule>(), Gen.Double[0.01, 3])
            .Sample(
                (signals, rule, cap) =>
                {
                    var weights = new double[signals.Length];
                    PositionSizer.Size(rule, cap, signals, weights);
                    Assert.All(weights, weight => Assert.True(double.IsFinite(weight)));
                    Assert.True(weights.Sum(Math.Abs) <= Math.Min(cap, 1) * (1 + 1e-9));
                    if (rule == PositionRule.Rank)
                    {
                        Assert.True(Math.Abs(weights.Sum()) < 1e-9);
                    }
                }
            );
    }
}
