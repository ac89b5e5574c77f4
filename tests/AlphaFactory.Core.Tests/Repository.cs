namespace AlphaFactory.Core.Tests;

/// <summary>Finds files of the repository, and the shared data beside it where they are.</summary>
internal static class Repository
{
    public static string Root { get; } =
        Above(AppContext.BaseDirectory, "AlphaFactory.sln")
        ?? throw new InvalidOperationException("The tests do not run inside the repository.");

    public static string Sp500 => File("docs", "examples", "data", "sp500-2000.csv");

    public static string File(params string[] names) => Path.Combine([Root, .. names]);

    /// <summary>A file of shared data; the test is skipped where it is not.</summary>
    public static string Shared(string name)
    {
        var relative = Path.Combine("shared", "data", name);
        var folder = Above(Root, relative);
        Assert.SkipWhen(folder is null, $"There is no {relative} above {Root}.");
        return Path.Combine(folder!, relative);
    }

    /// <summary>
    /// Holds a page of the documentation to what it is made from; with ALPHAFACTORY_WRITE_DOCS=1 in the environment
    /// it is written instead.
    /// </summary>
    public static void HoldsPage(string file, string expected)
    {
        if (Environment.GetEnvironmentVariable("ALPHAFACTORY_WRITE_DOCS") == "1")
        {
            System.IO.File.WriteAllText(file, expected);
            return;
        }

        Assert.Equal(expected, System.IO.File.ReadAllText(file));
    }

    private static string? Above(string folder, string file)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(at.FullName, file)))
            {
                return at.FullName;
            }
        }

        return null;
    }
}
