namespace AlphaFactory.Core.Features;

/// <summary>Some rows of an import in their final order: each key once. Whoever makes blocks uses one again.</summary>
internal sealed class SortedBlock
{
    private readonly LongColumn? _arrivals;
    private readonly ColumnData[] _all;

    /// <summary>Makes an empty block.</summary>
    /// <param name="plan">Its columns.</param>
    /// <param name="arrivals">Whether it keeps the number of each row in the order of arrival.</param>
    public SortedBlock(ImportPlan plan, bool arrivals)
    {
        Columns = [.. plan.Columns.Select(column => ColumnData.Create(column.Name, column.Type))];
        Keys = new RowKeys(plan, Columns);
        _arrivals = arrivals ? new LongColumn("arrival") : null;
        _all = _arrivals is null ? Columns : [.. Columns, _arrivals];
    }

    /// <summary>The columns of the version to be.</summary>
    public ColumnData[] Columns { get; }

    /// <summary>What the rows are sorted by.</summary>
    public RowKeys Keys { get; }

    /// <summary>How many rows there are.</summary>
    public int Count => Keys.Time.Count;

    /// <summary>The number of a row in the order of arrival, 0 when it is not kept.</summary>
    public long Arrival(int row) => _arrivals is null ? 0 : _arrivals.Values[row];

    /// <summary>Keeps the number of the next row.</summary>
    public void AddArrival(long arrival) => _arrivals?.Add(arrival);

    /// <summary>Takes all rows away.</summary>
    public void Clear() => Array.ForEach(_all, column => column.Clear());

    /// <summary>Writes the rows for <see cref="Restore"/>.</summary>
    public void Save(BinaryWriter writer) => Array.ForEach(_all, column => column.Save(writer));

    /// <summary>Appends rows that <see cref="Save"/> wrote.</summary>
    public void Restore(BinaryReader reader) => Array.ForEach(_all, column => column.Restore(reader));
}
