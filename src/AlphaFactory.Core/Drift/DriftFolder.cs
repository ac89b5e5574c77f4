using System.Globalization;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Drift;

/// <summary>Where the files of a report are, and how they get there.</summary>
internal static class DriftFolder
{
    /// <summary>The report for people.</summary>
    public const string HtmlFile = "report.html";

    /// <summary>The picture.</summary>
    public const string PngFile = "drift.png";

    /// <summary>The report for programs.</summary>
    public const string JsonFile = "result.json";

    /// <summary>The folder of a report, a full path.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.SpecInvalid"/>: there is a file at the path.</exception>
    public static string PathOf(AlphaStore store, FeatureSet set, DateTime asOf, string? outputPath)
    {
        if (outputPath is null)
        {
            return Path.Combine(store.ReportsFolder, "drift", set.Name, Name(asOf));
        }

        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(outputPath));
        return !File.Exists(folder)
            ? folder
            : throw new AlphaFactoryException(
                ErrorId.SpecInvalid,
                $"There is a file at '{folder}'. Give -OutputPath a folder: the report is several files."
            )
            {
                Target = folder,
            };
    }

    /// <summary>
    /// Makes the files appear together, or leaves them when they are there to the byte. In a folder that the user
    /// has and names, each file is replaced by itself, and others stay.
    /// </summary>
    /// <param name="folder">The folder; it need not exist.</param>
    /// <param name="own">Whether the folder is the store's, and may be replaced as one.</param>
    /// <param name="files">The files by name.</param>
    public static void Publish(string folder, bool own, IReadOnlyList<KeyValuePair<string, byte[]>> files)
    {
        if (files.All(file => IsSame(Path.Combine(folder, file.Key), file.Value)))
        {
            return;
        }

        if (own)
        {
            _ = AtomicFile.Sweep(Path.GetDirectoryName(folder)!);
        }

        if (own || !Directory.Exists(folder))
        {
            AtomicFile.ReplaceFolder(folder, temporary => WriteAll(temporary, files));
        }
        else
        {
            WriteAll(folder, files);
        }
    }

    private static void WriteAll(string folder, IReadOnlyList<KeyValuePair<string, byte[]>> files)
    {
        foreach (var (name, content) in files)
        {
            AtomicFile.Write(Path.Combine(folder, name), stream => stream.Write(content));
        }
    }

    /// <summary>An as-of time as the name of a folder on any system: the end of a day is that date.</summary>
    public static string Name(DateTime asOf) =>
        DriftSpan.Upper(asOf) is { Length: 10 } date
            ? date
            : asOf.ToString("yyyy-MM-dd'T'HHmmss.FFFFFF", CultureInfo.InvariantCulture) + "Z";

    private static bool IsSame(string path, byte[] content) =>
        File.Exists(path)
        && new FileInfo(path).Length == content.Length
        && File.ReadAllBytes(path).AsSpan().SequenceEqual(content);
}
