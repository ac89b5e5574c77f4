using System.Globalization;
using AlphaFactory.Core.Experiments;

namespace AlphaFactory.Core.Tests.Experiments;

/// <summary>
/// Information coefficients, comparison with a benchmark, splits, walk-forwards and stops against
/// tests/reference/evaluation.csv, which tests/reference/evaluation.py computed with numpy, pandas and scipy.
/// </summary>
public sealed class EvaluationReferenceTests : IDisposable
{
    private const double Tolerance = 1e-9;

    private static readonly ILookup<string, (string Metric, string Value)> Table = File.ReadLines(
            Repository.File("tests", "reference", "evaluation.csv")
        )
        .Skip(1)
        .Select(line => line.Split(','))
        .ToLookup(row => row[0], row => (row[1], row[2]));

    private readonly Lab _lab = new();
    private readonly HashSet<string> _imported = [];

    public void Dispose() => _lab.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Signals_and_benchmarks_of_currencies_are_measured_as_scipy_does(int lag) =>
        Holds(
            FormattableString.Invariant($"fx-momentum lag {lag}"),
            Momentum() with
            {
                Position = PositionRule.Proportional,
                Lag = lag,
                Benchmark = "EURUSD",
                Metrics = ["ic_mean", "ic_ir", "max_weight"],
            }
        );

    [Fact]
    public void A_benchmark_may_be_an_entity_that_is_not_traded() =>
        Holds(
            "fx-others",
            Momentum() with
            {
                Entities = ["EURGBP", "GBPUSD", "NZDUSD"],
                Benchmark = "EURUSD",
                Metrics = ["ic_ir", "ic_mean"],
            }
        );

    [Fact]
    public void A_benchmark_may_be_a_set_of_one_series_with_other_bars()
    {
        _lab.Import("shares", Repository.Sp500, null);
        Holds("fx-shares", Momentum() with { Benchmark = "shares" });
    }

    [Fact]
    public void Signals_with_gaps_are_measured_where_both_sides_are_there() =>
        Holds(
            "gaps-crossover",
            Crossover("gaps", 10, 30) with
            {
                Metrics = ["ic_mean", "ic_ir", "max_weight"],
            }
        );

    [Theory]
    [InlineData(1, 0.01)]
    [InlineData(0, 0.0)]
    [InlineData(5, 0.03)]
    public void A_split_leaves_out_purge_and_embargo(int purge, double embargo) =>
        Holds(
            string.Create(CultureInfo.InvariantCulture, $"split {purge} {embargo:0.0#}"),
            Crossover("sp500", 10, 50) with
            {
                Split = new DateTime(2009, 7, 1, 0, 0, 0, DateTimeKind.Utc),
                Purge = purge,
                Embargo = embargo,
            }
        );

    [Theory]
    [InlineData("sp500", 504, 126, false, 1, 1, 0.01)]
    [InlineData("sp500", 504, 126, true, 1, 1, 0.01)]
    [InlineData("sp500", 250, 63, false, 3, 0, 0.0)]
    [InlineData("fx", 1000, 250, false, 2, 2, 0.01)]
    [InlineData("gaps", 700, 100, true, 1, 10, 0.005)]
    public void A_walk_forward_chooses_in_training_and_earns_in_testing(
        string set,
        int train,
        int test,
        bool anchored,
        int lag,
        int purge,
        double embargo
    ) =>
        Holds(
            string.Create(
                CultureInfo.InvariantCulture,
                $"walk {set} {train} {test} {anchored} {lag} {purge} {embargo:0.0##}"
            ),
            Crossover(set, 0, 0) with
            {
                Parameters = ParameterValues.None,
                Grid = ParameterGrid.Product([
                    KeyValuePair.Create<string, IReadOnlyList<object?>>("fast", [3, 5, 10, 20]),
                    KeyValuePair.Create<string, IReadOnlyList<object?>>("slow", [30, 50, 100]),
                ]),
                WalkForward = new WalkForward(train, test, anchored),
                Lag = lag,
                Purge = purge,
                Embargo = embargo,
            }
        );

    [Theory]
    [InlineData("default")]
    [InlineData("strict")]
    [InlineData("permissive")]
    public void A_run_ends_with_the_bar_that_breaks_a_stop(string policy)
    {
        foreach (var (fast, slow) in new[] { (3, 30), (3, 50), (3, 100), (5, 30), (5, 50), (5, 100) })
        {
            var name = FormattableString.Invariant($"stop {policy} {fast} {slow}");
            var codes = Table[name].Single(row => row.Metric == "codes").Value;
            var run = Holds(name, Crossover("sp500", fast, slow) with { RiskPolicy = policy });
            Assert.Equal(
                codes,
                string.Join(';', run.Codes.Where(code => code.StartsWith("STOP_", StringComparison.Ordinal)))
            );
            Assert.Equal(codes.Length > 0 ? RunStatus.Stopped : RunStatus.Completed, run.Status);
        }
    }

    private ExperimentRun Holds(string name, ExperimentSpec spec)
    {
        if (_imported.Add(spec.FeatureSet))
        {
            BacktestReferenceTests.Import(_lab, spec.FeatureSet);
        }

        var run = Assert.Single(_lab.Run(spec));
        Assert.NotEmpty(Table[name]);
        foreach (var (metric, value) in Table[name].Where(row => row.Metric != "codes"))
        {
            var expected = double.Parse(value, CultureInfo.InvariantCulture);
            var actual = run.Metrics[metric];
            Assert.True(
                Math.Abs(actual - expected) <= Tolerance * Math.Max(1, Math.Abs(expected)),
                $"{name}: {metric} is {actual:R}, not {expected:R}."
            );
        }

        Assert.Equal(PerformanceMetrics.NamesFor(spec), run.Metrics.Keys);
        return run;
    }

    private static ExperimentSpec Crossover(string set, int fast, int slow) =>
        Lab.Crossover(set) with
        {
            Grid = ParameterGrid.One,
            Parameters = Lab.Set(("fast", fast), ("slow", slow)),
        };

    private static ExperimentSpec Momentum() =>
        new()
        {
            Name = "momentum",
            FeatureSet = "fx",
            Expression = "delta(close, 5)",
        };
}
