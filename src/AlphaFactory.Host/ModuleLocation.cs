namespace AlphaFactory.Host;

/// <summary>Finds the module that belongs to this Host.</summary>
internal static class ModuleLocation
{
    private const string Manifest = "AlphaFactory.psd1";

    /// <summary>
    /// The manifest's path: in <c>Modules/AlphaFactory</c> beside a published Host, else in the nearest folder
    /// above, which is the root of the source tree; null when there is none.
    /// </summary>
    public static string? Find()
    {
        var published = Path.Combine(AppContext.BaseDirectory, "Modules", "AlphaFactory", Manifest);
        if (File.Exists(published))
        {
            return published;
        }

        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, Manifest)))
        {
            folder = folder.Parent;
        }

        return folder is null ? null : Path.Combine(folder.FullName, Manifest);
    }
}
