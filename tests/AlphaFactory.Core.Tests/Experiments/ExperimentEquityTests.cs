using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Features;

namespace AlphaFactory.Core.Tests.Experiments;

public sealed class ExperimentEquityTests : IDisposable
{
    private readonly Lab _lab = new();

    public ExperimentEquityTests() => _lab.ImportSeries("prices", Lab.Walk(300, 1), Lab.Walk(300, 2));

    public void Dispose() => _lab.Dispose();

    [Fact]
    public void The_series_has_a_point_a_bar_and_ends_at_the_metrics_of_the_run()
    {
        var run = _lab.Run(Lab.Crossover() with { From = Lab.Day(50), To = UtcDate.EndOfDay(Lab.Day(249)) })[
            4
        ];
        var points = Read(run.RunId);
        Assert.Equal(200, points.Count);
        Assert.Equal(
            (Lab.Day(50), null, 1.0, 0.0),
            (points[0].Time, points[0].Return, points[0].Equity, points[0].Drawdown)
        );
        Assert.Equal((Lab.Day(249), run.RunId), (points[^1].Time, points[^1].RunId));
        Assert.Equal(run.Metrics["total_return"], points[^1].Equity - 1, 1e-14);
        Assert.Equal(run.Metrics["max_drawdown"], points.Min(point => point.Drawdown), 1e-14);
        Assert.Equal(run.Metrics["turnover"], points.Average(point => point.Turnover)!.Value, 1e-14);
        Assert.Equal(run.Metrics["observations"], points.Count(point => point.Return is not null));
        Assert.DoesNotContain(_lab.Warnings, text => text.Contains("to the bit", StringComparison.Ordinal));
    }

    [Fact]
    public void The_series_is_that_of_the_data_that_the_run_saw()
    {
        var run = _lab.Run(Lab.Crossover())[0];
        var before = Read(run.RunId);
        _lab.Import(
            "prices",
            _lab.Write("new.csv", "date,entity,close\n2020-01-01,a,5\n2020-01-02,a,6\n"),
            "entity",
            ImportMode.Replace
        );
        Assert.Equal(before, Read(run.RunId));
    }

    [Fact]
    public void Returns_that_are_not_those_recorded_are_told()
    {
        var run = _lab.Run(Lab.Crossover())[0];
        Assert.Equal(64, run.EquityHash!.Length);
        Assert.Equal(run.EquityHash, _lab.Runs.Get(run.RunId).EquityHash);
        _lab.Store.Write(connection =>
            Core.Storage.Sql.Execute(connection, "UPDATE runs SET equity_hash = 'x'")
        );
        Read(run.RunId);
        Assert.Contains(_lab.Warnings, text => text.Contains("to the bit", StringComparison.Ordinal));
        var result = _lab.Reproduce(runId: run.RunId)[0];
        Assert.Equal(ReproductionVerdict.WithinTolerance, result.Verdict);
        Assert.Equal("EquityHash", Assert.Single(result.Differences).Name);
    }

    [Fact]
    public void What_has_no_series_says_so()
    {
        var runs = _lab.Run(
            Lab.Crossover() with
            {
                Expression = "sma(close, $n)",
                Grid = ParameterGrid.List([Lab.Set(("n", -1)), Lab.Set(("n", 2))]),
            }
        );
        Refused(ErrorId.RiskDenied, runs[0].RunId, "PARAM_LOOKBACK_NONPOSITIVE");
        Refused(ErrorId.RunNotFound, runs[1].ExperimentId, "one run");
        Refused(ErrorId.RunNotFound, "../x.1", "../x.1");
        var file = Path.Combine(_lab.Store.ExperimentsFolder, runs[0].ExperimentId, "spec.json");
        File.AppendAllText(file, " ");
        Refused(ErrorId.StoreCorrupt, runs[1].RunId, "changed");
    }

    private IReadOnlyList<EquityPoint> Read(string runId) =>
        new ExperimentEquity(_lab.Store).Read(runId, _lab.Context);

    private void Refused(ErrorId id, string runId, string said)
    {
        var error = Assert.Throws<AlphaFactoryException>(() => Read(runId));
        Assert.Equal(id, error.Id);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }
}
