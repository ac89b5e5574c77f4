using System.Globalization;
using AlphaFactory.Core;
using AlphaFactory.Core.Maintenance;
using AlphaFactory.Core.Registry;
using AlphaFactory.Core.Storage;
using Stopwatch = System.Diagnostics.Stopwatch;

namespace AlphaFactory.Crash;

/// <summary>Many at once: some register, others search or back up until their standard input ends.</summary>
internal static class Crowd
{
    /// <summary>Registers alphas one by one, each its own transaction, under names that others use too.</summary>
    public static int Register(string path, int count, int names, int seed)
    {
        var random = new Random(seed);
        using var store = AlphaStore.OpenOrCreate(path);
        var registry = new AlphaRegistry(store);
        for (var i = 0; i < count; i++)
        {
            var draft = new AlphaDraft
            {
                Name = string.Create(CultureInfo.InvariantCulture, $"alpha-{random.Next(names)}"),
                Tags = new TagList(["crowd", $"process={seed}"]),
                Metrics = new MetricValues([
                    KeyValuePair.Create("sharpe", random.NextDouble() * 3),
                    KeyValuePair.Create("turnover", random.NextDouble()),
                ]),
                Parameters = new ParameterValues([KeyValuePair.Create<string, object>("n", (long)i)]),
            };
            var watch = Stopwatch.StartNew();
            var alpha = registry.Register([draft], OperationContext.Silent).Single();
            Program.Say("registered", alpha.Name, alpha.Version, watch.ElapsedMilliseconds);
        }

        return 0;
    }

    /// <summary>Searches as users do, each time in a new session; no page may contradict itself.</summary>
    public static int Search(string path)
    {
        var query = new AlphaQuery
        {
            Tags = ["crowd"],
            MinMetrics = new MetricBounds(MetricBounds.Parse("sharpe=1")),
            SortBy = "sharpe",
            Descending = true,
            First = 50,
            CountTotal = true,
        };
        return UntilInputEnds(() =>
        {
            using var store = Program.Await(path);
            var search = new AlphaRegistry(store).Search(query, OperationContext.Silent);
            var found = search.ToList();
            if (found.Any(alpha => alpha.Metrics["sharpe"] < 1) || found.Count > (search.Total ?? 0))
            {
                throw new InvalidOperationException("A search gave what it was not asked for.");
            }
        });
    }

    /// <summary>Backs up again and again; each backup is a store in order.</summary>
    public static int Backup(string path, string folder)
    {
        var count = 0;
        return UntilInputEnds(() =>
        {
            using var store = Program.Await(path);
            var target = Path.Combine(folder, (++count).ToString(CultureInfo.InvariantCulture));
            new StoreBackup(store).Write(target, force: false, OperationContext.Silent);
            using var backup = AlphaStore.Open(target);
            if (new StoreChecker(backup).Run(OperationContext.Silent).FirstOrDefault() is { } finding)
            {
                throw new InvalidOperationException($"A backup is not in order: {finding}");
            }
        });
    }

    private static int UntilInputEnds(Action work)
    {
        // The asynchronous way to read the console waits too.
        var end = Task.Run(Console.In.ReadToEnd);
        var count = 0;
        do
        {
            work();
            count++;
        } while (!end.IsCompleted);

        Program.Say("done", count);
        return 0;
    }
}
