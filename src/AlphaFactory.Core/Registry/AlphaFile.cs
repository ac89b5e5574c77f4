using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Registry;

/// <summary>The formats that alphas are written in.</summary>
public enum AlphaFileFormat
{
    /// <summary>Comma-separated values, a row an alpha and a column a metric and parameter.</summary>
    Csv,

    /// <summary>An array of objects.</summary>
    Json,
}

/// <summary>Writes alphas to files, and reads them back.</summary>
public static class AlphaFile
{
    /// <summary>The format that a file's extension asks for.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.FileFormatInvalid"/>: another extension.</exception>
    public static AlphaFileFormat FormatOf(string path)
    {
        var extension = Path.GetExtension(path);
        return extension.Equals(".csv", StringComparison.OrdinalIgnoreCase) ? AlphaFileFormat.Csv
            : extension.Equals(".json", StringComparison.OrdinalIgnoreCase) ? AlphaFileFormat.Json
            : throw new AlphaFactoryException(
                ErrorId.FileFormatInvalid,
                $"'{path}' has the extension '{extension}'. Alphas are kept in .csv or .json files: name it so."
            )
            {
                Target = path,
            };
    }

    /// <summary>Writes alphas to a file in the format of its extension; it appears whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="alphas">The alphas, in the order to write.</param>
    /// <param name="noClobber">Whether a file that is there is an error.</param>
    /// <param name="force">Whether to replace a read-only file.</param>
    /// <param name="context">Stops the writing.</param>
    /// <returns>How many alphas were written.</returns>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.FileFormatInvalid"/>, <see cref="ErrorId.DiskFull"/>, <see cref="ErrorId.StoreReadOnly"/>, or
    /// <see cref="ErrorId.FileExists"/>: the file is there and may not be replaced.
    /// </exception>
    public static int Write(
        string path,
        IReadOnlyCollection<Alpha> alphas,
        bool noClobber,
        bool force,
        OperationContext context
    )
    {
        ArgumentNullException.ThrowIfNull(alphas);
        ArgumentNullException.ThrowIfNull(context);
        var format = FormatOf(path);
        ExportFile.Write(
            path,
            noClobber,
            force,
            stream =>
            {
                if (format == AlphaFileFormat.Csv)
                {
                    AlphaCsv.Write(stream, alphas, context.Cancellation);
                }
                else
                {
                    AlphaJson.Write(stream, alphas, context.Cancellation);
                }
            }
        );
        return alphas.Count;
    }

    /// <summary>Reads and checks the alphas of a file in the format of its extension.</summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.PathNotFound"/>; <see cref="ErrorId.FileFormatInvalid"/>; <see cref="ErrorId.RowInvalid"/>,
    /// with the row and column.
    /// </exception>
    public static AlphaFileContent Read(string path, OperationContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var format = FormatOf(path);
        try
        {
            using var stream = new FileStream(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete
            );
            return new AlphaFileContent(
                path,
                format == AlphaFileFormat.Csv
                    ? AlphaCsvReader.Read(path, stream, context.Cancellation)
                    : AlphaJsonReader.Read(path, stream, context.Cancellation)
            );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new AlphaFactoryException(
                ErrorId.PathNotFound,
                Directory.Exists(path) ? $"'{path}' is a folder. Name its files, as in '*.csv'."
                    : File.Exists(path) ? $"'{path}' cannot be read: {error.Message}"
                    : $"There is no file at '{path}'.",
                error
            )
            {
                Target = path,
            };
        }
    }
}
