namespace AlphaFactory.Core.Features;

/// <summary>The rows that others are joined to.</summary>
internal sealed class JoinSpine
{
    private JoinSpine(
        IReadOnlyList<string> columns,
        bool hasEntities,
        IEnumerable<(DateTime Time, string? Entity, IReadOnlyList<object?> Values)> rows
    )
    {
        Columns = columns;
        HasEntities = hasEntities;
        Rows = rows;
    }

    /// <summary>The names of the columns.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>Whether the rows have entities.</summary>
    public bool HasEntities { get; }

    /// <summary>Time, entity and all values of each row, read on the way.</summary>
    public IEnumerable<(DateTime Time, string? Entity, IReadOnlyList<object?> Values)> Rows { get; }

    /// <summary>The rows of a version; of one with a known time, the latest known.</summary>
    public static JoinSpine Of(FeatureSet set, OperationContext context)
    {
        var time = FeatureScan.IndexOf(set, set.TimeColumn);
        int? entity = set.EntityColumn is { } name ? FeatureScan.IndexOf(set, name) : null;
        var rows = FeatureReading
            .Rows(new FeatureQuery { Set = set }, context)
            .Select(row =>
                ((DateTime)row.Values[time]!, entity is { } e ? (string?)row.Values[e] : null, row.Values)
            );
        return new JoinSpine([.. set.Columns.Select(column => column.Name)], entity is not null, rows);
    }

    /// <summary>Objects in their own order.</summary>
    public static JoinSpine Of(ObjectRows rows, string? time, string? entity)
    {
        if (rows.Count == 0)
        {
            return new JoinSpine([], hasEntities: true, []);
        }

        var timeColumn = IndexOf(rows, time, "-Time");
        int? entityColumn = entity is null ? null : IndexOf(rows, entity, "-Entity");
        var read = Enumerable.Range(0, rows.Count).Select(row => Row(rows, row, timeColumn, entityColumn));
        return new JoinSpine([.. rows.Columns], entityColumn is not null, read);
    }

    private static (DateTime, string?, IReadOnlyList<object?>) Row(
        ObjectRows rows,
        int row,
        int time,
        int? entity
    )
    {
        var values = Enumerable.Range(0, rows.Columns.Count).Select(i => rows.Value(row, i)).ToArray();
        var at = values[time] switch
        {
            DateTime instant => instant,
            string text when FieldText.TryTime(text.AsSpan().Trim(), null, out var read) => read,
            _ => throw Invalid(row, rows.Columns[time], $"'{values[time]}' is not a time. Write 2015-01-31."),
        };
        values[time] = at;
        if (entity is not { } index)
        {
            return (at, null, values);
        }

        var name = values[index] is { } value ? FieldText.Of(value).Trim() : "";
        return name.Length > 0
            ? (at, name, values)
            : throw Invalid(row, rows.Columns[index], "there is no value. Every row needs an entity.");
    }

    private static int IndexOf(ObjectRows rows, string? column, string parameter)
    {
        for (var i = 0; i < rows.Columns.Count; i++)
        {
            if (string.Equals(rows.Columns[i], column?.Trim(), StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        throw new AlphaFactoryException(
            ErrorId.SchemaMismatch,
            $"The spine has no column '{column}' ({parameter}). "
                + Nearest.Hint(column ?? "", rows.Columns, "It has", "")
        )
        {
            Target = column,
        };
    }

    private static AlphaFactoryException Invalid(int row, string column, string what) =>
        new(
            ErrorId.RowInvalid,
            FormattableString.Invariant($"the spine, row {row + 1}, column '{column}': {what}")
        );
}
