namespace AlphaFactory.Core.Features;

/// <summary>Opens the files of an import, whatever their format.</summary>
internal static class FileSource
{
    /// <summary>Opens the rows of a file: Parquet when its first bytes say so, else CSV.</summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.PathNotFound"/> or <see cref="ErrorId.FileFormatInvalid"/>.
    /// </exception>
    public static RowSource OpenRows(string path, char? delimiter) => CsvSource.Open(path, delimiter);

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
