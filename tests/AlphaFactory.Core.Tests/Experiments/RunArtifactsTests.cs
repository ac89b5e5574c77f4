using AlphaFactory.Core.Experiments;

namespace AlphaFactory.Core.Tests.Experiments;

public sealed class RunArtifactsTests : IDisposable
{
    private static readonly RunOptions Keep = new() { SaveEquity = true, Chart = true };

    private readonly Lab _lab = new();

    public RunArtifactsTests() => _lab.ImportSeries("prices", Lab.Walk(300, 1), Lab.Walk(300, 2));

    public void Dispose() => _lab.Dispose();

    private List<ExperimentRun> Run(ExperimentSpec spec, RunOptions options) =>
        [.. new ExperimentRunner(_lab.Store).Run(spec, _lab.Context, options)];

    private string FileOf(ExperimentRun run, string name) =>
        Path.Combine(_lab.Store.ExperimentsFolder, run.ExperimentId, name);

    [Theory]
    [InlineData(null)]
    [InlineData("default")]
    public void Saved_series_are_those_that_are_computed_again(string? policy)
    {
        var spec = Lab.Crossover() with { RiskPolicy = policy };
        var saved = Run(spec, Keep);
        var computed = Run(spec, new RunOptions());
        Assert.False(File.Exists(FileOf(computed[0], "equity.parquet")));
        var equity = new ExperimentEquity(_lab.Store);
        foreach (var (kept, again) in saved.Zip(computed))
        {
            Assert.Equal(
                equity.Read(again.RunId, _lab.Context).Select(point => point with { RunId = "" }),
                equity.Read(kept.RunId, _lab.Context).Select(point => point with { RunId = "" })
            );
        }
    }

    [Fact]
    public void What_is_kept_costs_no_second_run()
    {
        var runs = 0;
        var context = _lab.Context with
        {
            Scripts = path => new StrategyScript(
                [path],
                (panel, _, _, _) =>
                {
                    Interlocked.Increment(ref runs);
                    return
                    [
                        .. Enumerable.Range(0, panel.Bars).Select(bar => (object?)new[] { bar % 3 - 1.0, 1 }),
                    ];
                }
            ),
        };
        var spec = Lab.Crossover() with
        {
            Expression = null,
            ScriptPath = _lab.Write("strategy.ps1", ""),
            SkipLookAheadTest = true,
        };
        var kept = new ExperimentRunner(_lab.Store).Run(spec, context, Keep).ToList();
        Assert.Equal(6, runs);
        Assert.Equal(6, Directory.EnumerateFiles(FileOf(kept[0], ""), "chart-*.png").Count());
        Assert.Equal(300, new ExperimentEquity(_lab.Store).Read(kept[5].RunId, context).Count);

        // Each set of the grid once, and one that is chosen.
        runs = 0;
        var walk = spec with { WalkForward = new WalkForward(100, 40) };
        var run = Assert.Single(new ExperimentRunner(_lab.Store).Run(walk, context, Keep));
        Assert.Equal(7, runs);
        Assert.True(File.Exists(FileOf(run, "walk-forward.json")));
    }

    [Fact]
    public void More_series_than_are_in_memory_at_once_are_kept_on_the_thread_of_the_caller()
    {
        var threads = new HashSet<int>();
        void Note() => threads.Add(Environment.CurrentManagedThreadId);
        var context = _lab.Context with { Progress = _ => Note(), Verbose = _ => Note(), Warn = _ => Note() };
        object?[] windows = [.. Enumerable.Range(2, 28).Select(window => (object?)window)];
        var spec = Lab.Crossover() with
        {
            SkipLookAheadTest = true,
            Grid = ParameterGrid.Product([
                KeyValuePair.Create<string, IReadOnlyList<object?>>("fast", windows),
                KeyValuePair.Create<string, IReadOnlyList<object?>>("slow", windows),
            ]),
        };
        var keep = new RunOptions { SaveEquity = true };
        var saved = new ExperimentRunner(_lab.Store).Run(spec, context, keep).ToList();
        var computed = Run(spec, new RunOptions());

        Assert.Equal([Environment.CurrentManagedThreadId], threads);
        var equity = new ExperimentEquity(_lab.Store);
        foreach (var i in new[] { 0, 400, 668, 669, 783 })
        {
            Assert.Equal(
                equity.Read(computed[i].RunId, _lab.Context).Select(point => point with { RunId = "" }),
                equity.Read(saved[i].RunId, _lab.Context).Select(point => point with { RunId = "" })
            );
        }
    }

