using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Features;

/// <summary>The formats that rows of a feature set are exported in.</summary>
public enum FeatureFileFormat
{
    /// <summary>Comma-separated values; times in ISO 8601, missing values empty.</summary>
    Csv,

    /// <summary>Parquet, with the types of the set.</summary>
    Parquet,

    /// <summary>An array of objects; missing values null.</summary>
    Json,
}

/// <summary>Writes rows of a feature set to a file that anybody can read.</summary>
public static class FeatureFile
{
    /// <summary>The format that a file's extension asks for.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.FileFormatInvalid"/>: another extension.</exception>
    public static FeatureFileFormat FormatOf(string path)
    {
        var extension = Path.GetExtension(path);
        return extension.ToUpperInvariant() switch
        {
            ".CSV" => FeatureFileFormat.Csv,
            ".PARQUET" => FeatureFileFormat.Parquet,
            ".JSON" => FeatureFileFormat.Json,
            _ => throw new AlphaFactoryException(
                ErrorId.FileFormatInvalid,
                $"'{path}' has the extension '{extension}'. Features are written to .csv, .parquet or .json: name the "
                    + "file so."
            )
            {
                Target = path,
            },
        };
    }

    /// <summary>Writes the rows that a query asks for; the file appears whole or not at all.</summary>
    /// <param name="path">The file, in the format of its extension.</param>
    /// <param name="query">Which rows and columns.</param>
    /// <param name="noClobber">Whether a file that is there is an error.</param>
    /// <param name="force">Whether to replace a read-only file.</param>
    /// <param name="context">Stops the writing.</param>
    /// <returns>How many rows were written.</returns>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.FileFormatInvalid"/>, <see cref="ErrorId.SchemaMismatch"/>,
    /// <see cref="ErrorId.StoreCorrupt"/>, <see cref="ErrorId.DiskFull"/>, <see cref="ErrorId.StoreReadOnly"/>, or
    /// <see cref="ErrorId.FileExists"/>: the file is there and may not be replaced.
    /// </exception>
    public static long Write(
        string path,
        FeatureQuery query,
        bool noClobber,
        bool force,
        OperationContext context
    )
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(context);
        var format = FormatOf(path);
        var view = new FeatureView(query, context);
        var chunks = view.Chunks()
            .Select(chunk => chunk.Columns.Select(column => column.Take(chunk.Rows)).ToArray());
        long rows = 0;
        ExportFile.Write(
            path,
            noClobber,
            force,
            stream =>
                rows = format switch
                {
                    FeatureFileFormat.Csv => FeatureText.WriteCsv(stream, view.Names, chunks, context),
                    FeatureFileFormat.Json => FeatureText.WriteJson(stream, view.Names, chunks, context),
                    _ => ParquetFile.Write(stream, view.Empty(), chunks, context.Cancellation),
                }
        );
        return rows;
    }
}
