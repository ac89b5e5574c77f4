using System.Globalization;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Maintenance;
using AlphaFactory.Core.Registry;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Tests.Maintenance;

/// <summary>
/// A process that registers, changes, imports and exports is killed at random moments. Then the store opens and is in
/// order, everything that was acknowledged is there, and nothing half-written is seen.
/// </summary>
public sealed class CrashTests(ITestOutputHelper output) : IDisposable
{
    private const string Variable = "ALPHAFACTORY_CRASH_KILLS";

    // A store is used for so many kills, so that each is held against a small one and against one with a history.
    private const int KillsPerStore = 20;

    private readonly TempFolder _folder = new();
    private readonly Dictionary<(string Name, int Version), double> _alphas = [];
    private readonly Dictionary<(string Name, int Version), string> _sets = [];
    private readonly HashSet<(string Name, int Version, string Tag)> _changes = [];
    private readonly HashSet<string> _gone = [];

    private static int Kills =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : KillsPerStore;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_killed_process_leaves_a_store_in_order_with_all_that_it_acknowledged()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var (acknowledged, leftovers) = (0, 0);
        for (var kill = 0; kill < Kills; kill++)
        {
            if (kill % KillsPerStore == 0)
            {
                _alphas.Clear();
                _sets.Clear();
                _changes.Clear();
                _gone.Clear();
            }

            var name = string.Create(CultureInfo.InvariantCulture, $"store-{kill / KillsPerStore}");
            var store = _folder.File(name);
            var outbox = _folder.File(name + "-out");
            var said = await WorkAndKillAsync(store, outbox, kill, cancellation);
            acknowledged += said.Count;
            Remember(said);
            if (AlphaStore.Exists(store) || said.Count > 0)
            {
                leftovers += Verify(store, kill);
                VerifyFiles(outbox);
            }
        }

        output.WriteLine(
            $"{Kills} kills, {acknowledged} acknowledgements, {leftovers} leftovers seen; every store was in order."
        );
    }

    private static async Task<List<string[]>> WorkAndKillAsync(
        string store,
        string outbox,
        int seed,
        CancellationToken cancellation
    )
    {
        // Not Random's own seed: which moment it hits is the machine's affair anyway.
        var random = new Random(seed);
        using var process = CrashProcess.Start(
            "work",
            store,
            outbox,
            seed.ToString(CultureInfo.InvariantCulture)
        );
        // Now and then while it starts and makes the store; else at any moment after it has said so much.
        var lines = random.Next(6) == 0 ? 0 : random.Next(1, 200);
        process.WaitForLines(lines, cancellation);
        await Task.Delay(random.Next(lines == 0 ? 400 : 40), cancellation);
        process.Kill();
        var (exitCode, said, error) = await process.EndAsync(cancellation);
        Assert.True(error.Length == 0, error);
        Assert.NotEqual(0, exitCode);
        return said;
    }

    private void Remember(List<string[]> said)
    {
        foreach (var line in said)
        {
            if (line[0] == "registered")
            {
                _alphas.Add((line[1], Number(line[2])), double.Parse(line[3], CultureInfo.InvariantCulture));
            }
            else if (line[0] == "imported")
            {
                _sets[(line[1], Number(line[2]))] = line[3];
            }
            else if (line[0] == "changed")
            {
                _changes.Add((line[1], Number(line[2]), line[3]));
            }
            else if (line[0] == "removing")
            {
                // Whether it is gone is not known until it is acknowledged.
                foreach (var alpha in _alphas.Keys.Where(alpha => alpha.Name == line[1]).ToList())
                {
                    _alphas.Remove(alpha);
                }
            }
            else if (line[0] == "removed")
            {
                _gone.Add(line[1]);
            }
        }
    }

    private int Verify(string path, int kill)
    {
        using var store = AlphaStore.OpenOrCreate(path);
        Assert.Empty(new StoreChecker(store).Run(OperationContext.Silent));
        var leftovers = StoreDescription.Of(store, OperationContext.Silent).Leftovers;

        var alphas = new AlphaRegistry(store).Search(new AlphaQuery(), OperationContext.Silent).ToList();
        var sharpes = alphas.ToDictionary(
            alpha => (alpha.Name, alpha.Version),
            alpha => alpha.Metrics["sharpe"]
        );
        Assert.All(_alphas, alpha => Assert.Equal(alpha.Value, sharpes[alpha.Key]));
        foreach (var name in alphas.GroupBy(alpha => alpha.Name))
        {
            Assert.Equal(Enumerable.Range(1, name.Count()), name.Select(alpha => alpha.Version).Order());
        }

        var tags = alphas.ToDictionary(alpha => (alpha.Name, alpha.Version), alpha => alpha.Tags);
        Assert.All(_changes, change => Assert.Contains(change.Tag, tags[(change.Name, change.Version)]));
        Assert.DoesNotContain(alphas, alpha => _gone.Contains(alpha.Name));
        foreach (var change in alphas.SelectMany(alpha => alpha.Tags).Where(IsChange).CountBy(tag => tag))
        {
            Assert.EndsWith(
                string.Create(CultureInfo.InvariantCulture, $"/{change.Value}"),
                change.Key,
                StringComparison.Ordinal
            );
        }

        // A batch was one transaction: all of it is there or none.
        foreach (
            var batch in alphas.GroupBy(alpha =>
                alpha.Tags.Single(tag => tag.StartsWith("batch=", StringComparison.Ordinal))
            )
        )
        {
            Assert.All(batch, alpha => Assert.Equal((long)batch.Count(), alpha.Parameters["size"]));
        }

        var features = new FeatureStore(store);
        var sets = features.List().ToDictionary(set => (set.Name, set.Version), set => set.ContentHash);
        Assert.All(_sets, set => Assert.Equal(set.Value, sets[set.Key]));
        foreach (var set in features.List().GroupBy(set => set.Name).Select(versions => versions.Last()))
        {
            FeatureBatches.AreWhole(features, set);
        }

        // Half of the time the next process finds what this one left, half of the time a store that was tidied.
        if (kill % 2 == 0)
        {
            Assert.All(
                new StoreOptimizer(store).Run((_, _) => true, OperationContext.Silent),
                action => Assert.NotEqual("Skipped", action.Action)
            );
            Assert.Equal(0, StoreDescription.Of(store, OperationContext.Silent).Leftovers);
        }

        return leftovers;
    }

    /// <summary>Every file that was written by renaming is whole, acknowledged or not.</summary>
    private static void VerifyFiles(string outbox)
    {
        if (!Directory.Exists(outbox))
        {
            return;
        }

        foreach (var file in Directory.EnumerateFiles(outbox).Where(file => !AtomicFile.IsTemporary(file)))
        {
            if (Path.GetExtension(file) is ".json" or ".csv")
            {
                _ = AlphaFile.Read(file, OperationContext.Silent);
            }
        }

        _ = AtomicFile.Sweep(outbox);
        Assert.DoesNotContain(Directory.EnumerateFiles(outbox), AtomicFile.IsTemporary);
    }

    private static bool IsChange(string tag) => tag.StartsWith("changed=", StringComparison.Ordinal);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
