namespace AlphaFactory.Core.Features;

/// <summary>How long a file was and when somebody last wrote to it.</summary>
internal sealed record FileStamp(string Path, long Length, DateTime Written)
{
    /// <summary>Notes the files of an import, but those that are not there.</summary>
    public static IReadOnlyList<FileStamp> Of(IEnumerable<string> paths) =>
        [.. paths.Where(File.Exists).Select(Of)];

    /// <summary>Makes sure that nobody has written to the files since, so that rows and hash are of one content.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.FileFormatInvalid"/>: somebody has.</exception>
    public static void RequireSame(IEnumerable<FileStamp> stamps)
    {
        foreach (var stamp in stamps)
        {
            if (Of(stamp.Path) != stamp)
            {
                throw FileSource.Malformed(
                    stamp.Path,
                    "changed during the import: somebody is writing to it. Nothing was imported; try again when they "
                        + "are done."
                );
            }
        }
    }

    private static FileStamp Of(string path)
    {
        var file = new FileInfo(path);
        return file.Exists
            ? new FileStamp(path, file.Length, file.LastWriteTimeUtc)
            : new FileStamp(path, -1, default);
    }
}
