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
    private const int Attempts = 5;
    private const int RowsBetweenReports = 1 << 16;

    /// <summary>Does it.</summary>
    public ImportResult Run()
    {
        Names.Require(request.Name, "feature set");
        if (request.Paths.Count == 0)
        {
            throw new AlphaFactoryException(ErrorId.PathNotFound, "No file was named. Name one with -Path.");
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
        var extended = request.Mode == ImportMode.Append ? features.Latest(request.Name) : null;
        var plan = ImportPlan.Make(request, extended, context);
        var places = new RowPlaces();
        var table = ReadRows(plan, extended, places);
        var read = table.Rows - (extended?.Rows ?? 0);
        var order = table.Sort(request.Duplicates, places, context.Cancellation);
        var folder = AtomicFile.CreateTemporaryFolder(Path.Combine(store.FeaturesFolder, request.Name));
        try
        {
            FeatureManifest? manifest = null;
            AtomicFile.Guard(
                folder,
                target => manifest = VersionWriter.Write(target, table, order, Sources(), context)
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
                        DuplicatesDropped = table.Rows - order.Length,
                    }
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

    private ImportResult Done(ImportResult result)
    {
        var set = result.Set;
        var rows = set.Rows.ToString("N0", CultureInfo.InvariantCulture);
        context.Verbose(
            result.Existing
                ? $"Version {set.Version} of feature set '{set.Name}' has the same content already; nothing was written."
                : $"Wrote version {set.Version} of feature set '{set.Name}': {rows} rows."
        );
        return result;
    }

    private FeatureTable ReadRows(ImportPlan plan, FeatureSet? extended, RowPlaces places)
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
        var total = Math.Max(1, request.Paths.Sum(path => new FileInfo(path).Length));
        var done = 0L;
        foreach (var path in request.Paths)
        {
            using var source = CsvSource.Open(path, request.Delimiter);
            ReadFile(source, plan, columns, places, position => 100.0 * (done + position) / total);
            done += source.Position;
        }

        return columns[plan.Time].Count > before
            ? new FeatureTable(columns, plan.Time, plan.Entity)
            : throw new AlphaFactoryException(
                ErrorId.FileFormatInvalid,
                $"file '{Path.GetFileName(request.Paths[0])}' has a header but no rows."
            )
            {
                Target = request.Paths[0],
            };
    }

    private void ReadFile(
        CsvSource source,
        ImportPlan plan,
        ColumnData[] columns,
        RowPlaces places,
        Func<long, double> percent
    )
    {
        var name = $"file '{Path.GetFileName(source.Path)}'";
        var map = ImportPlan.Map([.. plan.Columns.Select(column => column.Name)], source);
        while (source.Read())
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var row = columns[plan.Time].Count;
            places.Add(row, name, source.Row, source.Line);
            for (var i = 0; i < columns.Length; i++)
            {
                Append(source, map[i], columns[i], isKey: i == plan.Time || i == plan.Entity);
            }

            if (row % RowsBetweenReports == RowsBetweenReports - 1)
            {
                var rows = (row + 1).ToString("N0", CultureInfo.InvariantCulture);
                context.Progress(
                    new ProgressReport(
                        $"Importing '{request.Name}'",
                        $"{rows} rows",
                        percent(source.Position)
                    )
                );
            }
        }
    }

    private void Append(CsvSource source, int field, ColumnData column, bool isKey)
    {
        var text = source.Field(field);
        // An entity may well be called NA; only an empty one is missing.
        var isEntity = isKey && column.Type == FeatureType.Text;
        if (isEntity ? text.IsEmpty : FieldText.IsMissing(text))
        {
            if (isKey)
            {
                throw source.Invalid(
                    column.Name,
                    $"there is no value. Every row needs {(isEntity ? "an entity" : "a time")}."
                );
            }

            column.AppendMissing();
            return;
        }

        // A text keeps its spaces, but for those around a name.
        var value = column.Type == FeatureType.Text && !isEntity ? source.RawField(field) : text;
        if (!column.TryAppend(value))
        {
            throw source.Invalid(column.Name, Misfit(column, Shown(text)));
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

    private static string Shown(ReadOnlySpan<char> text) =>
        text.Length <= 60 ? text.ToString() : string.Concat(text[..60], "…");

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
                (latest?.Version ?? 0) + 1,
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
