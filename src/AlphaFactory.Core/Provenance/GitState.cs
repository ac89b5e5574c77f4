using System.ComponentModel;
using System.Diagnostics;

namespace AlphaFactory.Core.Provenance;

/// <summary>
/// What the git repository around a folder says. The commit is read from its files; only whether something was
/// changed since is git's own to say, so that is not known where git is not installed.
/// </summary>
public static class GitState
{
    private const int HashLength = 40;

    // A work tree that takes git longer than this is better registered without an answer than not at all.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The commit that is checked out in the repository around <paramref name="folder"/>, or null when there is no
    /// repository, no commit yet, or it cannot be read.
    /// </summary>
    public static string? FindCommit(string folder)
    {
        try
        {
            for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
            {
                if (GitFolder(Path.Combine(at.FullName, ".git")) is { } git)
                {
                    return Commit(git);
                }
            }
        }
        catch (Exception error)
            when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Provenance is as good as it can be had; a repository that cannot be read says nothing.
        }

        return null;
    }

    /// <summary>
    /// Whether files that git keeps were changed since the commit that is checked out, or one of the files given is
    /// not kept by git as it is. Null when git is not installed, does not trust the folder, or does not answer.
    /// </summary>
    /// <param name="folder">A folder in the repository.</param>
    /// <param name="files">Files that the code is in, full paths.</param>
    public static bool? FindDirty(string folder, IReadOnlyList<string> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        var changed = HasStatus(folder, ["--untracked-files=no"]);
        return changed is false && files.Count > 0
            ? HasStatus(folder, ["--untracked-files=all", "--ignored", "--", .. files])
            : changed;
    }

    // Without optional locks and monitors: looking must neither get in another git's way nor start the
    // repository's own programs.
    private static bool? HasStatus(string folder, IEnumerable<string> arguments)
    {
        try
        {
            var start = new ProcessStartInfo("git")
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                CreateNoWindow = true,
            };
            string[] all =
            [
                "--no-optional-locks",
                "--literal-pathspecs",
                "-C",
                folder,
                "-c",
                "core.fsmonitor=false",
                "status",
                "--porcelain",
                .. arguments,
            ];
            foreach (var argument in all)
            {
                start.ArgumentList.Add(argument);
            }

            using var git = Process.Start(start)!;
            git.StandardInput.Close();
            git.ErrorDataReceived += static (_, _) => { };
            git.BeginErrorReadLine();
            var output = git.StandardOutput.ReadToEndAsync();
            if (!git.WaitForExit(Patience))
            {
                git.Kill(entireProcessTree: true);
                return null;
            }

            return git.ExitCode == 0 ? output.GetAwaiter().GetResult().Length > 0 : null;
        }
        catch (Exception error) when (error is Win32Exception or InvalidOperationException or IOException)
        {
            return null;
        }
    }

    /// <summary>A work tree or a submodule has a file in place of the folder, which says where it is.</summary>
    private static string? GitFolder(string path)
    {
        const string Prefix = "gitdir:";
        if (Directory.Exists(path))
        {
            return path;
        }

        var text = File.Exists(path) ? File.ReadAllText(path).Trim() : "";
        return text.StartsWith(Prefix, StringComparison.Ordinal)
            ? Path.GetFullPath(text[Prefix.Length..].Trim(), Path.GetDirectoryName(path)!)
            : null;
    }

    private static string? Commit(string git)
    {
        const string Prefix = "ref:";
        var head = File.ReadAllText(Path.Combine(git, "HEAD")).Trim();
        if (!head.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return AsHash(head);
        }

        var name = head[Prefix.Length..].Trim();
        var common = Path.Combine(git, "commondir");
        var shared = File.Exists(common) ? Path.GetFullPath(File.ReadAllText(common).Trim(), git) : git;
        foreach (var place in new[] { git, shared })
        {
            var file = Path.GetFullPath(name, place);
            if (file.StartsWith(place, StringComparison.Ordinal) && File.Exists(file))
            {
                return AsHash(File.ReadAllText(file).Trim());
            }
        }

        var packed = Path.Combine(shared, "packed-refs");
        return File.Exists(packed)
            ? File.ReadLines(packed)
                .Where(line => line.EndsWith(" " + name, StringComparison.Ordinal))
                .Select(line => AsHash(line.Split(' ')[0]))
                .FirstOrDefault()
            : null;
    }

    private static string? AsHash(string text) =>
        text.Length >= HashLength && text.All(char.IsAsciiHexDigitLower) ? text : null;
}
