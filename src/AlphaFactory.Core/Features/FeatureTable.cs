namespace AlphaFactory.Core.Features;

/// <summary>Rows of an import in memory, column by column, in the order in which they arrived.</summary>
internal sealed class FeatureTable
{
    private readonly RowKeys _keys;

    /// <summary>Makes an empty table.</summary>
    /// <param name="plan">Its columns.</param>
    /// <param name="dateFormat">The .NET format of times, or null for ISO 8601.</param>
    public FeatureTable(ImportPlan plan, string? dateFormat)
    {
        Columns = [.. plan.Columns.Select(column => ColumnData.Create(column.Name, column.Type, dateFormat))];
        _keys = new RowKeys(plan, Columns);
    }

    /// <summary>The columns, in the order of the file.</summary>
    public ColumnData[] Columns { get; }

    /// <summary>How many rows there are.</summary>
    public int Rows => _keys.Time.Count;

    /// <summary>How many bytes of memory the rows take, roughly.</summary>
    public long Bytes => Columns.Sum(column => column.Bytes);

    /// <summary>The number of the first row, over all rows of the import.</summary>
    public long FirstArrival { get; private set; }

    /// <summary>Takes all rows away.</summary>
    /// <param name="firstArrival">The number of the row to come.</param>
    public void Clear(long firstArrival)
    {
        Array.ForEach(Columns, column => column.Clear());
        FirstArrival = firstArrival;
    }

    /// <summary>Takes the last rows away, a row of which some columns have a value already among them.</summary>
    /// <param name="rows">How many rows remain.</param>
    public void Truncate(int rows) =>
        Array.ForEach(Columns, column => column.Truncate(Math.Min(rows, column.Count)));

    /// <summary>
    /// The rows sorted by entity (ordinal), then time, then when they became known, with at most one row for each.
    /// </summary>
    /// <param name="duplicates">Says which of several rows is kept, and counts the others.</param>
    /// <param name="token">Stops the work.</param>
    public SortedTable Sort(DuplicateRows duplicates, CancellationToken token)
    {
        var inOrder = IsSorted(out var hasDuplicates);
        if (inOrder && !hasDuplicates)
        {
            return new SortedTable(this, _keys, null, inOrder);
        }

        var order = ByEntity(out var starts);
        var ticks = new long[order.Length];
        for (var i = 0; i < order.Length; i++)
        {
            ticks[i] = _keys.Time.Values[order[i]].Ticks;
        }

        for (var group = 0; group + 1 < starts.Length; group++)
        {
            token.ThrowIfCancellationRequested();
            SortByTime(
                ticks.AsSpan(starts[group]..starts[group + 1]),
                order.AsSpan(starts[group]..starts[group + 1])
            );
        }

        return new SortedTable(this, _keys, WithoutDuplicates(order, ticks, starts, duplicates), inOrder);
    }

    private bool IsSorted(out bool hasDuplicates)
    {
        hasDuplicates = false;
        for (var row = 1; row < Rows; row++)
        {
            var by = _keys.Compare(row - 1, _keys, row);
            if (by > 0)
            {
                return false;
            }

            hasDuplicates |= by == 0;
        }

        return true;
    }

    /// <summary>Rows grouped by entity in ordinal order, by arrival within; groups end where the next start is.</summary>
    private int[] ByEntity(out int[] starts)
    {
        var order = new int[Rows];
        if (_keys.Entity is not { } entity)
        {
            for (var row = 0; row < order.Length; row++)
            {
                order[row] = row;
            }

            starts = [0, order.Length];
            return order;
        }

        var ranks = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var name in entity.Distinct.Order(StringComparer.Ordinal))
        {
            ranks.Add(name, ranks.Count);
        }

        starts = new int[ranks.Count + 1];
        var rankOf = new int[order.Length];
        for (var row = 0; row < order.Length; row++)
        {
            rankOf[row] = ranks[entity.Values[row]!];
            starts[rankOf[row] + 1]++;
        }

        for (var rank = 1; rank < starts.Length; rank++)
        {
            starts[rank] += starts[rank - 1];
        }

        var next = (int[])starts.Clone();
        for (var row = 0; row < order.Length; row++)
        {
            order[next[rankOf[row]]++] = row;
        }

        return order;
    }

    private void SortByTime(Span<long> ticks, Span<int> order)
    {
        var sorted = true;
        for (var i = 1; i < ticks.Length && sorted; i++)
        {
            sorted = ticks[i - 1] < ticks[i] || (ticks[i - 1] == ticks[i] && _keys.Known is null);
        }

        if (sorted)
        {
            return;
        }

        ticks.Sort(order);

        // Equal times by when they became known, then in the order of arrival.
        for (var start = 0; start < ticks.Length; )
        {
            var end = start + 1;
            while (end < ticks.Length && ticks[end] == ticks[start])
            {
                end++;
            }

            var equals = order[start..end];
            if (_keys.Known is null)
            {
                equals.Sort();
            }
            else if (equals.Length > 1)
            {
                equals.Sort(
                    (a, b) => KnownTicks(a).CompareTo(KnownTicks(b)) is var by and not 0 ? by : a.CompareTo(b)
                );
            }

            start = end;
        }
    }

    private long KnownTicks(int row) => _keys.Known is { } known ? known.Values[row].Ticks : 0;

    private int[] WithoutDuplicates(int[] order, long[] ticks, int[] starts, DuplicateRows duplicates)
    {
        var kept = 0;
        for (var group = 0; group + 1 < starts.Length; group++)
        {
            var start = kept;
            for (var i = starts[group]; i < starts[group + 1]; i++)
            {
                if (
                    kept > start
                    && ticks[kept - 1] == ticks[i]
                    && KnownTicks(order[kept - 1]) == KnownTicks(order[i])
                )
                {
                    duplicates.Add(FirstArrival + order[kept - 1], FirstArrival + order[i], _keys, order[i]);
                    order[kept - 1] = duplicates.KeepLast ? order[i] : order[kept - 1];
                    continue;
                }

                ticks[kept] = ticks[i];
                order[kept++] = order[i];
            }
        }

        return kept == order.Length ? order : order[..kept];
    }
}

/// <summary>The rows of a table in their final order.</summary>
/// <param name="Table">The rows as they arrived.</param>
/// <param name="Keys">What they are sorted by.</param>
/// <param name="Order">Which rows, in which order; null when all are in the order of arrival.</param>
/// <param name="InOrder">Whether the rows arrived in this order, but for those that are left out.</param>
internal sealed record SortedTable(FeatureTable Table, RowKeys Keys, int[]? Order, bool InOrder)
{
    /// <summary>How many rows there are.</summary>
    public int Rows => Order?.Length ?? Table.Rows;

    /// <summary>Gives the rows in blocks.</summary>
    /// <param name="block">Holds one block after the other.</param>
    /// <param name="size">How many rows a block has.</param>
    public IEnumerable<SortedBlock> Blocks(SortedBlock block, int size)
    {
        for (int start = 0, end; start < Rows; start = end)
        {
            end = Math.Min(start + size, Rows);
            Fill(block, start, end);
            yield return block;
        }
    }

    private void Fill(SortedBlock block, int start, int end)
    {
        block.Clear();
        for (var i = 0; i < Table.Columns.Length; i++)
        {
            if (Order is null)
            {
                block.Columns[i].Append(Table.Columns[i], start, end - start);
            }
            else
            {
                block.Columns[i].Append(Table.Columns[i], Order.AsSpan(start..end));
            }
        }

        for (var i = start; i < end; i++)
        {
            block.AddArrival(Table.FirstArrival + (Order is null ? i : Order[i]));
        }
    }
}
