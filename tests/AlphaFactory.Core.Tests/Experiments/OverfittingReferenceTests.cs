using System.Text.Json;
using AlphaFactory.Core.Experiments;

namespace AlphaFactory.Core.Tests.Experiments;

/// <summary>
/// Overfitting statistics against tests/reference/overfitting.json, which tests/reference/overfitting.py computed
/// with scipy, and against the numbers that the papers work out.
/// </summary>
public sealed class OverfittingReferenceTests
{
    private const double Tolerance = 1e-10;

    private static readonly JsonElement Reference = JsonDocument
        .Parse(File.ReadAllText(Repository.File("tests", "reference", "overfitting.json")))
        .RootElement;

    [Fact]
    public void Deflated_sharpe_ratios_are_those_of_an_independent_calculation()
    {
        foreach (var row in Reference.GetProperty("deflated").EnumerateArray())
        {
            double[] values = [.. row.EnumerateArray().Select(value => value.GetDouble())];
            var (sharpe, skew, kurtosis, observations) = (values[0], values[1], values[2], values[3]);
            var benchmark = OverfittingStatistics.ExpectedMaximumSharpe((long)values[4], values[5]);
            Assert.Equal(values[6], benchmark, Tolerance);
            Assert.Equal(
                values[7],
                OverfittingStatistics.ProbabilisticSharpe(sharpe, 0, skew, kurtosis, observations),
                Tolerance
            );
            Assert.Equal(
                values[8],
                OverfittingStatistics.DeflatedSharpe(
                    Metrics(skew, kurtosis, observations),
                    sharpe,
                    new TrialStatistics((long)values[4], (long)values[4], 0, values[5])
                ),
                Tolerance
            );
        }
    }

    /// <summary>
    /// "The deflated Sharpe ratio": 1,250 days at an annual ratio of 2.5 (250 days a year), a variance of the
    /// trials of ½ a year, skew −3 and kurtosis 10. After 100 trials it is no discovery, after 46 it is; with normal
    /// returns it would be after 88.
    /// </summary>
    [Theory]
    [InlineData(100, -3, 10, 0.9004)]
    [InlineData(46, -3, 10, 0.9505)]
    [InlineData(88, 0, 3, 0.9505)]
    public void The_worked_example_of_the_deflated_ratio_comes_out(
        long trials,
        double skew,
        double kurtosis,
        double expected
    ) =>
        Assert.Equal(
            expected,
            OverfittingStatistics.DeflatedSharpe(
                Metrics(skew, kurtosis, 1250),
                2.5 / Math.Sqrt(250),
                new TrialStatistics(trials, trials, 0, 0.5 / 250)
            ),
            5e-5
        );

    [Fact]
    public void The_worked_example_of_the_expected_maximum_comes_out() =>
        Assert.Equal(0.1132, OverfittingStatistics.ExpectedMaximumSharpe(100, 0.5 / 250), 5e-5);

    /// <summary>"The Sharpe ratio efficient frontier": 24 months at a ratio of 0.458 a month.</summary>
    [Theory]
    [InlineData(0, 3, 0.982)]
    [InlineData(-2.448, 10.164, 0.913)]
    public void The_worked_example_of_the_probabilistic_ratio_comes_out(
        double skew,
        double kurtosis,
        double expected
    ) =>
        Assert.Equal(expected, OverfittingStatistics.ProbabilisticSharpe(0.458, 0, skew, kurtosis, 24), 5e-4);

    [Fact]
    public void One_trial_was_not_chosen_and_none_says_nothing()
    {
        Assert.Equal(0, OverfittingStatistics.ExpectedMaximumSharpe(1, double.NaN));
        Assert.True(double.IsNaN(OverfittingStatistics.ExpectedMaximumSharpe(0, 1)));
        Assert.True(double.IsNaN(OverfittingStatistics.ExpectedMaximumSharpe(2, double.NaN)));
        Assert.True(
            double.IsNaN(
                OverfittingStatistics.DeflatedSharpe(MetricValues.None, 1, new TrialStatistics(5, 5, 0, 0.1))
            )
        );
    }

    [Theory]
    [InlineData("noise")]
    [InlineData("skill")]
    [InlineData("some")]
    public void Cross_validation_is_that_of_an_independent_calculation(string name)
    {
        var expected = Reference
            .GetProperty("overfitting")
            .EnumerateArray()
            .Single(item => item.GetProperty("name").GetString() == name);
        double[][] returns = [.. expected.GetProperty("returns").EnumerateArray().Select(Numbers)];
        var result = Compare(returns);

        Assert.Equal(expected.GetProperty("pbo").GetDouble(), result.Pbo, Tolerance);
        Assert.Equal(12_870, result.Splits);
        Assert.Equal(returns[0].Length, result.BlockLength * result.Blocks + result.Dropped);
        Assert.Equal(expected.GetProperty("mean").GetDouble(), result.LogitMean, Tolerance);
        Assert.Equal(expected.GetProperty("deviation").GetDouble(), result.LogitDeviation, Tolerance);
        double[] percentiles =
        [
            result.LogitMinimum,
            result.LogitLowerQuartile,
            result.LogitMedian,
            result.LogitUpperQuartile,
            result.LogitMaximum,
        ];
        Assert.All(
            Numbers(expected.GetProperty("percentiles")).Zip(percentiles),
            pair => Assert.Equal(pair.First, pair.Second, Tolerance)
        );
    }

    [Fact]
    public void Runs_that_are_all_the_same_have_no_skill_to_choose()
    {
        double[] returns = [.. Enumerable.Range(0, 64).Select(i => Math.Sin(i) / 100)];
        Assert.Equal(
            (1.0, 0.0),
            (Compare([returns, returns, returns]).Pbo, Compare([returns, returns]).LogitMean)
        );
    }

    [Fact]
    public void Runs_that_never_trade_have_no_ratio_that_is_not_a_number()
    {
        double[] gains = [.. Enumerable.Range(0, 32).Select(i => i % 2 == 0 ? 0.01 : 0.02)];
        var result = Compare([new double[32], gains, [.. gains.Select(_ => 0.01)]]);
        // The one that gains is best of the three in every half: ω = 3/4.
        Assert.Equal((0.0, Math.Log(3)), (result.Pbo, result.LogitMinimum));
    }

    private static BacktestOverfittingResult Compare(double[][] returns)
    {
        var comparison = new BacktestOverfitting(returns.Length, returns[0].Length);
        for (var run = 0; run < returns.Length; run++)
        {
            comparison.Add(run, returns[run]);
        }

        return comparison.Measure("id", threads: 2, TestContext.Current.CancellationToken);
    }

    private static double[] Numbers(JsonElement array) =>
        [.. array.EnumerateArray().Select(value => value.GetDouble())];

    private static MetricValues Metrics(double skew, double kurtosis, double observations) =>
        new([
            KeyValuePair.Create("skew", skew),
            KeyValuePair.Create("kurtosis", kurtosis - 3),
            KeyValuePair.Create("observations", observations),
        ]);
}
