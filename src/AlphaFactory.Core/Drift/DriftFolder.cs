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

    /// <summary>Makes the files appear together, or leaves them when they are there to the byte.</summary>
    public static void Publish(string folder, IReadOnlyDictionary<string, byte[]> files)
    {
        if (!files.All(file => IsSame(Path.Combine(folder, file.Key), file.Value)))
        {
            AtomicFile.ReplaceFiles(folder, files);
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
