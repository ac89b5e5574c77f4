namespace AlphaFactory.Core.Features;

/// <summary>Counts the missing values of a column and finds its smallest and largest, chunk by chunk.</summary>
internal sealed class ColumnSummary
{
    /// <summary>How many values are missing.</summary>
    public long Missing { get; private set; }

    /// <summary>The smallest value (texts by ordinal), or null.</summary>
    public object? Min { get; private set; }

    /// <summary>The largest value (texts by ordinal), or null.</summary>
    public object? Max { get; private set; }

    /// <summary>Takes a chunk in.</summary>
    public void Add(ColumnData chunk)
    {
        switch (chunk)
        {
            case DoubleColumn column:
                Add(column);
                break;
            case LongColumn column:
                Add(column);
                break;
            case BoolColumn column:
                Add(column);
                break;
            case TimestampColumn column:
                Add(column);
                break;
            case TextColumn column:
                AddTexts(column.Values);
                break;
            default:
                throw new InvalidOperationException($"'{chunk.Name}' is of an unknown type.");
        }
    }

    private void Add<T>(ValueColumn<T> column)
        where T : unmanaged, IComparable<T>
    {
        var min = (T?)Min;
        var max = (T?)Max;
        var values = column.Values;
        for (var row = 0; row < values.Length; row++)
        {
            if (column.IsMissing(row))
            {
                Missing++;
                continue;
            }

            var value = values[row];
            min = min is { } low && low.CompareTo(value) <= 0 ? min : value;
            max = max is { } high && high.CompareTo(value) >= 0 ? max : value;
        }

        Min = min;
        Max = max;
    }

    private void AddTexts(ReadOnlySpan<string?> values)
    {
        var min = (string?)Min;
        var max = (string?)Max;
        foreach (var value in values)
        {
            if (value is null)
            {
                Missing++;
                continue;
            }

            min = min is not null && string.CompareOrdinal(min, value) <= 0 ? min : value;
            max = max is not null && string.CompareOrdinal(max, value) >= 0 ? max : value;
        }

        Min = min;
        Max = max;
    }
}
