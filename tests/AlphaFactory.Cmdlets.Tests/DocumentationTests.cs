using System.Text.RegularExpressions;

namespace AlphaFactory.Cmdlets.Tests;

/// <summary>
/// What the documentation shows works: the blocks marked <c>powershell</c> of a page run one after the other, from
/// the root of the repository and in a store of their own. Those marked <c>pwsh</c> need PowerShell itself.
/// </summary>
public sealed partial class DocumentationTests : IDisposable
{
    private readonly ScriptFolder _folder = new();

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_example_of_a_page_runs(string page)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, page));
        var blocks = PowerShellBlock().Matches(text).Select(match => match.Groups["code"].Value);
        // The page writes where its reader stands; the test keeps that out of the source tree.
        var script = _folder.Write(
            "page.ps1",
            "$ErrorActionPreference = 'Stop'\n"
                + string.Concat(blocks)
                    .Replace("'./examples-store'", $"'{_folder.File("store")}'", StringComparison.Ordinal)
                    .Replace("'./examples-copy'", $"'{_folder.File("copy")}'", StringComparison.Ordinal)
                    .Replace("-Path alphas.", $"-Path {_folder.File("alphas.")}", StringComparison.Ordinal)
        );

        var result = HostProcess.Run("-NonInteractive", "-Store", _folder.File("store"), "-File", script);

        Assert.Equal((0, ""), (result.ExitCode, result.ErrorButWarnings));
    }

    /// <summary>The pages that have examples to run.</summary>
    public static IEnumerable<TheoryDataRow<string>> Pages() =>
        Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Append(Path.Combine(Repository.Root, "README.md"))
            .Where(page => PowerShellBlock().IsMatch(File.ReadAllText(page)))
            .Select(page => Path.GetRelativePath(Repository.Root, page))
            .Order(StringComparer.Ordinal)
            .Select(page => new TheoryDataRow<string>(page));

    public void Dispose() => _folder.Dispose();

    [GeneratedRegex(
        @"^```powershell\r?\n(?<code>.*?)^```",
        RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture
    )]
    private static partial Regex PowerShellBlock();
}
