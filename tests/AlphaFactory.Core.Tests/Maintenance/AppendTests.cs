using AlphaFactory.Core.Features;
using AlphaFactory.Core.Maintenance;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Tests.Maintenance;

/// <summary>Processes that append to one set at the same time: all rows land, one version after the other.</summary>
public sealed class AppendTests : IDisposable
{
    private const int Processes = 3;
    private const int Batches = 6;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("append")]
    [InlineData("compete")]
    public async Task Every_row_of_every_process_lands(string how)
    {
        var path = _folder.File("store");
        var processes = Enumerable
            .Range(1, Processes)
            .Select(seed => CrashProcess.Start(how, path, _folder.Path, $"{Batches}", $"{seed}"))
            .ToList();
        var said = new List<string[]>();
        foreach (var process in processes)
        {
            using (process)
            {
                var (exitCode, lines, error) = await process.EndAsync(TestContext.Current.CancellationToken);
                Assert.True(exitCode == 0, error);
                said.AddRange(lines.Where(line => line[0] == "appended"));
            }
        }

        using var store = AlphaStore.Open(path);
        var features = new FeatureStore(store);
        var versions = features.List("shared");
        Assert.Equal(Enumerable.Range(1, Processes * Batches), versions.Select(set => set.Version));
        Assert.Equal(
            said.Select(line => line[1]).Order(StringComparer.Ordinal),
            FeatureBatches.AreWhole(features, versions[^1])
        );
        // A version has the batches of those before it, and one more: nobody's rows were lost on the way.
        Assert.Equal(
            Enumerable.Range(1, versions.Count),
            versions.Select(set => FeatureBatches.AreWhole(features, set).Count)
        );
        Assert.Empty(new StoreChecker(store).Run(OperationContext.Silent));
    }
}
