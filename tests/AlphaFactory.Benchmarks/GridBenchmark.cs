using System.Collections;
using System.Diagnostics;
using System.Globalization;
using AlphaFactory.Core;
using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Benchmarks;

/// <summary>
/// All pairs of moving averages 2 ≤ fast &lt; slow ≤ 100 on four series: the engine without recording against a
/// kernel written for nothing else, in turn; and the cmdlet with every run recorded and emitted.
/// </summary>
internal static class GridBenchmark
{
    private const string Formula = "sign(sma(close, $fast) - sma(close, $slow))";
    private const int Longest = 100;

    /// <summary>Prints a table.</summary>
    public static void Run(string folder, int repetitions)
    {
        using var engine = new Engine();
        var store = Path.Combine(folder, "store-grid");
        if (Directory.Exists(store))
        {
            Directory.Delete(store, recursive: true);
        }

        engine.Run(
            "$null = Import-Feature -Name fx -Path $args[0] -Time date -Entity symbol -Store $args[1]",
            Prices.DailyFile(folder),
            store
        );
        var (kernel, bare, recorded) = (new Times(), new Times(), new Times());
        for (var i = 0; i <= repetitions; i++)
        {
            double[][] theirs = [];
            List<MetricValues> ours = [];
            kernel.Add(() => TimeKernel(store, out theirs));
            bare.Add(() => TimeEngine(store, out ours));
            recorded.Add(() => TimeCmdlet(engine, store));
            Verify(ours, theirs);
        }

        // The first round compiles.
        Report.Line($"");
        Report.Line(
            $"| {Pairs().Count():N0} runs | median ms | least ms | ratio of medians | median CPU ms | ratio of CPU |"
        );
        Report.Line($"|---|--:|--:|--:|--:|--:|");
        Row("kernel written for it", kernel, kernel);
        Row("the engine, nothing recorded", bare, kernel);
        Row("Invoke-Experiment, recorded and emitted", recorded, kernel);
        Report.Line($"");
        Report.Line($"The first Invoke-Experiment of the process: {recorded.First:F0} ms.");
    }

    private static void Row(string what, Times times, Times kernel) =>
        Report.Line(
            $"| {what} | {times.Median:F0} | {times.Least:F0} | {times.Median / kernel.Median:F2} | {times.Processor:F0} | {times.Processor / kernel.Processor:F2} |"
        );

    private static IEnumerable<(int Fast, int Slow)> Pairs() =>
        from fast in Enumerable.Range(2, Longest - 2)
        from slow in Enumerable.Range(fast + 1, Longest - fast)
        select (fast, slow);

    private static ExperimentSpec Spec() =>
        new()
        {
            Name = "grid",
            FeatureSet = "fx",
            Expression = Formula,
            Grid = ParameterGrid.List(
                Pairs()
                    .Select(pair => new ParameterValues([
                        KeyValuePair.Create<string, object>("fast", (long)pair.Fast),
                        KeyValuePair.Create<string, object>("slow", (long)pair.Slow),
                    ]))
            ),
            SkipLookAheadTest = true,
        };

    private static double TimeEngine(string path, out List<MetricValues> metrics)
    {
        using var store = AlphaStore.Open(path);
        var experiment = PreparedExperiment.Prepare(store, Spec(), OperationContext.Silent);
        var start = Stopwatch.GetTimestamp();
        metrics =
        [
            .. OrderedParallel
                .Run(
                    experiment.Spec.Grid.Count,
                    (number, stop) =>
                        experiment.Execute(
                            "",
                            experiment.ParametersOf(number),
                            DateTime.UnixEpoch,
                            stop,
                            hashed: false
                        ),
                    Environment.ProcessorCount,
                    static () => { },
                    CancellationToken.None
                )
                .Select(outcome => outcome.Metrics),
        ];
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double TimeKernel(string path, out double[][] metrics)
    {
        using var store = AlphaStore.Open(path);
        var (prices, entities) = Prices.Load(store, "fx");
        (int Fast, int Slow)[] pairs = [.. Pairs()];
        var start = Stopwatch.GetTimestamp();
        metrics = CrossoverKernel.Run(prices, entities, pairs, Longest, costBps: 1, periodsPerYear: 252);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double TimeCmdlet(Engine engine, string store)
    {
        object[] grid =
        [
            .. Pairs().Select(pair => new Hashtable { ["fast"] = pair.Fast, ["slow"] = pair.Slow }),
        ];
        return engine.Time(
            "Invoke-Experiment grid fx $args[0] -Grid $args[1] -SkipLookAheadTest -WarningAction Ignore -Store $args[2]",
            Formula,
            grid,
            store
        );
    }

    // Both must have measured the same.
    private static void Verify(List<MetricValues> ours, double[][] theirs)
    {
        for (var run = 0; run < ours.Count; run++)
        {
            var values = ours[run].Values.ToArray();
            for (var i = 0; i < values.Length; i++)
            {
                var (a, b) = (values[i], theirs[run][i]);
                if (!(Math.Abs(a - b) <= 1e-9 * Math.Max(1, Math.Abs(a))))
                {
                    throw new InvalidOperationException(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"Run {run + 1}: {PerformanceMetrics.Names[i]} is {a} and {b}."
                        )
                    );
                }
            }
        }
    }

    /// <summary>
    /// The milliseconds of repetitions, and those that all processors spent on them, which other processes change
    /// less. The first repetition compiles.
    /// </summary>
    private sealed class Times
    {
        private readonly List<double> _wall = [];
        private readonly List<double> _processor = [];

        public double First => _wall[0];

        public double Median => Report.Median(_wall.Skip(1));

        public double Least => _wall.Skip(1).Min();

        public double Processor => Report.Median(_processor.Skip(1));

        public void Add(Func<double> work)
        {
            var before = Environment.CpuUsage.TotalTime;
            _wall.Add(work());
            _processor.Add((Environment.CpuUsage.TotalTime - before).TotalMilliseconds);
        }
    }
}