    [Fact]
    public void A_stop_leaves_nothing_half_written()
    {
        var run = new ExperimentRunner(_lab.Store).Run(Lab.Crossover(), _lab.Context, Keep).First();
        Assert.Equal(
            ["runs.parquet", "spec.json"],
            Directory.EnumerateFiles(FileOf(run, "")).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Saved_series_are_read_and_not_computed()
    {
        var run = Run(Lab.Crossover(), Keep)[3];
        var before = new ExperimentEquity(_lab.Store).Read(run.RunId, _lab.Context);
        // What could be computed again is not trusted any more: the call's files are not as they were written.
        foreach (
            var part in Directory.EnumerateFiles(
                _lab.Store.ExperimentsFolder,
                "runs.parquet",
                SearchOption.AllDirectories
            )
        )
        {
            File.AppendAllText(part, "tampered");
        }

        Assert.Equal(before, new ExperimentEquity(_lab.Store).Read(run.RunId, _lab.Context));
    }

    [Fact]
    public void A_file_that_holds_another_series_is_refused_and_named()
    {
        var first = Run(Lab.Crossover(), Keep);
        var second = Run(Lab.Crossover() with { CostBps = 50 }, Keep);
        File.Copy(FileOf(second[0], "equity.parquet"), FileOf(first[0], "equity.parquet"), overwrite: true);
        var error = Assert.Throws<AlphaFactoryException>(() =>
            new ExperimentEquity(_lab.Store).Read(first[0].RunId, _lab.Context)
        );
        Assert.Equal((ErrorId.StoreCorrupt, FileOf(first[0], "equity.parquet")), (error.Id, error.Target));
        File.WriteAllText(FileOf(first[0], "equity.parquet"), "nothing");
        Assert.Equal(
            ErrorId.StoreCorrupt,
            Assert
                .Throws<AlphaFactoryException>(() =>
                    new ExperimentEquity(_lab.Store).Read(first[0].RunId, _lab.Context)
                )
                .Id
        );
    }

    [Fact]
    public void Charts_are_of_the_ten_best_runs_and_the_same_each_time()
    {
        var grid = ParameterGrid.Product([
            KeyValuePair.Create<string, IReadOnlyList<object?>>("fast", [2, 3, 5]),
            KeyValuePair.Create<string, IReadOnlyList<object?>>("slow", [8, 13, 21, 34]),
        ]);
        var (first, second) = (
            Run(Lab.Crossover() with { Grid = grid }, Keep),
            Run(Lab.Crossover() with { Grid = grid }, Keep)
        );
        var charts = Directory
            .EnumerateFiles(FileOf(first[0], ""), "chart-*.png")
            .Select(file => Path.GetFileName(file))
            .ToHashSet(StringComparer.Ordinal);
        var best = first
            .OrderByDescending(run => run.Metrics["sharpe"])
            .Take(10)
            .Select(run => $"chart-{run.RunId.Split('.')[1]}.png");
        Assert.Equal(best.Order(StringComparer.Ordinal), charts.Order(StringComparer.Ordinal));
        foreach (var chart in charts)
        {
            var bytes = File.ReadAllBytes(FileOf(first[0], chart));
            Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], bytes[..4]);
            // Only the id in the line below the headline differs.
            Assert.InRange(bytes.Length, 10_000, 400_000);
            Assert.True(File.Exists(FileOf(second[0], chart)));
        }
    }

    [Fact]
    public void A_walk_forward_says_what_it_chose_and_when()
    {
        var run = Assert.Single(
            Run(Lab.Crossover() with { WalkForward = new WalkForward(100, 40) }, new RunOptions())
        );
        using var choices = System.Text.Json.JsonDocument.Parse(
            File.ReadAllText(FileOf(run, "walk-forward.json"))
        );
        var steps = choices.RootElement.EnumerateArray().ToList();
        Assert.Equal(run.Metrics["wf_steps"], steps.Count);
        Assert.Equal(Lab.Day(1), steps[0].GetProperty("trainFrom").GetDateTime());
        Assert.Equal(Lab.Day(100), steps[0].GetProperty("trainTo").GetDateTime());
        Assert.Equal(Lab.Day(105), steps[0].GetProperty("testFrom").GetDateTime());
        Assert.Equal(Lab.Day(144), steps[0].GetProperty("testTo").GetDateTime());
        Assert.Equal(Lab.Day(299), steps[^1].GetProperty("testTo").GetDateTime());
        var mean = steps.Average(step => step.GetProperty("trainSharpe").GetDouble());
        Assert.Equal(run.Metrics["is_sharpe"], mean, 10);
    }
}
