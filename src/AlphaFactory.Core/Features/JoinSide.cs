namespace AlphaFactory.Core.Features;

/// <summary>One set of a join, in memory: each entity's rows, sorted by time, then known time.</summary>
internal sealed class JoinSide
{
    private readonly Dictionary<string, (int Start, int End)> _entities = new(StringComparer.Ordinal);
    private readonly TimestampColumn _times;
    private readonly TimestampColumn? _known;
    private readonly bool _hasEntities;

    private JoinSide(FeatureSet set, ColumnData[] columns)
    {
        Name = set.Name;
        _times = (TimestampColumn)columns[FeatureScan.IndexOf(set, set.TimeColumn)];
        _known = set.KnownColumn is { } known
            ? (TimestampColumn)columns[FeatureScan.IndexOf(set, known)]
            : null;
        var entities = set.EntityColumn is { } entity
            ? (TextColumn)columns[FeatureScan.IndexOf(set, entity)]
            : null;
        _hasEntities = entities is not null;
        Columns = [.. columns.Where(column => column != _times && column != _known && column != entities)];
        for (int start = 0, end; start < _times.Count; start = end)
        {
            end = entities is null ? _times.Count : start + 1;
            while (end < _times.Count && entities!.Values[end] == entities.Values[start])
            {
                end++;
            }

            _entities.Add(entities?.Values[start] ?? "", (start, end));
        }
    }

    /// <summary>The set's name.</summary>
    public string Name { get; }

    /// <summary>The columns but time, entity and known time.</summary>
    public IReadOnlyList<ColumnData> Columns { get; }

    /// <summary>Reads every row of a version.</summary>
    public static JoinSide Load(FeatureSet set, OperationContext context)
    {
        var columns = set.Columns.Select(column => ColumnData.Create(column.Name, column.Type)).ToArray();
        foreach (var chunk in VersionReader.Open(set).ReadAll(context.Cancellation))
        {
            for (var i = 0; i < chunk.Length; i++)
            {
                columns[i].Append(chunk[i], 0, chunk[i].Count);
            }
        }

        return new JoinSide(set, columns);
    }

    /// <summary>
    /// The row of the latest time, and of that the latest known, of those that had happened and were known at a time.
    /// </summary>
    /// <param name="time">The time.</param>
    /// <param name="entity">The entity; a set without entities has the same rows for all.</param>
    /// <param name="tolerance">How old the row may be, or null.</param>
    /// <returns>Null when there is none.</returns>
    public int? Find(DateTime time, string? entity, TimeSpan? tolerance)
    {
        if (!_entities.TryGetValue(_hasEntities ? entity ?? "" : "", out var range))
        {
            return null;
        }

        // Rows of one time are sorted by known time: the first from the end that was known is the one.
        for (var row = LastNotAfter(time, range.Start, range.End); row >= range.Start; row--)
        {
            if (time - _times.Values[row] > tolerance)
            {
                return null;
            }

            if (_known is null || _known.Values[row] <= time)
            {
                return row;
            }
        }

        return null;
    }

    private int LastNotAfter(DateTime time, int start, int end)
    {
        while (start < end)
        {
            var middle = start + (end - start) / 2;
            if (_times.Values[middle] <= time)
            {
                start = middle + 1;
            }
            else
            {
                end = middle;
            }
        }

        return end - 1;
    }
}
