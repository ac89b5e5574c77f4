using System.Globalization;
using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Maintenance;

/// <summary>The files of a store, whoever else is at them: what goes away in the middle is passed over.</summary>
internal static class StoreFolder
{
    /// <summary>Where a repair puts what it takes out of the way.</summary>
    public const string LostAndFound = "lost+found";

    private static readonly EnumerationOptions Everything = new()
    {
        // Hidden files too: temporary names begin with a dot.
        AttributesToSkip = FileAttributes.ReparsePoint,
        IgnoreInaccessible = true,
    };

    /// <summary>Every file under a folder; links are not followed.</summary>
    public static IEnumerable<string> Files(string folder, CancellationToken cancellation) =>
        Entries(folder, cancellation).Where(entry => entry is FileInfo).Select(entry => entry.FullName);

    /// <summary>
    /// Every leftover of a dead process: temporary files and folders, each the outermost, and the marks in folders
    /// that were about to become or cease to be part of the store.
    /// </summary>
    public static IEnumerable<string> Leftovers(string root, CancellationToken cancellation) =>
        Entries(root, cancellation)
            .Where(entry => !InsideTemporary(root, entry.FullName) && AtomicFile.IsLeftover(entry.FullName))
            .Select(entry => entry.FullName);

    /// <summary>The folders in a folder that are no temporary ones, by name.</summary>
    public static IReadOnlyList<string> Folders(string folder) =>
        Directory.Exists(folder)
            ?
            [
                .. Directory
                    .EnumerateDirectories(folder, "*", Everything)
                    .Where(path => !AtomicFile.IsTemporary(path))
                    .Order(StringComparer.Ordinal),
            ]
            : [];

    /// <summary>The size of a file in bytes; 0 when it is gone.</summary>
    public static long Length(string file) => new FileInfo(file) is { Exists: true } info ? info.Length : 0;

    /// <summary>The folder of a version of a feature set.</summary>
    public static string VersionFolder(AlphaStore store, string name, long version) =>
        Path.Combine(
            store.FeaturesFolder,
            name,
            string.Create(CultureInfo.InvariantCulture, $"v{version:D6}")
        );

    /// <summary>The folders of feature versions and experiments that the database names, full paths.</summary>
    public static HashSet<string> Named(AlphaStore store, SqliteConnection connection)
    {
        // A set's folder is spelled as its first version was.
        var named = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        named.UnionWith(
            connection.Query(
                row => VersionFolder(store, row.GetString(0), row.GetInt64(1)),
                "SELECT name, version FROM feature_sets"
            )
        );
        named.UnionWith(
            connection.Query(
                row => Path.Combine(store.ExperimentsFolder, row.GetString(0)),
                "SELECT key FROM experiments WHERE status <> 'Removed'"
            )
        );
        return named;
    }

    private static bool InsideTemporary(string root, string path)
    {
        for (
            var parent = Path.GetDirectoryName(path);
            parent is not null && parent.Length > root.Length;
            parent = Path.GetDirectoryName(parent)
        )
        {
            if (AtomicFile.IsTemporary(parent))
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<FileSystemInfo> Entries(string folder, CancellationToken cancellation)
    {
        var pending = new Stack<string>([folder]);
        while (pending.TryPop(out var next))
        {
            foreach (var entry in EntriesOf(next))
            {
                cancellation.ThrowIfCancellationRequested();
                if (entry is DirectoryInfo)
                {
                    pending.Push(entry.FullName);
                }

                yield return entry;
            }
        }
    }

    private static FileSystemInfo[] EntriesOf(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).GetFileSystemInfos("*", Everything);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }
}
