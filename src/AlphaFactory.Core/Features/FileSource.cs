namespace AlphaFactory.Core.Features;

/// <summary>Opens the files of an import, whatever their format.</summary>
internal static class FileSource
{
    /// <summary>Opens the rows of a file: Parquet when its first bytes say so, else CSV.</summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.PathNotFound"/> or <see cref="ErrorId.FileFormatInvalid"/>.
    /// </exception>
    public static RowSource OpenRows(string path, char? delimiter)
    {
        var file = Open(path);
        if (file.CanSeek && ParquetGuard.IsParquet(file))
        {
            return ParquetSource.Open(path, file);
        }

        file.Dispose();
        return CsvSource.Open(path, delimiter);
    }

    /// <summary>Checks the names of a file's columns.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.FileFormatInvalid"/>.</exception>
    public static void RequireHeader(string path, IReadOnlyList<string> header)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < header.Count; i++)
        {
            if (header[i].Length == 0 || header[i].Any(char.IsControl))
            {
                throw Malformed(
                    path,
                    $"has no printable header over column {i + 1}. Every column needs a name."
                );
            }

            if (!seen.Add(header[i]))
            {
                throw Malformed(
                    path,
                    $"has the header '{header[i]}' twice (case does not count). Rename one."
                );
            }
        }
    }

    /// <summary>Opens a file to read from.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.PathNotFound"/>.</exception>
    public static FileStream Open(string path)
    {
        if (Directory.Exists(path))
        {
            throw NotThere(path, $"'{path}' is a folder. Name its files, as in '*.csv'.", null);
        }

        try
        {
            return new FileStream(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete,
                1 << 16,
                FileOptions.SequentialScan
            );
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw NotThere(path, $"There is no file at '{path}'.", error);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw NotThere(path, $"'{path}' cannot be opened: {error.Message}", error);
        }
    }

    /// <summary>The error of a file that is not in the format it should be in.</summary>
    public static AlphaFactoryException Malformed(string path, string what, Exception? inner = null) =>
        new(ErrorId.FileFormatInvalid, $"file '{Path.GetFileName(path)}' {what}", inner) { Target = path };

    private static AlphaFactoryException NotThere(string path, string message, Exception? inner) =>
        new(ErrorId.PathNotFound, message, inner) { Target = path };
}
