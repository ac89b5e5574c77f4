using System.Text.Json;
using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Risk;

namespace AlphaFactory.Core.Tests.Experiments;

public sealed class ExperimentRunnerTests : IDisposable
{
    private readonly Lab _lab = new();

    public ExperimentRunnerTests() => _lab.ImportSeries("prices", Lab.Walk(300, 1), Lab.Walk(300, 2));

    public void Dispose() => _lab.Dispose();

    [Fact]
    public void A_grid_gives_the_same_bits_at_any_number_of_threads_and_as_each_run_alone()
    {
        var spec = Lab.Crossover();
        var one = _lab.Run(spec, threads: 1);
        Assert.Equal(
            Enumerable.Range(0, 6).Select(i => spec.Grid[i].ToString()),
            one.Select(run => run.Parameters.ToString())
        );
        foreach (var threads in new[] { 2, 8 })
        {
            Assert.Equal(one.Select(Bits), _lab.Run(spec, threads).Select(Bits));
        }

        Assert.Equal(
            one.Select(Bits),
            one.Select(run =>
                Bits(Assert.Single(_lab.Run(spec with { Grid = ParameterGrid.List([run.Parameters]) })))
            )
        );
    }

    [Fact]
    public void What_comes_after_the_end_of_the_window_changes_nothing()
    {
        var to = UtcDate.EndOfDay(Lab.Day(199));
        _lab.ImportSeries("short", [.. new[] { 1, 2 }.Select(seed => Lab.Walk(300, seed)[..200])]);
        var whole = _lab.Run(Lab.Crossover() with { To = to });
        Assert.Equal(Lab.Day(199), whole[0].To);
        Assert.Equal(whole.Select(Bits), _lab.Run(Lab.Crossover("short")).Select(Bits));
    }

    [Fact]
    public void Prices_in_another_unit_give_the_same_metrics()
    {
        _lab.ImportSeries(
            "pence",
            [.. new[] { 1, 2 }.Select(seed => Lab.Walk(300, seed).Select(price => price * 1000).ToArray())]
        );
        foreach (var (pounds, pence) in _lab.Run(Lab.Crossover()).Zip(_lab.Run(Lab.Crossover("pence"))))
        {
            Assert.All(pounds.Metrics, metric => Assert.Equal(metric.Value, pence.Metrics[metric.Key], 1e-9));
        }
    }

    [Fact]
    public void Bars_before_the_window_warm_the_signal_up()
    {
        var spec = Lab.Crossover() with { From = Lab.Day(200), Grid = ParameterGrid.One };
        var run = Assert.Single(_lab.Run(spec with { Parameters = Lab.Set(("fast", 2), ("slow", 150)) }));
        Assert.Equal(RunStatus.Completed, run.Status);
        Assert.Equal((Lab.Day(200), Lab.Day(299)), (run.From, run.To));
        Assert.Equal(99, run.Metrics["observations"]);
        // A signal that began at the window's start would still be missing half of it.
        Assert.True(run.Metrics["hit_rate"] > 0);
        Assert.Contains("DATA_SAMPLE_TOO_SHORT", run.Codes);
    }

    [Theory]
    [InlineData("sma(close, 300)", RunStatus.Completed)]
    [InlineData("sma(close, 301)", RunStatus.Rejected)]
    [InlineData("close - delay(close, 301)", RunStatus.Rejected)]
    [InlineData("close > 301 ? sma(close, 5) : close", RunStatus.Completed)]
    public void A_window_written_in_the_expression_is_no_longer_than_the_sample(
        string expression,
        RunStatus status
    )
    {
        var run = Assert.Single(
            _lab.Run(Lab.Crossover() with { Expression = expression, Grid = ParameterGrid.One })
        );

        Assert.Equal(status, run.Status);
        Assert.Equal(
            status == RunStatus.Rejected,
            run.Codes.Contains("PARAM_LOOKBACK_EXCEEDS_SAMPLE", StringComparer.Ordinal)
        );
    }

