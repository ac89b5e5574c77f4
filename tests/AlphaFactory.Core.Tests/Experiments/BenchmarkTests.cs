using AlphaFactory.Core.Experiments;

namespace AlphaFactory.Core.Tests.Experiments;

public sealed class BenchmarkTests : IDisposable
{
    private readonly Lab _lab = new();

    public BenchmarkTests()
    {
        _lab.ImportSeries("prices", Lab.Walk(300, 1), Lab.Walk(300, 2));
        _lab.ImportSeries("index", Lab.Walk(300, 3));
    }

    public void Dispose() => _lab.Dispose();

    private static ExperimentSpec Holding(string benchmark) =>
        Lab.Crossover() with
        {
            Expression = "close",
            Grid = ParameterGrid.One,
            CostBps = 0,
            Benchmark = benchmark,
        };

    [Fact]
    public void Holding_the_benchmark_itself_is_neither_better_nor_worse()
    {
        var metrics = Assert.Single(_lab.Run(Holding("a") with { Entities = ["a"] })).Metrics;
        Assert.Equal(1, metrics["beta"], 12);
        Assert.Equal(0, metrics["alpha"], 12);
        Assert.Equal(0, metrics["tracking_error"], 12);
        Assert.True(double.IsNaN(metrics["information_ratio"]));
    }

    [Fact]
    public void The_version_of_another_set_is_kept_for_the_re_run()
    {
        var run = Assert.Single(_lab.Run(Holding("INDEX")));
        _lab.Import(
            "index",
            _lab.Write("new.csv", "date,entity,close\n2020-01-01,a,1\n2020-01-02,a,2\n2020-01-03,a,3\n"),
            "entity",
            AlphaFactory.Core.Features.ImportMode.Replace
        );
        var again = Assert.Single(_lab.Reproduce(runId: run.RunId));
        Assert.Equal(ReproductionVerdict.Identical, again.Verdict);
        Assert.Empty(again.ChangedInputs);
    }

    [Fact]
    public void A_benchmark_that_was_tampered_with_is_named()
    {
        var run = Assert.Single(_lab.Run(Holding("index")));
        var part = Directory
            .EnumerateFiles(
                Path.Combine(_lab.Store.FeaturesFolder, "index"),
                "*.parquet",
                SearchOption.AllDirectories
            )
            .Single();
        var bytes = File.ReadAllBytes(part);
        bytes[bytes.AsSpan().LastIndexOf("Parquet"u8)] ^= 0x20;
        File.WriteAllBytes(part, bytes);
        Assert.Equal(["data"], Assert.Single(_lab.Reproduce(runId: run.RunId)).ChangedInputs);
        Assert.Equal(
            ErrorId.StoreCorrupt,
            Assert.Throws<AlphaFactoryException>(() => _lab.Run(Holding("index"))).Id
        );
    }

    [Theory]
    [InlineData("prices", "2 entities")]
    [InlineData("indx", "Did you mean 'index'?")]
    [InlineData("no such thing!", "neither an entity")]
    [InlineData("short", "2 at least")]
    public void What_is_no_one_series_of_the_same_time_is_refused(string benchmark, string why)
    {
        _lab.Import("short", _lab.Write("short.csv", "date,close\n2020-01-01,1\n2021-01-02,2\n"), null);
        var error = Assert.Throws<AlphaFactoryException>(() => _lab.Run(Holding(benchmark)));
        Assert.Equal(ErrorId.SpecInvalid, error.Id);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("alpha", "-Benchmark")]
    [InlineData("ic_men", "Did you mean 'ic_mean'?")]
    public void A_metric_that_cannot_be_had_is_refused(string metric, string why)
    {
        var error = Assert.Throws<AlphaFactoryException>(() =>
            _lab.Run(Lab.Crossover() with { Metrics = [metric] })
        );
        Assert.Equal(ErrorId.SpecInvalid, error.Id);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_entity_has_no_cross_section_to_correlate()
    {
        var spec = Lab.Crossover() with { Entities = ["a"], Metrics = ["ic_mean", "ic_ir"] };
        Assert.All(_lab.Run(spec), run => Assert.True(double.IsNaN(run.Metrics["ic_mean"])));
    }
}
