namespace AlphaFactory.Core.Provenance;

/// <summary>What the git repository around a folder says, read from its files; git itself need not be there.</summary>
public static class GitState
{
    private const int HashLength = 40;

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
