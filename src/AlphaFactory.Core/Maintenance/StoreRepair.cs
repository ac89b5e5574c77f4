using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Maintenance;

/// <summary>
/// Mends what can be mended without losing anything: what is made from other data is made again, leftovers of dead
/// processes are deleted, and folders that nothing names are moved to <c>lost+found</c> in the store.
/// </summary>
/// <param name="store">The store, which the caller keeps open.</param>
public sealed class StoreRepair(AlphaStore store)
{
    /// <summary>Mends the store, on the way as the result is read.</summary>
    /// <param name="confirm">Asked before each step with its target and what is about to be done to it.</param>
    /// <param name="context">The token, and where detail goes.</param>
    /// <returns>What was done.</returns>
    /// <exception cref="AlphaFactoryException">The store cannot be written, or is damaged beyond repair.</exception>
    public IEnumerable<StoreAction> Run(Func<string, string, bool> confirm, OperationContext context)
    {
        ArgumentNullException.ThrowIfNull(confirm);
        ArgumentNullException.ThrowIfNull(context);
        return Database(confirm, context)
            .Concat(Sweep(store, confirm, context))
            .Concat(MoveUnknown(confirm, context))
            .Concat(Checkpoint(store, confirm, context));
    }

    /// <summary>Deletes what dead processes left.</summary>
    internal static IEnumerable<StoreAction> Sweep(
        AlphaStore store,
        Func<string, string, bool> confirm,
        OperationContext context
    )
    {
        foreach (var path in StoreFolder.Leftovers(store.Root, context.Cancellation).ToList())
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var abandoned = Abandoned(store, path);
            if (
                confirm(abandoned, "Delete what a dead process left")
                && (
                    abandoned == path
                        ? AtomicFile.TryDelete(path)
                        : store.Write(connection => DeleteFolder(store, connection, path, abandoned))
                )
            )
            {
                yield return new StoreAction("Deleted", abandoned, "A dead process left it.");
            }
        }
    }

    /// <summary>Writes the log back into the database and empties it.</summary>
    internal static IEnumerable<StoreAction> Checkpoint(
        AlphaStore store,
        Func<string, string, bool> confirm,
        OperationContext context
    )
    {
        var log = store.DatabasePath + "-wal";
        var before = StoreFolder.Length(log);
        if (before == 0 || !confirm(log, "Write the log back into the database"))
        {
            yield break;
        }

        var busy = store.Maintain(
            connection => connection.Scalar("PRAGMA wal_checkpoint(TRUNCATE)") is not 0L,
            context.Cancellation
        );
        yield return busy
            ? new StoreAction(
                "Skipped",
                log,
                "Somebody is reading an older state, so the log stays until they are done."
            )
            : new StoreAction("Emptied", log, $"Its {StoreSize.Text(before)} are in the database now.");
    }

    private IEnumerable<StoreAction> Database(Func<string, string, bool> confirm, OperationContext context)
    {
        var path = store.DatabasePath;
        var kinds = new HashSet<StoreFindingKind>(
            new StoreChecker(store).Database(context).Select(finding => finding.Kind)
        );
        if (
            kinds.Contains(StoreFindingKind.IndexDamaged)
            && !kinds.Contains(StoreFindingKind.DatabaseDamaged)
            && confirm(path, "Make the indexes again from their tables")
        )
        {
            store.Write(connection => connection.Execute("REINDEX"));
            yield return new StoreAction("Reindexed", path, "Every index was made again from its table.");
        }

        if (
            kinds.Contains(StoreFindingKind.SearchTableStale)
            && confirm(path, "Make the tables that searches read again from the alphas")
        )
        {
            var alphas = store.Write(connection => SearchTables.Rebuild(connection, context.Cancellation));
            yield return new StoreAction(
                "Rebuilt",
                path,
                $"The tables that searches read were made again from {Amount.Of(alphas, "alpha")}."
            );
        }

        if (
            kinds.Contains(StoreFindingKind.LatestFlagWrong)
            && confirm(path, "Mark the newest version of each alpha as such")
        )
        {
            yield return Named(
                "Marked",
                store.Write(connection =>
                    ForEach(
                        connection,
                        AlphaCheck.WrongLatest,
                        "UPDATE alphas SET latest = (version = $2) WHERE name = $1"
                    )
                ),
                "The newest version is marked as such again for"
            );
        }

        if (
            kinds.Contains(StoreFindingKind.VersionCounterWrong)
            && confirm(path, "Set the counters of versions that are behind")
        )
        {
            yield return Named(
                "Counted",
                store.Write(connection =>
                    ForEach(
                        connection,
                        AlphaCheck.WrongCounter,
                        "INSERT INTO alpha_names VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET last_version = $2"
                    )
                ),
                "The counter of versions is set to the newest for"
            );
        }
    }

    private IEnumerable<StoreAction> MoveUnknown(Func<string, string, bool> confirm, OperationContext context)
    {
        foreach (var folder in new StoreChecker(store).UnknownFolders(context.Cancellation))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var target = FreeName(
                Path.Combine(store.Root, StoreFolder.LostAndFound, Path.GetRelativePath(store.Root, folder))
            );
            if (confirm(folder, $"Move to '{target}'"))
            {
                AtomicFile.Guard(target, path => AtomicFile.MoveFolder(folder, path));
                yield return new StoreAction(
                    "Moved",
                    target,
                    $"The database does not name '{Path.GetRelativePath(store.Root, folder)}'."
                );
            }
        }
    }

    /// <summary>
    /// What of a leftover is to go: the folder that a dead process's mark is in when the database does not name it,
    /// else the leftover itself.
    /// </summary>
    private static string Abandoned(AlphaStore store, string leftover)
    {
        var folder = Path.GetDirectoryName(leftover)!;
        var unnamed =
            File.Exists(leftover)
            && CanBeNamed(store, folder)
            && !store.Read(connection => StoreFolder.Named(store, connection)).Contains(folder);
        return unnamed ? folder : leftover;
    }

    /// <summary>Deletes a folder while the writer's lock is held, if all is still as it was found.</summary>
    private static bool DeleteFolder(
        AlphaStore store,
        SqliteConnection connection,
        string mark,
        string folder
    ) =>
        File.Exists(mark)
        && !StoreFolder.Named(store, connection).Contains(folder)
        && AtomicFile.TryDelete(folder);

    private static bool CanBeNamed(AlphaStore store, string folder)
    {
        var parent = Path.GetDirectoryName(folder);
        return parent == store.ExperimentsFolder || Path.GetDirectoryName(parent) == store.FeaturesFolder;
    }

    private static List<string> ForEach(SqliteConnection connection, string select, string change)
    {
        var names = AlphaCheck.Names(connection, select);
        foreach (var (name, version) in names)
        {
            connection.Execute(change, name, version);
        }

        return names.ConvertAll(item => item.Name);
    }

    private StoreAction Named(string action, List<string> names, string message)
    {
        const int Shown = 10;
        var list = string.Join(", ", names.Take(Shown).Select(name => $"'{name}'"));
        var more = names.Count > Shown ? FormattableString.Invariant($" and {names.Count - Shown} more") : "";
        return new StoreAction(action, store.DatabasePath, $"{message} {list}{more}.");
    }

    private static string FreeName(string path)
    {
        var name = path;
        for (var i = 2; Directory.Exists(name) || File.Exists(name); i++)
        {
            name = FormattableString.Invariant($"{path}-{i}");
        }

        return name;
    }
}
