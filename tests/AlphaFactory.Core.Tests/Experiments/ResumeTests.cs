using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Maintenance;
using AlphaFactory.Core.Storage;
using AlphaFactory.Core.Tests.Maintenance;

namespace AlphaFactory.Core.Tests.Experiments;

/// <summary>A grid that was cut short goes on where it was, and no run is made twice.</summary>
public sealed class ResumeTests : IDisposable
{
    private readonly Lab _lab = new();

    public ResumeTests() => _lab.ImportSeries("prices", Lab.Walk(300, 1), Lab.Walk(300, 2));

    public void Dispose() => _lab.Dispose();

    [Fact]
    public void A_grid_that_was_stopped_does_the_rest_under_its_id()
    {
        var whole = _lab.Run(Lab.Crossover());
        var stopped = Stop(Lab.Crossover() with { Name = "stopped" });
        var before = _lab.Find(new RunQuery { Names = ["stopped"] });
        var rest = Resume(Lab.Crossover() with { Name = "stopped" });
        var runs = _lab.Find(new RunQuery { Names = ["stopped"] });
        Assert.Equal(stopped[0].ExperimentId, Assert.Single(runs.Select(run => run.ExperimentId).Distinct()));
        Assert.Equal(runs.Skip(before.Count).Select(run => run.RunId), rest.Select(run => run.RunId));
        Assert.Equal(whole.Select(Bits), runs.Select(Bits));
        Assert.Equal(6, _lab.Runs.Trials("stopped").Trials);
        Assert.All(
            _lab.Reproduce("stopped"),
            result => Assert.Equal(ReproductionVerdict.Identical, result.Verdict)
        );
        Assert.Contains("nothing to resume", Refused("stopped").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_ran_out_of_time_goes_on()
    {
        var spec = Lab.Crossover() with { Name = "timed" };
        var runs = Stop(spec);
        while (runs.Count < 6)
        {
            Assert.Contains("-Resume", _lab.Warnings[^1], StringComparison.Ordinal);
            runs.AddRange(Stop(spec, resume: true));
        }

        Assert.Equal(
            Enumerable.Range(1, 6).Select(number => $"{runs[0].ExperimentId}.{number}"),
            runs.Select(run => run.RunId)
        );
    }

    [Fact]
    public void What_a_call_keeps_is_the_same_whether_it_was_cut_short_or_not()
    {
        var keep = new RunOptions { SaveEquity = true, Chart = true };
        var whole = new ExperimentRunner(_lab.Store).Run(Lab.Crossover(), _lab.Context, keep).ToList();
        var stopped = Stop(Lab.Crossover() with { Name = "stopped" }, options: keep);
        Resume(Lab.Crossover() with { Name = "stopped" }, keep);
        Assert.Equal(File.ReadAllBytes(EquityOf(whole[0])), File.ReadAllBytes(EquityOf(stopped[0])));
        Assert.Equal(Files(whole[0]), Files(stopped[0]));
        Assert.Equal(6, Files(whole[0]).Count(file => file!.EndsWith(".png", StringComparison.Ordinal)));

        string EquityOf(ExperimentRun run) => Path.Combine(FolderOf(run), "equity.parquet");
    }

    [Fact]
    public void Nothing_or_something_else_cannot_be_resumed()
    {
        Assert.Contains(
            "no experiment 'crossover' was cut short",
            Refused("crossover").Message,
            StringComparison.Ordinal
        );
        Stop(Lab.Crossover());
        Assert.Contains(
            "the expression changed",
            Assert
                .Throws<AlphaFactoryException>(() =>
                    Resume(Lab.Crossover() with { Expression = "sma(close, $slow) - sma(close, $fast)" })
                )
                .Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "a convention changed",
            Assert.Throws<AlphaFactoryException>(() => Resume(Lab.Crossover() with { CostBps = 2 })).Message,
            StringComparison.Ordinal
        );
        _lab.Import(
            "prices",
            _lab.Write("more.csv", "date,entity,close\n2030-01-01,a,3\n2030-01-01,b,3\n"),
            "entity",
            ImportMode.Append
        );
        Assert.Contains("the data changed", Refused("crossover").Message, StringComparison.Ordinal);
        Assert.Equal(5, Resume(Lab.Crossover() with { Version = 1 }).Count);
    }

    [Fact]
    public void Two_that_are_at_the_same_call_make_no_run_twice()
    {
        var spec = Lab.Crossover() with { CostBps = 0 };
        Stop(spec);
        using var other = AlphaStore.Open(_lab.Store.Root);
        // That trading costs nothing is warned of when the first run is done, and before it is recorded.
        var faster = new List<ExperimentRun>();
        var context = _lab.Context with
        {
            Warn = _ => faster.AddRange(faster.Count == 0 ? Resume(spec) : []),
        };
        var conflict = Assert.Throws<AlphaFactoryException>(() =>
            new ExperimentRunner(other).Run(spec, context, new RunOptions { Resume = true }).Count()
        );
        Assert.Equal(ErrorId.VersionConflict, conflict.Id);
        Assert.Equal(5, faster.Count);
        Assert.Equal(6, _lab.Find(new RunQuery()).Count);
    }

    [Fact]
    public async Task A_killed_grid_leaves_whole_runs_and_goes_on()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var root = _lab.Store.Root;
        List<string> acknowledged;
        using (var process = CrashProcess.Start("grid", root, "prices"))
        {
            process.WaitForLines(1, cancellation);
            process.Kill();
            var (_, said, error) = await process.EndAsync(cancellation);
            Assert.True(said.Count > 0, error);
            acknowledged = [.. said.Select(line => line[0])];
        }

        var left = _lab.Find(new RunQuery { Names = ["killed"] });
        Assert.Equal(
            Enumerable.Range(1, left.Count).Select(number => $"{left[0].ExperimentId}.{number}"),
            left.Select(run => run.RunId)
        );
        Assert.Subset(left.Select(run => run.RunId).ToHashSet(), acknowledged.ToHashSet());
        using (var process = CrashProcess.Start("grid", root, "prices", "resume"))
        {
            var (exit, said, error) = await process.EndAsync(cancellation);
            Assert.True(exit == 0, error);
            Assert.Equal(
                Enumerable
                    .Range(left.Count + 1, 20_000 - left.Count)
                    .Select(number => $"{left[0].ExperimentId}.{number}"),
                said.Select(line => line[0])
            );
        }

        Assert.Equal(20_000, _lab.Runs.Trials("killed").Trials);
        // What the one that was killed had begun to write is gone.
        Assert.Equal(["equity.parquet", "runs.parquet", "spec.json"], Files(left[0]));
        Assert.Equal(300, new ExperimentEquity(_lab.Store).Read(left[0].RunId, _lab.Context).Count);
        Assert.Empty(new StoreChecker(_lab.Store).Run(_lab.Context));
    }

    private List<ExperimentRun> Resume(ExperimentSpec spec, RunOptions? options = null) =>
        [
            .. new ExperimentRunner(_lab.Store).Run(
                spec,
                _lab.Context,
                (options ?? new RunOptions()) with
                {
                    Resume = true,
                }
            ),
        ];

    private string FolderOf(ExperimentRun run) =>
        Path.Combine(_lab.Store.ExperimentsFolder, run.ExperimentId);

    private IEnumerable<string?> Files(ExperimentRun run) =>
        Directory.EnumerateFiles(FolderOf(run)).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    private AlphaFactoryException Refused(string name)
    {
        var error = Assert.Throws<AlphaFactoryException>(() => Resume(Lab.Crossover() with { Name = name }));
        Assert.Equal(ErrorId.SpecInvalid, error.Id);
        return error;
    }

    /// <summary>Runs on a clock that is a second later whenever it is looked at, for a second: one run.</summary>
    private List<ExperimentRun> Stop(ExperimentSpec spec, bool resume = false, RunOptions? options = null)
    {
        var context = _lab.Context with { Time = new HastyTime() };
        options = (options ?? new RunOptions()) with
        {
            MaxRuntime = TimeSpan.FromSeconds(1),
            Resume = resume,
        };
        var runs = new ExperimentRunner(_lab.Store).Run(spec, context, options).ToList();
        Assert.Single(runs);
        return runs;
    }

    private sealed class HastyTime : TimeProvider
    {
        private long _seconds;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Interlocked.Increment(ref _seconds);
    }

    private static string Bits(ExperimentRun run) =>
        $"{run.Parameters} {run.EquityHash} {string.Join(' ', run.Metrics.Values.Select(BitConverter.DoubleToInt64Bits))}";
}
