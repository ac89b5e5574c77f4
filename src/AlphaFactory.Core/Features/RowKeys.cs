namespace AlphaFactory.Core.Features;

/// <summary>What the rows of some columns are sorted by: entity (ordinal), time, and when they became known.</summary>
/// <param name="plan">Which columns have these roles.</param>
/// <param name="columns">The columns.</param>
internal sealed class RowKeys(ImportPlan plan, IReadOnlyList<ColumnData> columns)
{
    /// <summary>The time column.</summary>
    public TimestampColumn Time { get; } = (TimestampColumn)columns[plan.Time];

    /// <summary>The entity column; null when the rows are one series.</summary>
    public TextColumn? Entity { get; } = plan.Entity is { } entity ? (TextColumn)columns[entity] : null;

    /// <summary>The column that says when a row became known, or null.</summary>
    public TimestampColumn? Known { get; } = plan.Known is { } known ? (TimestampColumn)columns[known] : null;

    /// <summary>Whether a row comes before (negative), after (positive), or has the same key as another.</summary>
    public int Compare(int row, RowKeys other, int otherRow)
    {
        var by = CompareBar(row, other, otherRow);
        return by != 0 || Known is null ? by : Known.Values[row].CompareTo(other.Known!.Values[otherRow]);
    }

    /// <summary>The same without the time at which rows became known.</summary>
    public int CompareBar(int row, RowKeys other, int otherRow)
    {
        var by = Entity is null
            ? 0
            : string.CompareOrdinal(Entity.Values[row], other.Entity!.Values[otherRow]);
        return by != 0 ? by : Time.Values[row].CompareTo(other.Time.Values[otherRow]);
    }
}
