using System.Diagnostics;
using System.Globalization;
using AlphaFactory.Core.Maintenance;
using AlphaFactory.Core.Registry;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Tests.Maintenance;

/// <summary>Many processes use one store at once, from before it exists.</summary>
public sealed class ConcurrencyTests(ITestOutputHelper output) : IDisposable
{
    private const string Variable = "ALPHAFACTORY_CROWD_ALPHAS";
    private const int Writers = 8;
    private const int Names = 40;

    private readonly TempFolder _folder = new();

    private static int AlphasPerWriter =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : 60;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Many_register_under_shared_names_while_others_search_and_one_backs_up()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var path = _folder.File("store");
        var watch = Stopwatch.StartNew();
        List<CrashProcess> writers =
        [
            .. Enumerable
                .Range(0, Writers)
                .Select(seed =>
                    CrashProcess.Start("register", path, Text(AlphasPerWriter), Text(Names), Text(seed))
                ),
        ];
        List<CrashProcess> others =
        [
            CrashProcess.Start("search", path),
            CrashProcess.Start("search", path),
            CrashProcess.Start("backup", path, Directory.CreateDirectory(_folder.File("backups")).FullName),
        ];

        var versions = new List<(string, int)>();
        var longest = 0;
        foreach (var writer in writers)
        {
            var (exitCode, said, error) = await writer.EndAsync(cancellation);
            Assert.True(exitCode == 0, error);
            longest = Math.Max(longest, said.Max(line => int.Parse(line[3], CultureInfo.InvariantCulture)));
            versions.AddRange(
                said.Select(line => (line[1], int.Parse(line[2], CultureInfo.InvariantCulture)))
            );
            writer.Dispose();
        }

        var elapsed = watch.Elapsed;
        var counts = new List<string>();
        foreach (var other in others)
        {
            other.EndInput();
            var (exitCode, said, error) = await other.EndAsync(cancellation);
            Assert.True(exitCode == 0, error);
            counts.Add(said[^1][1]);
            other.Dispose();
        }

        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{versions.Count} alphas by {Writers} processes in {elapsed.TotalSeconds:0.0} s, beside {counts[0]} and {counts[1]} searches and {counts[2]} backups. The longest registration took {longest} ms."
            )
        );
        Assert.Equal(Writers * AlphasPerWriter, versions.Count);
        Assert.Equal(versions.Count, versions.Distinct().Count());
        using var store = AlphaStore.Open(path);
        var alphas = new AlphaRegistry(store).Search(new AlphaQuery(), OperationContext.Silent).ToList();
        Assert.Equal(versions.Order(), alphas.Select(alpha => (alpha.Name, alpha.Version)).Order());
        Assert.All(
            alphas.GroupBy(alpha => alpha.Name),
            name =>
                Assert.Equal(Enumerable.Range(1, name.Count()), name.Select(alpha => alpha.Version).Order())
        );
        Assert.Empty(new StoreChecker(store).Run(OperationContext.Silent));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
