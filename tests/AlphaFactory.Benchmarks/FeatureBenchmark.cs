using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using AlphaFactory.Core;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Storage;
using Parquet;
using ParquetSharp;

namespace AlphaFactory.Benchmarks;

/// <summary>Imports and reads a generated panel, held against bare libraries in the same run, in turn.</summary>
internal sealed class FeatureBenchmark(string folder, int rows, int repetitions)
{
    private const string Set = "panel";

    private static readonly string[] Numbers = ["close", "signal"];

    private readonly string _store = Path.Combine(folder, "feature-store");

    /// <summary>Imports a file into a new store, as a child process does to tell its peak memory.</summary>
    public static void Import(string csv, string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        using var store = AlphaStore.OpenOrCreate(folder);
        new FeatureStore(store).Import(
            new ImportRequest
            {
                Name = Set,
                Paths = [csv],
                Time = "date",
                Entity = "symbol",
            },
            OperationContext.Silent
        );
    }

    /// <summary>Runs all or a part.</summary>
    /// <param name="option">Gives an option of the command line, or what it is otherwise.</param>
    public static async Task Run(Func<string, string, string> option)
    {
        var rows = int.Parse(option("rows", "5000000"), CultureInfo.InvariantCulture);
        var repetitions = int.Parse(option("repetitions", "5"), CultureInfo.InvariantCulture);
        var temporary = Path.Combine(Path.GetTempPath(), "alphafactory-benchmarks");
        var folder = Directory.CreateDirectory(option("folder", temporary)).FullName;
        var only = option("only", "");
        Report.Line(
            $"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors, {RuntimeInformation.FrameworkDescription}, {rows:N0} rows, {repetitions} repetitions"
        );
        var benchmark = new FeatureBenchmark(folder, rows, repetitions);
        if (only is "" or "ingest")
        {
            await benchmark.Ingest();
        }

        if (only is "" or "scan")
        {
            benchmark.Scan();
        }

        if (only is "" or "memory")
        {
            benchmark.Memory();
        }
    }

    /// <summary>Import from CSV against a bare parse and a bare write.</summary>
    private async Task Ingest()
    {
        var bare = new BarePanel(rows);
        var parquet = Path.Combine(folder, "bare.parquet");
        Report.Line($"");
        Report.Line($"| order of rows | import ms | MB/s | bare parse ms | bare write ms | ratio to both |");
        Report.Line($"|---|--:|--:|--:|--:|--:|");
        foreach (var order in Enum.GetValues<PanelOrder>())
        {
            var csv = GeneratedPanel.Make(folder, rows, order);
            var (ours, parse, write) = (new List<double>(), new List<double>(), new List<double>());
            // The first round warms up.
            for (var i = 0; i <= repetitions; i++)
            {
                parse.Add(Time(() => bare.Parse(csv)));
                write.Add(await Time(() => bare.Write(parquet, CompressionMethod.Zstd)));
                ours.Add(Time(() => Import(csv, _store)));
            }

            var (import, sum) = (Middle(ours), Middle(parse) + Middle(write));
            var rate = new FileInfo(csv).Length / 1e3 / import;
            Report.Line(
                $"| {order} | {import:F0} | {rate:F0} | {Middle(parse):F0} | {Middle(write):F0} | {import / sum:F2} |"
            );
        }

        await Trials(bare, parquet);
    }

    /// <summary>Reading two columns, and one symbol's year, against ParquetSharp.</summary>
    private void Scan()
    {
        Import(GeneratedPanel.Make(folder, rows, PanelOrder.Symbol), _store);
        using var store = AlphaStore.OpenOrCreate(_store);
        var features = new FeatureStore(store);
        var set = features.Find(Set);
        var part = Directory.GetFiles(set.Path, "*.parquet").Single();
        var symbol = GeneratedPanel.Symbol(rows / GeneratedPanel.Days / 2);
        var year = new FeatureQuery
        {
            Set = set,
            Columns = Numbers,
            Entities = [symbol],
            From = GeneratedPanel.Day(2000),
            To = GeneratedPanel.Day(2364),
        };
        var all = new FeatureQuery { Set = set, Columns = Numbers };
        (string Name, Func<double> Run)[] reads =
        [
            ("ParquetSharp, into arrays", () => BarePanel.Scan(part, Numbers)),
            ("Parquet.Net, into arrays", () => BarePanel.ScanByNet(part, Numbers).GetAwaiter().GetResult()),
            ("chunks of columns", () => Chunks(all)),
            (
                "LoadPanel",
                () =>
                    features
                        .LoadPanel(set, new PanelRequest { Columns = Numbers }, OperationContext.Silent)
                        .Times.Count
            ),
            ("Read, a row object each", () => Rows(features, all)),
            ("chunks, one symbol and year", () => Chunks(year)),
            ("Read, one symbol and year", () => Rows(features, year)),
        ];
        var times = reads.Select(_ => new List<double>()).ToArray();
        var sums = new double[reads.Length];
        for (var i = 0; i <= repetitions; i++)
        {
            for (var read = 0; read < reads.Length; read++)
            {
                times[read].Add(Time(() => sums[read] = reads[read].Run()));
            }
        }

        if (Math.Abs(sums[0] - sums[2]) > 1e-6 * Math.Abs(sums[0]))
        {
            throw new InvalidOperationException(
                FormattableString.Invariant($"The scans differ: {sums[0]}, {sums[2]}.")
            );
        }

        Report.Line($"");
        Report.Line($"| two columns of {rows:N0} rows | ms | ratio |");
        Report.Line($"|---|--:|--:|");
        for (var read = 0; read < reads.Length; read++)
        {
            Report.Line(
                $"| {reads[read].Name} | {Middle(times[read]):F1} | {Middle(times[read]) / Middle(times[0]):F3} |"
            );
        }
    }

