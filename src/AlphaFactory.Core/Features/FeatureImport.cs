using System.Globalization;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Features;

/// <summary>
/// One import: decides the types, reads the files into columns, sorts, writes a folder under a temporary name, and
/// publishes it. The row in the database is the commit: a folder without one is nobody's and is swept.
/// </summary>
internal sealed class FeatureImport(
    AlphaStore store,
    FeatureStore features,
    ImportRequest request,
    OperationContext context
)
{
    // How often an append starts again because another process appended in the meantime.
    private const int Attempts = 50;

    /// <summary>Does it.</summary>
    public ImportResult Run()
    {
        Names.Require(request.Name, "feature set");
        if (request.Rows is not null && request.Paths.Count > 0)
        {
            throw new AlphaFactoryException(
                ErrorId.FileFormatInvalid,
                "Files and objects cannot become one version together. Import them one after the other, the second "
                    + "with -Mode Append."
            );
        }

        if (request.Rows is null && request.Paths.Count == 0)
        {
            throw new AlphaFactoryException(
                ErrorId.PathNotFound,
                "There is nothing to import. Name a file with -Path, or pipe objects."
            );
        }

        foreach (var leftover in AtomicFile.Sweep(store.FeaturesFolder))
        {
            context.Verbose($"Removed '{leftover}', which a crashed import left.");
        }

        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            if (Try() is { } result)
            {
                return result;
            }

            context.Verbose($"Another process changed feature set '{request.Name}'; starting again.");
        }

        throw new AlphaFactoryException(
            ErrorId.VersionConflict,
            $"Other processes kept changing feature set '{request.Name}' during the import. Nothing was changed; "
                + "try again when they are done."
        )
        {
            Target = request.Name,
        };
    }

    private ImportResult? Try()
    {
        var latest = features.Latest(request.Name);
        RequireExpected(latest);
        var extended = request.Mode == ImportMode.Append ? latest : null;
        var files = FileStamp.Of(request.Paths);
        var plan = ImportPlan.Make(request, extended, context);
        var folder = AtomicFile.CreateTemporaryFolder(Path.Combine(store.FeaturesFolder, request.Name));
        try
        {
            using var quarantine = new Quarantine(folder);
            using var sort = new ImportSort(folder, plan, request, context.Cancellation);
            FeatureManifest? manifest = null;
            long read = 0;
            AtomicFile.Guard(
                folder,
                _ =>
                {
                    using var sources = new SourceHashes(request.Paths, context.Cancellation);
                    var rows = new ImportRows(plan, request, sort, quarantine, context);
                    read = rows.Read(extended);
                    manifest = rows.Finish().Finish(sources.Wait(), quarantine.Finish(), context.UtcNow);
                }
            );
            FileStamp.RequireSame(files);
            context.Cancellation.ThrowIfCancellationRequested();
            var mark = AtomicFile.Mark(folder);
            var (set, existing) = Publish(folder, manifest!, extended);
            if (set is not null && !existing)
            {
                AtomicFile.Unmark(set.Path, mark);
            }

            return set is null
                ? null
                : Done(
                    new ImportResult
                    {
                        Set = set,
                        Existing = existing,
                        RowsRead = read,
                        Quarantined = quarantine.Rows,
                        DuplicatesDropped = sort.Duplicates,
                    },
                    quarantine.First
                );
        }
        finally
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private ImportResult Done(ImportResult result, string? firstBad)
    {
        var set = result.Set;
        context.Verbose(
            result.Existing
                ? $"Version {set.Version} of feature set '{set.Name}' has the same content already; nothing was written."
                : $"Wrote version {set.Version} of feature set '{set.Name}': {Amount.Of(set.Rows, "row")}."
        );
        if (firstBad is not null)
        {
            var bad = result.Quarantined.ToString("N0", CultureInfo.InvariantCulture);
            context.Warn(
                $"Left out {bad} of {Amount.Of(result.RowsRead, "row")}"
                    + (
                        result.Existing
                            ? ". "
                            : $"; they are in '{Path.Combine(set.Path, Quarantine.FileName)}'. "
                    )
                    + $"The first is {firstBad}"
            );
        }

        return result;
    }

    private void RequireExpected(FeatureSet? latest)
    {
        var found = latest?.Version ?? 0;
        if (request.ExpectedVersion is { } expected && expected != found)
        {
            throw new AlphaFactoryException(
                ErrorId.VersionConflict,
                FormattableString.Invariant(
                    $"Feature set '{request.Name}' is at version {found}, not {expected} as expected: somebody changed it. Nothing was written; look at the new version (Get-FeatureSet) and try again with -ExpectedVersion {found}."
                )
            )
            {
                Target = request.Name,
            };
        }
    }

    /// <summary>Gives the folder a version, or finds the version that has its content.</summary>
    /// <returns>No set when the version that was extended is no longer the newest.</returns>
    private (FeatureSet? Set, bool Existing) Publish(
        string folder,
        FeatureManifest manifest,
        FeatureSet? extended
    ) =>
        store.Write<(FeatureSet?, bool)>(connection =>
        {
            var versions = features.Versions(connection, request.Name);
            var latest = versions.LastOrDefault();
            RequireExpected(latest);
            var same =
                request.Mode == ImportMode.New
                    ? versions.LastOrDefault(version => version.ContentHash == manifest.ContentHash)
                    : latest;
            if (same is not null && same.ContentHash == manifest.ContentHash)
            {
                return (same, true);
            }

            if (request.Mode == ImportMode.New && latest is not null)
            {
                throw new AlphaFactoryException(
                    ErrorId.FeatureSetExists,
                    $"Feature set '{latest.Name}' exists and has other content (version {latest.Version}). Use "
                        + "-Mode Append to add rows, -Mode Replace to make a version of these rows only, or "
                        + "another name."
                )
                {
                    Target = latest.Name,
                };
            }

            if (request.Mode == ImportMode.Append && latest?.Version != extended?.Version)
            {
                return (null, false);
            }

            var set = features.Insert(
                connection,
                latest?.Name ?? request.Name,
                FeatureStore.NextVersion(connection, request.Name),
                manifest
            );
            Move(folder, set.Path);
            return (set, false);
        });

    private void Move(string folder, string path) =>
        AtomicFile.Guard(
            path,
            target =>
            {
                if (Directory.Exists(target))
                {
                    context.Verbose($"Removed '{target}', which an import that never finished left.");
                    Directory.Delete(target, recursive: true);
                }

                AtomicFile.MoveFolder(folder, target);
            }
        );
}
