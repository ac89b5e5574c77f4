using System.Diagnostics;
using System.Globalization;
using AlphaFactory.Core;
using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Benchmarks;

/// <summary>
/// Grids of ten thousand, a hundred thousand… combinations of three parameters on one series of 520 bars, each in a
/// process and a store of its own: the time, the most memory, and the best ten of them found again; then all of them
/// run again from their record, and removed.
/// </summary>
internal static class ScaleBenchmark
{
    private const int Bars = 520;
    private const string Name = "scale";

    /// <summary>Prints a table.</summary>
    public static void Run(string folder, int most, int repetitions)
    {
        using var engine = new Engine();
        Report.Line($"");
        Report.Line(
            $"| combinations | s | µs a run | peak MB | database MB | best ten ms | re-run s | peak MB | remove s | peak MB |"
        );
        Report.Line($"|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        for (var count = 10_000; count <= most; count *= 10)
        {
            var store = Path.Combine(
                folder,
                string.Create(CultureInfo.InvariantCulture, $"store-scale-{count}")
            );
            if (Directory.Exists(store))
            {
                Directory.Delete(store, recursive: true);
            }

            engine.Run(
                "$null = Import-Feature -Name walk -Path $args[0] -Time date -Store $args[1]",
                Prices.WalkFile(folder, Bars),
                store
            );
            var (seconds, peak) = Child("run", store, count);
            const string Best = "Get-Experiment -SortBy sharpe -Descending -First 10 -Store $args[0]";
            var times = Enumerable.Range(0, repetitions + 1).Select(_ => engine.Time(Best, store)).ToList();
            var megabytes = new FileInfo(GeneratedStore.Database(store)).Length / 1e6;
            var (again, againPeak) = Child("re-run", store, count);
            var (removed, removedPeak) = Child("remove", store, count);
            Report.Line(
                $"| {count:N0} | {seconds:F1} | {seconds * 1e6 / count:F0} | {peak / 1e6:F0} | {megabytes:F0} | {Report.Median(times.Skip(1)):F1} | {again:F1} | {againPeak / 1e6:F0} | {removed:F1} | {removedPeak / 1e6:F0} |"
            );
            Directory.Delete(store, recursive: true);
        }
    }

    /// <summary>
    /// Runs one grid, runs it again or removes it, in this process, and prints the seconds and the most bytes of memory.
    /// </summary>
    public static void RunOne(string what, string path, int count)
    {
        using var store = AlphaStore.Open(path);
        var experiments = new ExperimentStore(store);
        var start = Stopwatch.GetTimestamp();
        var runs = what switch
        {
            "run" => new ExperimentRunner(store).Run(Spec(count), OperationContext.Silent).LongCount(),
            "re-run" => new ExperimentReproducer(store)
                .Run(Name, null, OperationContext.Silent)
                .LongCount(result => result.Verdict == ReproductionVerdict.Identical),
            _ => experiments.Remove(experiments.Calls(Name)) && !experiments.HasRuns(Name) ? count : 0,
        };
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (runs != count)
        {
            throw new InvalidOperationException(
                string.Create(CultureInfo.InvariantCulture, $"{runs} runs instead of {count}.")
            );
        }

        Report.Line($"{seconds:R} {FeatureBenchmark.PeakMemory()}");
    }

    private static ExperimentSpec Spec(int count) =>
        new()
        {
            Name = Name,
            FeatureSet = "walk",
            Expression = "sma(close, $fast) - sma(close, $slow) * $band",
            Grid = ParameterGrid.Product([
                Axis("fast", Enumerable.Range(2, 100).Select(window => (object?)window)),
                Axis("slow", Enumerable.Range(2, 100).Select(window => (object?)window)),
                Axis("band", Enumerable.Range(0, count / 10_000).Select(step => (object?)(1 + step * 1e-4))),
            ]),
        };

    private static (double Seconds, double Peak) Child(string what, string store, int count)
    {
        var output = ChildProcess.Run(
            "scale-one",
            "--do",
            what,
            "--store",
            store,
            "--combinations",
            count.ToString(CultureInfo.InvariantCulture)
        );
        return
            output.Split(' ') is [var seconds, var peak]
            && double.TryParse(seconds, CultureInfo.InvariantCulture, out var took)
            && double.TryParse(peak, CultureInfo.InvariantCulture, out var bytes)
            ? (took, bytes)
            : throw new InvalidOperationException($"The grid said: {output}");
    }

    private static KeyValuePair<string, IReadOnlyList<object?>> Axis(
        string name,
        IEnumerable<object?> values
    ) => KeyValuePair.Create<string, IReadOnlyList<object?>>(name, [.. values]);
}
