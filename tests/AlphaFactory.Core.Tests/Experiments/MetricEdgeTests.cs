using System.Globalization;
using System.Text.Json;
using AlphaFactory.Core.Experiments;

namespace AlphaFactory.Core.Tests.Experiments;

/// <summary>
/// Samples that are hard to measure, against tests/reference/edges.json, which tests/reference/edges.py computed with
/// numpy and scipy: zero, constant, tied, few and lost returns; signals with ties, gaps and zeros; benchmarks that do not
/// move.
/// </summary>
public sealed class MetricEdgeTests
{
    private const double Year = 252;
    private const double Tolerance = 1e-10;

    private static readonly JsonElement Reference = JsonDocument
        .Parse(File.ReadAllText(Repository.File("tests", "reference", "edges.json")))
        .RootElement;

    public static TheoryData<string> Samples => Names("samples");

    public static TheoryData<string> Benchmarks => Names("benchmarks");

    public static TheoryData<int> Panels =>
        [.. Enumerable.Range(0, Reference.GetProperty("panels").GetArrayLength())];

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_sample_has_the_metrics_of_an_independent_calculation(string name)
    {
        var row = Row("samples", name);
        var result = new BacktestResult(Numbers(row, "returns"), Numbers(row, "turnovers"));

        var metrics = PerformanceMetrics.Compute(result, Year);

        Assert.Equal(
            row.GetProperty("metrics").EnumerateObject().Select(metric => metric.Name),
            metrics.Keys
        );
        foreach (var metric in row.GetProperty("metrics").EnumerateObject())
        {
            Same(Number(metric.Value), metrics[metric.Name], $"{name}: {metric.Name}");
        }
    }

    [Theory]
    [MemberData(nameof(Panels))]
    public void Signals_are_correlated_as_scipy_does(int place)
    {
        var row = Reference.GetProperty("panels")[place];
        var (prices, signals) = (Table(row, "prices"), Table(row, "signals"));
        var lines = new List<string> { "date,entity,close,s" };
        for (var bar = 0; bar < prices.Length; bar++)
        {
            for (var entity = 0; entity < prices[bar].Length; entity++)
            {
                lines.Add(
                    $"{Lab.Day(bar):yyyy-MM-dd},{(char)('a' + entity)},{Cell(prices[bar][entity])},{Cell(signals[bar][entity])}"
                );
            }
        }

        using var lab = new Lab();
        lab.Import("panel", lab.Write("panel.csv", string.Join('\n', lines) + "\n"), "entity");
        var run = Assert.Single(
            lab.Run(
                Lab.Crossover("panel") with
                {
                    Expression = "s",
                    Grid = ParameterGrid.One,
                    Lag = row.GetProperty("lag").GetInt32(),
                    Metrics = ["ic_mean", "ic_ir"],
                }
            )
        );

        foreach (var metric in new[] { "ic_mean", "ic_ir" })
        {
            Same(Number(row.GetProperty(metric)), run.Metrics[metric], metric);
        }
    }

    [Theory]
    [MemberData(nameof(Benchmarks))]
    public void A_benchmark_that_does_not_move_has_no_beta(string name)
    {
        var row = Row("benchmarks", name);
        using var lab = new Lab();
        lab.ImportSeries("prices", Numbers(row, "prices"), Numbers(row, "benchmark"));

        var run = Assert.Single(
            lab.Run(
                Lab.Crossover() with
                {
                    Expression = "close",
                    Grid = ParameterGrid.One,
                    Entities = ["a"],
                    Benchmark = "b",
                    CostBps = 0,
                }
            )
        );

        foreach (var metric in new[] { "beta", "alpha", "tracking_error", "information_ratio" })
        {
            Same(Number(row.GetProperty(metric)), run.Metrics[metric], $"{name}: {metric}");
        }
    }

    private static void Same(double expected, double actual, string what) =>
        Assert.True(
            expected.Equals(actual)
                || Math.Abs(actual - expected) <= Tolerance * Math.Max(1, Math.Abs(expected)),
            string.Create(CultureInfo.InvariantCulture, $"{what} is {actual:R}, not {expected:R}.")
        );

    private static TheoryData<string> Names(string table) =>
        [
            .. Reference
                .GetProperty(table)
                .EnumerateArray()
                .Select(row => row.GetProperty("name").GetString()!),
        ];

    private static JsonElement Row(string table, string name) =>
        Reference
            .GetProperty(table)
            .EnumerateArray()
            .First(row => row.GetProperty("name").GetString() == name);

    private static double[][] Table(JsonElement row, string name) =>
        [
            .. row.GetProperty(name)
                .EnumerateArray()
                .Select(line => line.EnumerateArray().Select(Number).ToArray()),
        ];

    private static double[] Numbers(JsonElement row, string name) =>
        [.. row.GetProperty(name).EnumerateArray().Select(Number)];

    private static double Number(JsonElement value) =>
        value.ValueKind == JsonValueKind.Null ? double.NaN : value.GetDouble();

    private static string Cell(double value) =>
        double.IsNaN(value) ? "" : value.ToString("R", CultureInfo.InvariantCulture);
}