    [Fact]
    public void A_run_that_a_rule_denies_is_an_object_a_code_an_event_and_one_warning()
    {
        var grid = ParameterGrid.List([
            Lab.Set(("n", -1)),
            Lab.Set(("n", 5)),
            Lab.Set(("n", 0)),
            Lab.Set(("n", 301)),
        ]);
        var runs = _lab.Run(Lab.Crossover() with { Expression = "sma(close, $n)", Grid = grid });
        Assert.Equal(
            [RunStatus.Rejected, RunStatus.Completed, RunStatus.Rejected, RunStatus.Rejected],
            runs.Select(run => run.Status)
        );
        Assert.Empty(runs[0].Metrics);
        Assert.Equal(["PARAM_LOOKBACK_NONPOSITIVE"], runs[2].Codes);
        Assert.Equal(["PARAM_LOOKBACK_EXCEEDS_SAMPLE"], runs[3].Codes);
        Assert.Single(
            _lab.Warnings,
            text => text.Contains("PARAM_LOOKBACK_NONPOSITIVE", StringComparison.Ordinal)
        );
        Assert.Equal(
            [runs[0].RunId, runs[2].RunId, runs[3].RunId],
            new RiskEvents(_lab.Store)
                .List(new RiskEventQuery())
                .Select(risk => risk.Target)
                .Order(StringComparer.Ordinal)
        );
        Assert.Equal(1, _lab.Runs.Trials("crossover").Trials);
    }

    [Fact]
    public void A_rule_that_warns_lets_the_run_go_on()
    {
        var run = Assert.Single(
            _lab.Run(Lab.Crossover() with { Expression = "close", Grid = ParameterGrid.One, CostBps = 0 })
        );
        Assert.Equal(RunStatus.Completed, run.Status);
        Assert.Equal("PARAM_COST_ZERO", run.Codes.ToString());
        Assert.Single(_lab.Warnings);
    }

    [Fact]
    public void A_grid_too_large_is_rejected_as_one_run()
    {
        object?[] values = [.. Enumerable.Range(1, 1000).Select(i => (object?)i)];
        var grid = ParameterGrid.Product(
            new[] { "fast", "slow", "x" }.Select(name =>
                KeyValuePair.Create<string, IReadOnlyList<object?>>(name, values)
            )
        );
        var run = Assert.Single(
            _lab.Run(
                Lab.Crossover() with
                {
                    Expression = "sma(close, $fast) - sma(close, $slow) + $x",
                    Grid = grid,
                }
            )
        );
        Assert.Equal(RunStatus.Rejected, run.Status);
        Assert.Contains("PARAM_GRID_TOO_LARGE", run.Codes);
    }

    [Fact]
    public void Prices_that_are_not_positive_are_rejected()
    {
        _lab.ImportSeries("spread", [5, 1, -1, 2, 3, 4]);
        var run = Assert.Single(
            _lab.Run(Lab.Crossover("spread") with { Expression = "close", Grid = ParameterGrid.One })
        );
        Assert.Equal(RunStatus.Rejected, run.Status);
        Assert.Contains("DATA_PRICE_NONPOSITIVE", run.Codes);
    }

