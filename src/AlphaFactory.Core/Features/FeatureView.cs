namespace AlphaFactory.Core.Features;

/// <summary>
/// The rows and columns that a query asks for: columns of the set and derived ones, in the order wanted, row group by row
/// group.
/// </summary>
internal sealed class FeatureView
{
    private readonly FeatureQuery _query;
    private readonly OperationContext _context;
    private readonly FeatureScan _scan;
    private readonly DerivedColumns? _derived;

    // Indexes of the set's columns, and behind them those of the formulas.
    private readonly int[] _columns;

    // Those of the set's columns that are read, and behind them its keys where there are formulas.
    private readonly int[] _read;

    /// <summary>Opens the version, checks what the query names, and evaluates its formulas.</summary>
    public FeatureView(FeatureQuery query, OperationContext context)
    {
        _query = query;
        _context = context;
        _scan = new FeatureScan(query, context);
        _columns = Columns(query);
        _read = [.. _columns.Where(column => column < query.Set.Columns.Count)];
        if (query.Expressions.Count > 0)
        {
            _read = [.. _read, .. _scan.Keys];
            _derived = DerivedColumns.Evaluate(query, _read, context);
        }

        Names = [.. _columns.Select(column => Name(query, column))];
    }

    /// <summary>The names of the columns.</summary>
    public string[] Names { get; }

    /// <summary>The columns without rows.</summary>
    public ColumnData[] Empty() =>
        [
            .. _columns.Select(column =>
                ColumnData.Create(
                    Name(_query, column),
                    column < _query.Set.Columns.Count ? _query.Set.Columns[column].Type : FeatureType.Double
                )
            ),
        ];

    /// <summary>Columns of row groups, and which of their rows are asked for, in the order of the version.</summary>
    public IEnumerable<(ColumnData[] Columns, int[] Rows)> Chunks()
    {
        if (_derived is null)
        {
            return _scan.Chunks(_read);
        }

        var width = _query.Set.Columns.Count;
        var keys = _scan.Keys;
        var chunks = _derived.Rows is { } kept ? kept.Select(WithAllRows) : _scan.Chunks(_read);
        return chunks.Select(chunk => (Derive(chunk.Columns, chunk.Rows), chunk.Rows));

        ColumnData[] Derive(ColumnData[] chunk, int[] rows)
        {
            _context.Cancellation.ThrowIfCancellationRequested();
            var times = (TimestampColumn)chunk[^keys.Length];
            var places = _derived.Places(rows, times, keys.Length > 1 ? (TextColumn)chunk[^1] : null);
            var next = 0;
            return
            [
                .. _columns.Select(column =>
                    column < width
                        ? chunk[next++]
                        : _derived.Column(column - width, times.Count, rows, places)
                ),
            ];
        }
    }

    private static (ColumnData[] Columns, int[] Rows) WithAllRows(ColumnData[] columns) =>
        (columns, [.. Enumerable.Range(0, columns[0].Count)]);

    private static int[] Columns(FeatureQuery query)
    {
        var set = query.Set;
        var derived = Enumerable.Range(set.Columns.Count, query.Expressions.Count);
        if (query.Columns is null)
        {
            return [.. Enumerable.Range(0, set.Columns.Count), .. derived];
        }

        var named = query.Columns.Select(name => IndexOf(query, name)).ToArray();
        return [.. named, .. derived.Except(named)];
    }

    private static int IndexOf(FeatureQuery query, string name)
    {
        for (var i = 0; i < query.Expressions.Count; i++)
        {
            if (string.Equals(query.Expressions[i].Key, name, StringComparison.OrdinalIgnoreCase))
            {
                return query.Set.Columns.Count + i;
            }
        }

        return FeatureScan.IndexOf(query.Set, name);
    }

    private static string Name(FeatureQuery query, int column) =>
        column < query.Set.Columns.Count
            ? query.Set.Columns[column].Name
            : query.Expressions[column - query.Set.Columns.Count].Key;
}
