namespace AlphaFactory.Cmdlets.Tests;

/// <summary>The first command of README.md, as a stranger runs it.</summary>
public sealed class QuickStartTests : IDisposable
{
    private readonly ScriptFolder _folder = new();

    [Fact]
    public void Goes_through_every_station_twice_in_the_same_store()
    {
        var script = Path.Combine(Repository.Root, "docs", "examples", "quickstart.ps1");
        string[] arguments = ["-NonInteractive", "-File", script];
        // Without a store named, the script makes one in the folder it is started in.
        var environment = new Dictionary<string, string?> { ["ALPHAFACTORY_STORE"] = null };

        var first = HostProcess.Run(arguments, "", environment, _folder.Path);
        var second = HostProcess.Run(arguments, "", environment, _folder.Path);

        Assert.Equal((0, 0), (first.ExitCode, second.ExitCode));
        Assert.Equal(("", ""), (first.ErrorButWarnings, second.ErrorButWarnings));
        foreach (var station in "1234567")
        {
            Assert.Contains(
                $"\n{station}. ",
                "\n" + first.Output.ReplaceLineEndings("\n"),
                StringComparison.Ordinal
            );
        }

        Assert.Equal(16, Count(first.Output, "Identical"));
        Assert.DoesNotContain("Different", first.Output, StringComparison.Ordinal);

        var store = _folder.File("quickstart-store");
        Assert.Single(Directory.GetDirectories(Path.Combine(store, "features", "sp500")));
        Assert.Equal(4, Directory.GetFiles(store, "runs.parquet", SearchOption.AllDirectories).Length);
        Assert.Single(Directory.GetFiles(store, "report.html", SearchOption.AllDirectories));
        Assert.Single(Directory.GetFiles(store, "*.png", SearchOption.AllDirectories));

        var alphas = HostProcess.Run(
            "-Store",
            store,
            "-Command",
            "(Get-Alpha).ForEach{ \"$($_.Name) $($_.Version)\" }"
        );
        Assert.Equal(
            ["sp500-sma 1", "sp500-sma-since-2015 1", "sp500-sma 2", "sp500-sma-since-2015 2"],
            alphas.Output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        );
    }

    public void Dispose() => _folder.Dispose();

    private static int Count(string text, string word) => text.Split(word).Length - 1;
}
