namespace AlphaFactory.Core.Features;

/// <summary>
/// Reads the rows of an import, chunk by chunk. A chunk is sorted, and written or put aside, while the next one is
/// read.
/// </summary>
internal sealed class ImportRows(
    ImportPlan plan,
    ImportRequest request,
    ImportSort sort,
    Quarantine quarantine,
    OperationContext context
)
{
    private readonly ImportProgress _progress = new(request, context);
    private FeatureTable _table = new(plan, request.DateFormat);
    private FeatureTable _other = new(plan, request.DateFormat);
    private RowPlaces? _places;
    private long _arrived;

    /// <summary>Reads every row, after those of a version that is extended.</summary>
    /// <returns>How many rows were read, those that were left out among them.</returns>
    /// <exception cref="AlphaFactoryException">What a <see cref="RowSource"/> reports, or there are no rows.</exception>
    public long Read(FeatureSet? extended)
    {
        _places = new RowPlaces(request, extended);
        var before = extended?.Rows ?? 0;
        if (extended is not null)
        {
            sort.Add(extended);
        }

        _arrived = before;
        _table.Clear(before);
        using var background = new Background();
        var index = 0;
        foreach (var source in request.Sources())
        {
            using var opened = source;
            Read(source, index++, background);
            _progress.NextSource();
        }

        background.Run(() => sort.Add(_table, isLast: true));
        background.Wait();
        return _arrived > before ? _arrived - before + quarantine.Rows : throw NoRows();
    }

    /// <summary>Writes what has not been written yet.</summary>
    /// <returns>The writer of the version, which has all rows.</returns>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.DuplicateKey"/>, by policy.</exception>
    public VersionWriter Finish() => sort.Finish(_places!, _progress.Merged);

    private void Read(RowSource source, int index, Background background)
    {
        var map = ImportPlan.Map([.. plan.Columns.Select(column => column.Name)], source);
        while (source.Read())
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var row = _table.Rows;
            if ((source.Fault ?? Append(source, map)) is not { } fault)
            {
                if (sort.NeedsPlaces)
                {
                    _places!.Add(_arrived, index, source.Row);
                }

                _arrived++;
                if (request.Limits.AreReached(_table))
                {
                    SortInBackground(background);
                }
            }
            else if (request.OnError == RowErrorPolicy.Stop)
            {
                throw source.Invalid(fault);
            }
            else
            {
                _table.Truncate(row);
                quarantine.Add(source, fault);
            }

            _progress.Row(source);
        }
    }

    private void SortInBackground(Background background)
    {
        var full = _table;
        background.Run(() => sort.Add(full, isLast: false));
        (_table, _other) = (_other, full);
        _table.Clear(_arrived);
    }

    private AlphaFactoryException NoRows()
    {
        var what =
            request.Rows is null ? $"file '{Path.GetFileName(request.Paths[0])}' has a header but no rows."
            : request.Rows.Count == 0 ? "There were no objects to import."
            : "The objects have no rows.";
        return quarantine.First is { } first
            ? new AlphaFactoryException(
                ErrorId.RowInvalid,
                FormattableString.Invariant(
                    $"None of {Amount.Of(quarantine.Rows, "row")} can be read. The first is {first}"
                )
            )
            : new AlphaFactoryException(ErrorId.FileFormatInvalid, what)
            {
                Target = request.Paths.Count > 0 ? request.Paths[0] : null,
            };
    }

    private RowFault? Append(RowSource source, int[] map)
    {
        for (var i = 0; i < map.Length; i++)
        {
            var isKey = i == plan.Time || i == plan.Entity || i == plan.Known;
            if (Append(source, map[i], _table.Columns[i], isKey, isEntity: i == plan.Entity) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private RowFault? Append(RowSource source, int field, ColumnData column, bool isKey, bool isEntity)
    {
        switch (source.Take(field, column, isEntity))
        {
            case FieldOutcome.Taken:
                return null;
            case FieldOutcome.Misfit:
                return new RowFault(
                    column.Name,
                    source.Text(field),
                    Misfit(column, Shown(source.Text(field)))
                );
            case FieldOutcome.Missing when isKey:
                return new RowFault(
                    column.Name,
                    null,
                    $"there is no value. Every row needs {(isEntity ? "an entity" : "a time")}."
                );
            default:
                column.AppendMissing();
                return null;
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
}
