using System.Globalization;
using AlphaFactory.Core.Provenance;
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
        var plan = ImportPlan.Make(request, extended, context);
        var folder = AtomicFile.CreateTemporaryFolder(Path.Combine(store.FeaturesFolder, request.Name));
        try
        {
            using var quarantine = new Quarantine(folder);
            var places = new RowPlaces();
            var table = ReadRows(plan, extended, places, quarantine);
            var read = table.Rows - (extended?.Rows ?? 0) + quarantine.Rows;
            var order = table.Sort(request.Duplicates, places, context.Cancellation);
            FeatureManifest? manifest = null;
            AtomicFile.Guard(
                folder,
                target =>
                    manifest = VersionWriter.Write(
                        target,
                        table,
                        order,
                        Sources(),
                        quarantine.Finish(),
                        context
                    )
            );
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
                        DuplicatesDropped = table.Rows - order.Length,
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
        var rows = set.Rows.ToString("N0", CultureInfo.InvariantCulture);
        context.Verbose(
            result.Existing
                ? $"Version {set.Version} of feature set '{set.Name}' has the same content already; nothing was written."
                : $"Wrote version {set.Version} of feature set '{set.Name}': {rows} rows."
        );
        if (firstBad is not null)
        {
            var bad = result.Quarantined.ToString("N0", CultureInfo.InvariantCulture);
            context.Warn(
                $"Left out {bad} of {result.RowsRead.ToString("N0", CultureInfo.InvariantCulture)} rows"
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

    private FeatureTable ReadRows(
        ImportPlan plan,
        FeatureSet? extended,
        RowPlaces places,
        Quarantine quarantine
    )
    {
        var columns = plan
            .Columns.Select(column => ColumnData.Create(column.Name, column.Type, request.DateFormat))
            .ToArray();
        if (extended is not null)
        {
            places.Add(0, $"version {extended.Version} of '{extended.Name}'", 1, null);
            VersionReader.Open(extended).AppendAll(columns, context.Cancellation);
            foreach (var column in columns.Skip(extended.Columns.Count))
            {
                column.AppendMissing((int)extended.Rows);
            }
        }

        var before = columns[plan.Time].Count;
        var progress = new ImportProgress(request, context);
        foreach (var source in request.Sources())
        {
            using var opened = source;
            ReadSource(source, plan, columns, places, quarantine, progress);
            progress.NextSource();
        }

        return columns[plan.Time].Count > before
            ? new FeatureTable(columns, plan.Time, plan.Entity, plan.Known)
            : throw NoRows(quarantine);
    }

    private AlphaFactoryException NoRows(Quarantine quarantine)
    {
        var what =
            request.Rows is null ? $"file '{Path.GetFileName(request.Paths[0])}' has a header but no rows."
            : request.Rows.Count == 0 ? "There were no objects to import."
            : "The objects have no rows.";
        return quarantine.First is { } first
            ? new AlphaFactoryException(
                ErrorId.RowInvalid,
                FormattableString.Invariant(
                    $"None of {quarantine.Rows} rows can be read. The first is {first}"
                )
            )
            : new AlphaFactoryException(ErrorId.FileFormatInvalid, what)
            {
                Target = request.Paths.Count > 0 ? request.Paths[0] : null,
            };
    }

    private void ReadSource(
        RowSource source,
        ImportPlan plan,
        ColumnData[] columns,
        RowPlaces places,
        Quarantine quarantine,
        ImportProgress progress
    )
    {
        var map = ImportPlan.Map([.. plan.Columns.Select(column => column.Name)], source);
        while (source.Read())
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var row = columns[plan.Time].Count;
            if ((source.Fault ?? Append(source, plan, map, columns)) is not { } fault)
            {
                places.Add(row, source.Description, source.Row, source.Line);
            }
            else if (request.OnError == RowErrorPolicy.Stop)
            {
                throw source.Invalid(fault);
            }
            else
            {
                TakeBack(columns, row);
                quarantine.Add(source, fault);
            }

            progress.Row(source);
        }
    }

    private RowFault? Append(RowSource source, ImportPlan plan, int[] map, ColumnData[] columns)
    {
        for (var i = 0; i < columns.Length; i++)
        {
            var isKey = i == plan.Time || i == plan.Entity || i == plan.Known;
            if (Append(source, map[i], columns[i], isKey, isEntity: i == plan.Entity) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private RowFault? Append(RowSource source, int field, ColumnData column, bool isKey, bool isEntity)
    {
        if (source.IsMissing(field, isEntity))
        {
            if (isKey)
            {
                return new RowFault(
                    column.Name,
                    null,
                    $"there is no value. Every row needs {(isEntity ? "an entity" : "a time")}."
                );
            }

            column.AppendMissing();
            return null;
        }

        return source.TryAppend(field, column, isEntity)
            ? null
            : new RowFault(column.Name, source.Text(field), Misfit(column, Shown(source.Text(field))));
    }

    private static void TakeBack(ColumnData[] columns, int rows)
    {
        foreach (var column in columns)
        {
            column.Truncate(Math.Min(rows, column.Count));
        }
    }

    private string Misfit(ColumnData column, string value) =>
        column.Type == FeatureType.Timestamp
            ? $"'{value}' is not a time"
                + (
                    request.DateFormat is { } format
                        ? $" of the format '{format}'. Correct it, or change -DateFormat."
                        : ". Write 2015-01-31 or 2015-01-31T09:30:00Z (to the microsecond at most), or give "
                            + "-DateFormat."
                )
            : $"'{value}' is not {column.Type.Noun()}, and the column is of type {column.Type.Name()}. Correct the "
                + $"value or leave it empty, or give the type with -Schema @{{ '{column.Name}' = 'text' }}.";

    private static string Shown(string text) =>
        text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 60), "…");

    private List<ManifestSource> Sources() =>
        [
            .. request.Paths.Select(path => new ManifestSource(
                Path.GetFileName(path),
                new FileInfo(path).Length,
                ContentHash.OfFile(path)
            )),
        ];

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
