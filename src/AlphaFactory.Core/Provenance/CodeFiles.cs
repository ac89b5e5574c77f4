using System.Text;

namespace AlphaFactory.Core.Provenance;

/// <summary>The hash of the files that an alpha's code is in.</summary>
public static class CodeFiles
{
    /// <summary>
    /// The SHA-256 of a file; of several, that of a list with a line for each, in ordinal order of their names:
    /// the file's hash, two spaces and its name without folder, as <c>sha256sum</c> prints it.
    /// </summary>
    /// <param name="paths">The files, full paths.</param>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.PathNotFound"/>: one is not there or cannot be read.</exception>
    public static string Hash(IReadOnlyList<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        if (paths.Count == 1)
        {
            return Hash(paths[0]);
        }

        var list = new StringBuilder();
        var lines = paths
            .Select(path => (Name: Path.GetFileName(path), Hash: Hash(path)))
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .ThenBy(file => file.Hash, StringComparer.Ordinal);
        foreach (var (name, hash) in lines)
        {
            list.Append(hash).Append("  ").Append(name).Append('\n');
        }

        return ContentHash.OfText(list.ToString());
    }

    private static string Hash(string path)
    {
        try
        {
            return ContentHash.OfFile(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new AlphaFactoryException(
                ErrorId.PathNotFound,
                $"The code file '{path}' cannot be read: {error.Message}",
                error
            )
            {
                Target = path,
            };
        }
    }
}
