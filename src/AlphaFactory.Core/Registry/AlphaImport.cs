namespace AlphaFactory.Core.Registry;

/// <summary>The alphas of a file, read and checked.</summary>
public sealed class AlphaFileContent
{
    internal AlphaFileContent(string path, IReadOnlyList<ImportRow> rows)
    {
        Path = path;
        Rows = rows;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>How many alphas it has.</summary>
    public int Count => Rows.Count;

    internal IReadOnlyList<ImportRow> Rows { get; }
}

/// <summary>What came of importing a file.</summary>
/// <param name="Imported">The alphas that are now in the store, in the order of the file.</param>
/// <param name="Skipped">The alphas that were in the store already, as the file has them.</param>
/// <param name="Conflicts">
/// Why nothing was imported: a <see cref="ErrorId.VersionConflict"/> for each alpha of which the store, or the file,
/// has another under the same name and version.
/// </param>
public sealed record AlphaImport(
    IReadOnlyList<Alpha> Imported,
    IReadOnlyList<Alpha> Skipped,
    IReadOnlyList<AlphaFactoryException> Conflicts
);
