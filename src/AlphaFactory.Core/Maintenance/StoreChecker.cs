using AlphaFactory.Core.Features;
using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Maintenance;

/// <summary>
/// Verifies a store: every page of its database, every row count, every hash of a file. Others may go on reading and
/// writing; what they finish or remove in the meantime is no finding, and neither are leftovers of dead processes,
/// which hold nothing of the store's.
/// </summary>
/// <param name="store">The store, which the caller keeps open.</param>
public sealed class StoreChecker(AlphaStore store)
{
    private const string Activity = "Testing the store";

    /// <summary>Verifies the store.</summary>
    /// <returns>What is wrong, found on the way; nothing when all is well.</returns>
    /// <exception cref="AlphaFactoryException">The store is locked, or cannot be read at all.</exception>
    public IEnumerable<StoreFinding> Run(OperationContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Database(context)
            .Concat(Features(context))
            .Concat(Experiments(context))
            .Concat(Folders(context))
            // A damaged database stops several checks in the same way.
            .Distinct();
    }

    /// <summary>What of the findings is the database's own.</summary>
    internal IEnumerable<StoreFinding> Database(OperationContext context)
    {
        context.Progress(new ProgressReport(Activity, "database"));
        var path = store.DatabasePath;
        var damaged = false;
        foreach (var finding in Guarded(connection => DatabaseCheck.Run(connection, path), context))
        {
            damaged |= finding.Kind == StoreFindingKind.DatabaseDamaged;
            yield return finding;
        }

        context.Verbose("Checked the pages, indexes, constraints and references of the database.");
        if (damaged)
        {
            yield break;
        }

        context.Progress(new ProgressReport(Activity, "alphas"));
        foreach (
            var finding in Guarded(
                connection => AlphaCheck.Run(connection, path, context.Cancellation),
                context
            )
        )
        {
            yield return finding;
        }

        context.Verbose("Checked every alpha, and what searches read of it.");
    }

    /// <summary>The folders that the database does not name and no living process is at.</summary>
    internal List<string> UnknownFolders(CancellationToken cancellation)
    {
        // First the folders, then the rows: what is published in between is named.
        List<string> folders =
        [
            .. StoreFolder.Folders(store.FeaturesFolder).SelectMany(StoreFolder.Folders),
            .. StoreFolder.Folders(store.ExperimentsFolder),
        ];
        cancellation.ThrowIfCancellationRequested();
        var named = store.Read(connection => StoreFolder.Named(store, connection));
        return folders.FindAll(folder => !named.Contains(folder) && IsUnclaimed(folder));
    }

    private static bool IsUnclaimed(string folder)
    {
        try
        {
            return !AtomicFile.IsMarked(folder);
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }
    }

    private IEnumerable<StoreFinding> Features(OperationContext context)
    {
        var sets = Rows(() => new FeatureStore(store).List(), out var damage);
        for (var i = 0; i < sets.Count; i++)
        {
            var set = sets[i];
            context.Cancellation.ThrowIfCancellationRequested();
            Report(context, $"feature set '{set.Name}' version {set.Version}", i, sets.Count);
            var findings = FeatureCheck.Run(set, context).ToList();
            // Somebody may have removed it while it was read.
            if (findings.Count > 0 && StillThere(set))
            {
                damage.AddRange(findings);
            }

            foreach (var finding in Take(damage))
            {
                yield return finding;
            }
        }

        foreach (var finding in damage)
        {
            yield return finding;
        }

        context.Verbose($"Checked every file of {Amount.Of(sets.Count, "version")} of feature sets.");
    }

    private IEnumerable<StoreFinding> Experiments(OperationContext context)
    {
        var experiments = Rows(() => store.Read(ExperimentCheck.All), out var damage);
        for (var i = 0; i < experiments.Count; i++)
        {
            var experiment = experiments[i];
            context.Cancellation.ThrowIfCancellationRequested();
            Report(context, $"experiment '{experiment.Key}'", i, experiments.Count);
            if (ExperimentCheck.Run(experiment, store).Any())
            {
                // It may have been at work, or removed, while it was read: what counts is what it is now.
                var now = store.Read(connection => ExperimentCheck.Find(connection, experiment.Key));
                damage.AddRange(now is null ? [] : ExperimentCheck.Run(now, store));
            }

            foreach (var finding in Take(damage))
            {
                yield return finding;
            }
        }

        foreach (var finding in damage)
        {
            yield return finding;
        }

        context.Verbose($"Checked the records and runs of {Amount.Of(experiments.Count, "experiment")}.");
    }

    private IEnumerable<StoreFinding> Folders(OperationContext context)
    {
        foreach (var folder in Rows(() => UnknownFolders(context.Cancellation), out _))
        {
            yield return new StoreFinding(
                StoreFindingKind.FolderUnknown,
                StoreFindingSeverity.Warning,
                folder,
                "The database does not name this folder: it is newer than the database, or was put there by hand.",
                $"Run Repair-AlphaStore, which moves it to '{StoreFolder.LostAndFound}' in the store, or restore the "
                    + "database that names it.",
                Repairable: true
            );
        }

        var leftovers = StoreFolder.Leftovers(store.Root, context.Cancellation).Count();
        context.Verbose(
            $"Checked for folders that nothing names, and found {Amount.Of(leftovers, "leftover")} of dead processes"
                + (leftovers == 0 ? "." : ": Optimize-AlphaStore removes them.")
        );
    }

    private bool StillThere(FeatureSet set) =>
        store.Read(connection =>
            connection.Scalar(
                "SELECT 1 FROM feature_sets WHERE name = $1 AND version = $2 AND content_hash = $3",
                set.Name,
                set.Version,
                set.ContentHash
            )
                is not null
        );

    /// <summary>Findings of the database; one that stops the reading becomes a finding too.</summary>
    private IEnumerable<StoreFinding> Guarded(
        Func<SqliteConnection, IEnumerable<StoreFinding>> check,
        OperationContext context
    )
    {
        using var findings = store.Stream(check, context.Cancellation).GetEnumerator();
        while (true)
        {
            StoreFinding? broken = null;
            try
            {
                if (!findings.MoveNext())
                {
                    yield break;
                }
            }
            catch (AlphaFactoryException error) when (error.Id == ErrorId.StoreCorrupt)
            {
                broken = Unreadable(error);
            }

            yield return broken ?? findings.Current;
            if (broken is not null)
            {
                yield break;
            }
        }
    }

    private IReadOnlyList<T> Rows<T>(Func<IReadOnlyList<T>> read, out List<StoreFinding> damage)
    {
        damage = [];
        try
        {
            return read();
        }
        catch (AlphaFactoryException error) when (error.Id == ErrorId.StoreCorrupt)
        {
            damage.Add(Unreadable(error));
            return [];
        }
    }

    private StoreFinding Unreadable(AlphaFactoryException error) =>
        StoreFinding.Damage(
            StoreFindingKind.DatabaseDamaged,
            store.DatabasePath,
            $"The database cannot be read through: {error.InnerException?.Message ?? error.Message}"
        );

    private static List<StoreFinding> Take(List<StoreFinding> findings)
    {
        List<StoreFinding> taken = [.. findings];
        findings.Clear();
        return taken;
    }

    private static void Report(OperationContext context, string what, int done, int count) =>
        context.Progress(new ProgressReport(Activity, what, 100.0 * done / count));
}