    [Fact]
    public void The_record_says_what_ran_on_what()
    {
        var set = new FeatureStore(_lab.Store).Find("prices");
        var runs = _lab.Run(Lab.Crossover() with { Seed = 42, Entities = ["b"] });
        var folder = Path.Combine(_lab.Store.ExperimentsFolder, runs[0].ExperimentId);
        Assert.Equal(
            ["runs.parquet", "spec.json"],
            Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        using var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "spec.json")));
        var root = record.RootElement;
        Assert.Equal(set.ContentHash, root.GetProperty("dataHash").GetString());
        Assert.Equal(runs[0].CodeHash, root.GetProperty("codeHash").GetString());
        Assert.Equal(1, root.GetProperty("spec").GetProperty("version").GetInt32());
        Assert.Equal(42, root.GetProperty("spec").GetProperty("seed").GetInt64());
        Assert.Equal("b", Assert.Single(root.GetProperty("entities").EnumerateArray()).GetString());
        Assert.Equal(3, root.GetProperty("spec").GetProperty("grid").GetProperty("fast").GetArrayLength());
        Assert.False(
            string.IsNullOrEmpty(root.GetProperty("environment").GetProperty("runtime").GetString())
        );
    }

    [Fact]
    public void The_spelling_of_an_expression_does_not_change_its_code_hash()
    {
        var typed = _lab.Run(Lab.Crossover())[0];
        var spaced = _lab.Run(
            Lab.Crossover() with
            {
                Expression = "ts_mean( close , $fast )-(sma(close,$slow))",
            }
        )[0];
        Assert.Equal(typed.CodeHash, spaced.CodeHash);
    }

    [Fact]
    public void A_caller_that_stops_early_leaves_whole_runs_that_count()
    {
        var runner = new ExperimentRunner(_lab.Store);
        var first = runner.Run(Lab.Crossover(), _lab.Context).First();
        var recorded = _lab.Find(new RunQuery());
        Assert.Equal(first.RunId, recorded[0].RunId);
        Assert.All(recorded, run => Assert.Equal(PerformanceMetrics.Names, run.Metrics.Keys));
        Assert.Equal(recorded.Count, _lab.Runs.Trials("crossover").Trials);
    }

    [Fact]
    public void A_cancelled_experiment_stops_and_leaves_no_part_of_a_run()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        var context = _lab.Context with { Cancellation = stop.Token };
        Assert.ThrowsAny<OperationCanceledException>(() =>
            new ExperimentRunner(_lab.Store).Run(Lab.Crossover(), context).ToList()
        );
        Assert.Empty(_lab.Find(new RunQuery()));
        Assert.False(Directory.Exists(_lab.Store.ExperimentsFolder));
    }

    [Fact]
    public void Wrong_specifications_say_what_is_wrong_and_record_nothing()
    {
        var spec = Lab.Crossover();
        Refused(ErrorId.FeatureSetNotFound, spec with { FeatureSet = "nope" });
        Refused(ErrorId.FeatureSetNotFound, spec with { Version = 9 });
        Refused(
            ErrorId.ExpressionSyntax,
            spec with
            {
                Expression = "sma(clsoe, $fast) - $slow",
            },
            "clsoe",
            "close"
        );
        Refused(ErrorId.ExpressionSyntax, spec with { Expression = "sma(close, " });
        Refused(ErrorId.SpecInvalid, spec with { Grid = ParameterGrid.One }, "$fast");
        Refused(
            ErrorId.SpecInvalid,
            spec with
            {
                Grid = ParameterGrid.List([Lab.Set(("fast", 1), ("slow", 2)), Lab.Set(("fast", 1))]),
            },
            "$slow",
            "set 2"
        );
        Refused(ErrorId.SpecInvalid, spec with { Parameters = Lab.Set(("FAST", 1)) }, "-Grid", "-Parameter");
        Refused(ErrorId.SpecInvalid, Fixed("x", 5), "'x'");
        Refused(ErrorId.SpecInvalid, Fixed(2.5, 5), "2.5", "whole number");
        Refused(
            ErrorId.SpecInvalid,
            spec with
            {
                From = Lab.Day(9),
                To = Lab.Day(3),
            },
            "2020-01-10",
            "2020-01-04"
        );
        Refused(ErrorId.SpecInvalid, spec with { From = Lab.Day(9999) }, "-From");
        Refused(ErrorId.SpecInvalid, spec with { To = Lab.Day(0) }, "2 at least");
        Refused(ErrorId.SpecInvalid, spec with { Price = "adj" }, "'adj'", "close");
        Refused(ErrorId.SchemaMismatch, spec with { Entities = ["zz"] }, "'zz'");
        Refused(ErrorId.SpecInvalid, spec with { Lag = 0 }, "-Lag");
        Refused(ErrorId.SpecInvalid, spec with { CostBps = double.NaN }, "-CostBps");
        Refused(ErrorId.SpecInvalid, spec with { MaxLeverage = 0 }, "-MaxLeverage");
        Refused(ErrorId.SpecInvalid, spec with { PeriodsPerYear = -1 }, "-PeriodsPerYear");
        Refused(ErrorId.NameInvalid, spec with { Name = "../x" });
        Refused(ErrorId.PolicyInvalid, spec with { RiskPolicy = "nope" });
        Assert.Empty(_lab.Find(new RunQuery()));
        Assert.False(Directory.Exists(_lab.Store.ExperimentsFolder));

        ExperimentSpec Fixed(object fast, object slow) =>
            spec with
            {
                Grid = ParameterGrid.One,
                Parameters = Lab.Set(("fast", fast), ("slow", slow)),
            };
    }

    [Fact]
    public void Bars_of_an_unknown_spacing_ask_for_the_periods_of_a_year()
    {
        _lab.Import(
            "odd",
            _lab.Write("odd.csv", "date,close\n2020-01-01,1\n2020-01-04,2\n2020-01-07,3\n"),
            null
        );
        var spec = Lab.Crossover("odd") with { Expression = "close", Grid = ParameterGrid.One };
        Refused(ErrorId.SpecInvalid, spec, "-PeriodsPerYear");
        Assert.Single(_lab.Run(spec with { PeriodsPerYear = 121 }));
    }

    private static string Bits(ExperimentRun run) =>
        string.Join(
            ';',
            run.Metrics.Select(metric => $"{metric.Key}={BitConverter.DoubleToInt64Bits(metric.Value):X}")
        );

    private void Refused(ErrorId id, ExperimentSpec spec, params string[] said)
    {
        var error = Assert.Throws<AlphaFactoryException>(() => _lab.Run(spec));
        Assert.True(id == error.Id, $"{error.Id} instead of {id}: {error.Message}");
        Assert.All(said, text => Assert.Contains(text, error.Message, StringComparison.Ordinal));
    }
}