    /// <summary>The most memory that a process takes which imports the panel and does nothing else.</summary>
    private void Memory()
    {
        Report.Line($"");
        Report.Line($"| order of rows | rows | file MB | import s | peak MB |");
        Report.Line($"|---|--:|--:|--:|--:|");
        foreach (var order in Enum.GetValues<PanelOrder>())
        {
            var csv = GeneratedPanel.Make(folder, rows, order);
            var start = new ProcessStartInfo(Environment.ProcessPath!)
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            };
            start.ArgumentList.Add("import-panel");
            start.ArgumentList.Add(csv);
            start.ArgumentList.Add(_store);
            var time = Stopwatch.GetTimestamp();
            using var process = Process.Start(start)!;
            var peak = long.Parse(process.StandardOutput.ReadToEnd(), CultureInfo.InvariantCulture);
            process.WaitForExit();
            Report.Line(
                $"| {order} | {rows:N0} | {new FileInfo(csv).Length / 1e6:F0} | {Stopwatch.GetElapsedTime(time).TotalSeconds:F1} | {peak / 1e6:F0} |"
            );
        }
    }

    /// <summary>The most memory that this process has had, in bytes (Linux).</summary>
    public static long PeakMemory() =>
        1024
        * long.Parse(
            File.ReadLines("/proc/self/status")
                .First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
            CultureInfo.InvariantCulture
        );

    private static double Chunks(FeatureQuery query)
    {
        double sum = 0;
        var view = new FeatureView(query, OperationContext.Silent);
        foreach (var (columns, rows) in view.Chunks())
        {
            foreach (var column in columns.Cast<DoubleColumn>())
            {
                var values = column.Values;
                if (rows.Length == values.Length)
                {
                    sum += TensorPrimitives.Sum(values);
                    continue;
                }

                foreach (var row in rows)
                {
                    sum += values[row];
                }
            }
        }

        return sum;
    }

    private static double Rows(FeatureStore features, FeatureQuery query) =>
        features.Read(query, OperationContext.Silent).Sum(row => (double)row.Values[0]!);

    /// <summary>What codecs, levels and sizes of row groups cost and save.</summary>
    private static async Task Trials(BarePanel bare, string path)
    {
        Report.Line($"");
        Report.Line(
            $"| writer, codec, rows of a group | write ms | MB | scan by ParquetSharp ms | by Parquet.Net ms |"
        );
        Report.Line($"|---|--:|--:|--:|--:|");
        (CompressionMethod, CompressionLevel, int)[] trials =
        [
            (CompressionMethod.None, CompressionLevel.Optimal, 1 << 15),
            (CompressionMethod.Snappy, CompressionLevel.Optimal, 1 << 15),
            (CompressionMethod.Zstd, CompressionLevel.Fastest, 1 << 15),
            (CompressionMethod.Zstd, CompressionLevel.Optimal, 1 << 14),
            (CompressionMethod.Zstd, CompressionLevel.Optimal, 1 << 15),
            (CompressionMethod.Zstd, CompressionLevel.Optimal, 1 << 16),
            (CompressionMethod.Zstd, CompressionLevel.Optimal, 1 << 20),
        ];
        foreach (var (method, level, group) in trials)
        {
            var write = await Time(() => bare.Write(path, method, level, group));
            Line(FormattableString.Invariant($"Parquet.Net, {method} {level}, {group:N0}"), write);
        }

        foreach (var codec in new[] { Compression.Uncompressed, Compression.Snappy, Compression.Zstd })
        {
            var write = Time(() => bare.WriteBySharp(path, codec));
            Line($"ParquetSharp, {codec}", write);
        }

        void Line(string name, double write)
        {
            var sharp = Least(() => BarePanel.Scan(path, Numbers));
            var net = Least(() => BarePanel.ScanByNet(path, Numbers).GetAwaiter().GetResult());
            var size = new FileInfo(path).Length / 1e6;
            Report.Line($"| {name} | {write:F0} | {size:F0} | {sharp:F0} | {net:F0} |");
        }
    }

    private static double Least(Action work) => Enumerable.Range(0, 3).Min(_ => Time(work));

    private static double Middle(IEnumerable<double> times) => Report.Median(times.Skip(1));

    private static double Time(Action work)
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static async Task<double> Time(Func<Task> work)
    {
        var start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
