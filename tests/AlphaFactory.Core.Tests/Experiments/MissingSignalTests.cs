using AlphaFactory.Core.Experiments;

namespace AlphaFactory.Core.Tests.Experiments;

public sealed class MissingSignalTests : IDisposable
{
    private readonly Lab _lab = new();

    public MissingSignalTests() => _lab.ImportSeries("prices", Lab.Walk(300, 1), Lab.Walk(300, 2));

    public void Dispose() => _lab.Dispose();

    [Theory]
    [InlineData(PositionRule.Sign)]
    [InlineData(PositionRule.Proportional)]
    [InlineData(PositionRule.Rank)]
    [InlineData(PositionRule.LongOnly)]
    public void A_division_by_zero_is_no_weight(PositionRule position)
    {
        var nothing = Assert.Single(
            _lab.Run(
                Lab.Crossover() with
                {
                    Expression = "close / (close - close)",
                    Grid = ParameterGrid.One,
                    Position = position,
                }
            )
        );
        Assert.Equal((0, 0), (nothing.Metrics["turnover"], nothing.Metrics["total_return"]));
        // Where one entity's is missing, the other's weight is finite and as if it were alone.
        var one = Assert.Single(
            _lab.Run(
                Lab.Crossover() with
                {
                    Expression = "rank(close) == 1 ? 1 / 0 : close",
                    Grid = ParameterGrid.One,
                    Position = position,
                    Metrics = ["max_weight"],
                }
            )
        );
        Assert.InRange(one.Metrics["max_weight"], 0, 1);
        Assert.True(double.IsFinite(one.Metrics["total_return"]));
    }
}
