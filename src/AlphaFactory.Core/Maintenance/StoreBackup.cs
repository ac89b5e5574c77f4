using AlphaFactory.Core.Features;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Maintenance;

/// <summary>
/// Copies a store to a folder while others write. The database is copied in one consistent state; then the files
/// that this state names are, and each is held to its hash. The folder appears whole or not at all, and is a store:
/// to restore it is to open it, or to copy it back.
/// </summary>
/// <param name="store">The store, which the caller keeps open.</param>
public sealed class StoreBackup(AlphaStore store)
{
    // A removal or a finished experiment between the database's copy and the files' starts the backup again.
    private const int Attempts = 3;
    private const int CopyBuffer = 1 << 20;

    private static readonly string[] Excluded = ["registry.db", "registry.db-wal", "registry.db-shm"];

    /// <summary>Makes the backup.</summary>
    /// <param name="path">The folder to appear; it must not exist, or be empty.</param>
    /// <param name="force">Whether to copy what is damaged or missing as it is, with a warning for each.</param>
    /// <param name="context">The token, and where warnings go.</param>
    /// <returns>What the backup holds.</returns>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.SpecInvalid"/>: the target is not empty, or is in the store;
    /// <see cref="ErrorId.StoreCorrupt"/>: a file is damaged or missing; <see cref="ErrorId.DiskFull"/>.
    /// </exception>
    public StoreDescription Write(string path, bool force, OperationContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        RequireFree(target);
        _ = Directory.Exists(Path.GetDirectoryName(target))
            ? AtomicFile.Sweep(Path.GetDirectoryName(target)!)
            : [];
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                AtomicFile.CreateFolder(
                    target,
                    folder =>
                    {
                        Fill(folder, attempt == Attempts && force, context);
                        RequireFree(target);
                        if (Directory.Exists(target))
                        {
                            Directory.Delete(target);
                        }
                    }
                );
                break;
            }
            catch (AlphaFactoryException error)
                when (error.Id == ErrorId.StoreCorrupt && attempt < Attempts && error.Target is string)
            {
                context.Verbose($"{error.Message} It may have changed since; starting again.");
            }
            catch (AlphaFactoryException error) when (error.Id == ErrorId.DiskFull)
            {
                // The copy of the database is SQLite's, which names the database that it reads.
                throw new AlphaFactoryException(
                    ErrorId.DiskFull,
                    $"There is no room left on the disk for the backup '{target}'. Free some or choose another "
                        + "disk; nothing was written.",
                    error
                )
                {
                    Target = target,
                };
            }
        }

        using var backup = AlphaStore.Open(target);
        return StoreDescription.Of(backup, context);
    }

    private void Fill(string folder, bool tolerant, OperationContext context)
    {
        context.Progress(new ProgressReport("Backing up the store", "database"));
        var database = Path.Combine(folder, Path.GetFileName(store.DatabasePath));
        _ = store.Maintain(
            connection => connection.Execute("VACUUM INTO $1", database),
            context.Cancellation
        );
        foreach (var file in Others(context.Cancellation))
        {
            // Reports and whatever else is there: nothing in the database says what it must be.
            CopyOptional(file, folder);
        }

        using (var copy = AlphaStore.OpenCopy(folder))
        {
            CopyFeatures(copy, folder, tolerant, context);
            CopyExperiments(copy, folder, tolerant, context);
        }

        AtomicFile.Flush(database);
    }

    private void CopyFeatures(AlphaStore copy, string folder, bool tolerant, OperationContext context)
    {
        var sets = new FeatureStore(copy).List();
        for (var i = 0; i < sets.Count; i++)
        {
            Report(context, $"feature set '{sets[i].Name}' version {sets[i].Version}", i, sets.Count);
            var from = StoreFolder.VersionFolder(store, sets[i].Name, sets[i].Version);
            CopyFolder(from, folder, context.Cancellation);
            Require(FeatureCheck.Run(sets[i], context), tolerant, folder, context);
        }
    }

    private void CopyExperiments(AlphaStore copy, string folder, bool tolerant, OperationContext context)
    {
        var experiments = copy.Read(ExperimentCheck.All);
        for (var i = 0; i < experiments.Count; i++)
        {
            Report(context, $"experiment '{experiments[i].Key}'", i, experiments.Count);
            var from = Path.Combine(store.ExperimentsFolder, experiments[i].Key);
            CopyFolder(from, folder, context.Cancellation);
            Require(ExperimentCheck.Run(experiments[i], copy), tolerant, folder, context);
        }
    }

    /// <summary>Every file that is neither the database nor in a folder that the database names.</summary>
    private IEnumerable<string> Others(CancellationToken cancellation) =>
        StoreFolder
            .Files(store.Root, cancellation)
            .Where(file =>
            {
                var parts = Path.GetRelativePath(store.Root, file).Split(Path.DirectorySeparatorChar);
                return !parts.Any(AtomicFile.IsTemporary)
                    && !Excluded.Contains(parts[0], StringComparer.Ordinal)
                    && parts[0] is not ("features" or "experiments" or StoreFolder.LostAndFound);
            });

    private void CopyFolder(string from, string backup, CancellationToken cancellation)
    {
        foreach (
            var file in StoreFolder.Files(from, cancellation).Where(file => !AtomicFile.IsTemporary(file))
        )
        {
            CopyOptional(file, backup);
        }
    }

    private void CopyOptional(string file, string backup)
    {
        var target = Path.Combine(backup, Path.GetRelativePath(store.Root, file));
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        try
        {
            using var source = new FileStream(
                file,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete,
                CopyBuffer
            );
            using var copy = new FileStream(target, FileMode.CreateNew);
            source.CopyTo(copy, CopyBuffer);
            copy.Flush(flushToDisk: true);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            // It went away; if it had to be there, the check of the copy says so.
        }
    }

    private void Require(
        IEnumerable<StoreFinding> findings,
        bool tolerant,
        string backup,
        OperationContext context
    )
    {
        foreach (var finding in findings.Where(finding => finding.Severity == StoreFindingSeverity.Error))
        {
            var path = Path.Combine(store.Root, Path.GetRelativePath(backup, finding.Path));
            if (!tolerant)
            {
                throw new AlphaFactoryException(
                    ErrorId.StoreCorrupt,
                    $"'{path}' cannot be backed up: {finding.Message} Test-AlphaStore lists all damage; "
                        + "-Force backs up what there is."
                )
                {
                    Target = path,
                };
            }

            context.Warn($"'{path}' is backed up as it is: {finding.Message}");
        }
    }

    private void RequireFree(string target)
    {
        var inside = Path.GetRelativePath(store.Root, target);
        var problem =
            inside == "." || !(inside.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(inside))
                ? "is in the store itself"
            : File.Exists(target) ? "is a file"
            : Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any() ? "is not empty"
            : null;
        if (problem is not null)
        {
            throw new AlphaFactoryException(
                ErrorId.SpecInvalid,
                $"'{target}' {problem}. Give a folder that does not exist yet, or an empty one."
            )
            {
                Target = target,
            };
        }
    }

    private static void Report(OperationContext context, string what, int done, int count)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        context.Progress(new ProgressReport("Backing up the store", what, 100.0 * done / count));
    }
}
