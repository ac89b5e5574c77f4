namespace AlphaFactory.Core.Features;

/// <summary>
/// Reads rows and panels of a version: only the row groups, columns and rows that are asked for. Of a set with a
/// known time, an entity and time has one row: the latest known.
/// </summary>
internal static class FeatureReading
{
    /// <summary>Gives rows, sorted by entity, then time.</summary>
    public static IEnumerable<FeatureRow> Rows(FeatureQuery query, OperationContext context)
    {
        var view = new FeatureView(query, context);
        foreach (var (chunk, rows) in view.Chunks())
        {
            foreach (var row in rows)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                yield return new FeatureRow(view.Names, Values(chunk, row));
            }
        }
    }

    /// <summary>The names of the columns that a panel can hold.</summary>
    public static string[] NumericColumns(FeatureSet set) =>
        [.. set.Columns.Where(IsNumeric).Select(column => column.Name)];

    private static object?[] Values(ColumnData[] columns, int row)
    {
        var values = new object?[columns.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = columns[i][row];
        }

        return values;
    }

    /// <summary>Loads a panel of numbers.</summary>
    /// <param name="set">The version.</param>
    /// <param name="request">What to load.</param>
    /// <param name="context">Where messages go.</param>
    /// <param name="begin">Where the panel begins among the bars of the request; null takes all.</param>
    /// <param name="late">Keeps rows on the way; null when nobody wants them.</param>
    public static LoadedPanel Panel(
        FeatureSet set,
        PanelRequest request,
        OperationContext context,
        PanelBegin? begin = null,
        LateRows? late = null
    )
    {
        var columns = request.Columns is null
            ? [.. Enumerable.Range(0, set.Columns.Count).Where(i => IsNumeric(set.Columns[i]))]
            : request.Columns.Select(name => Numeric(set, name)).Distinct().ToArray();
        var query = new FeatureQuery
        {
            Set = set,
            Entities = request.Entities,
            From = request.From,
            To = request.To,
            AsOf = request.AsOf,
        };
        return new PanelLayout(new FeatureScan(query, context), set, request.Align, begin).Load(
            columns,
            late
        );
    }

    private static bool IsNumeric(FeatureColumn column) =>
        column.Type is FeatureType.Double or FeatureType.Long or FeatureType.Bool;

    private static int Numeric(FeatureSet set, string name)
    {
        var index = FeatureScan.IndexOf(set, name);
        var column = set.Columns[index];
        return IsNumeric(column)
            ? index
            : throw new AlphaFactoryException(
                ErrorId.SchemaMismatch,
                $"Column '{column.Name}' of feature set '{set.Name}' is {column.Type.Name()}, not a number. Import "
                    + "it again with -Schema if it holds numbers."
            )
            {
                Target = column.Name,
            };
    }
}
