using System.Globalization;

namespace AlphaFactory.Core.Features;

/// <summary>The rows of an import in memory, column by column, in the order in which they arrived.</summary>
/// <param name="columns">The columns, in the order of the file, all of one length.</param>
/// <param name="time">Which of them is the time.</param>
/// <param name="entity">Which of them is the entity; null when the rows are one series.</param>
/// <param name="known">Which of them says when a row became known, or null.</param>
internal sealed class FeatureTable(
    IReadOnlyList<ColumnData> columns,
    int time,
    int? entity,
    int? known = null
)
{
    /// <summary>The columns, in the order of the file.</summary>
    public IReadOnlyList<ColumnData> Columns { get; } = columns;

    /// <summary>The time column.</summary>
    public TimestampColumn Time { get; } = (TimestampColumn)columns[time];

    /// <summary>The entity column, or null.</summary>
    public TextColumn? Entity { get; } = entity is { } index ? (TextColumn)columns[index] : null;

    /// <summary>The column that says when a row became known, or null.</summary>
    public TimestampColumn? Known { get; } =
        known is { } position ? (TimestampColumn)columns[position] : null;

    /// <summary>How many rows there are.</summary>
    public int Rows => Time.Count;

    /// <summary>
    /// The rows sorted by entity (ordinal), then time, then when they became known, with at most one row for each.
    /// </summary>
    /// <param name="policy">Which of several rows is kept.</param>
    /// <param name="places">Where rows came from, for the message.</param>
    /// <param name="token">Stops the work.</param>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.DuplicateKey"/>, by policy.</exception>
    public int[] Sort(DuplicatePolicy policy, RowPlaces places, CancellationToken token)
    {
        var order = ByEntity(out var starts);
        var ticks = new long[order.Length];
        for (var i = 0; i < order.Length; i++)
        {
            ticks[i] = Time.Values[order[i]]!.Value.Ticks;
        }

        for (var group = 0; group + 1 < starts.Length; group++)
        {
            token.ThrowIfCancellationRequested();
            SortByTime(
                ticks.AsSpan(starts[group]..starts[group + 1]),
                order.AsSpan(starts[group]..starts[group + 1])
            );
        }

        return WithoutDuplicates(order, ticks, starts, policy, places);
    }

    /// <summary>Rows grouped by entity in ordinal order, by arrival within; groups end where the next start is.</summary>
    private int[] ByEntity(out int[] starts)
    {
        var order = new int[Rows];
        if (Entity is null)
        {
            for (var row = 0; row < order.Length; row++)
            {
                order[row] = row;
            }

            starts = [0, order.Length];
            return order;
        }

        var ranks = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var name in Entity.Distinct.Order(StringComparer.Ordinal))
        {
            ranks.Add(name, ranks.Count);
        }

        starts = new int[ranks.Count + 1];
        var rankOf = new int[order.Length];
        for (var row = 0; row < order.Length; row++)
        {
            rankOf[row] = ranks[Entity.Values[row]!];
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
            sorted = ticks[i - 1] < ticks[i] || (ticks[i - 1] == ticks[i] && Known is null);
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
            if (Known is null)
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

    private long KnownTicks(int row) => Known?.Values[row]!.Value.Ticks ?? 0;

    private int[] WithoutDuplicates(
        int[] order,
        long[] ticks,
        int[] starts,
        DuplicatePolicy policy,
        RowPlaces places
    )
    {
        var kept = 0;
        var earliest = (First: -1, Second: int.MaxValue);
        var duplicates = 0;
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
                    duplicates++;
                    if (order[i] < earliest.Second)
                    {
                        earliest = (order[kept - 1], order[i]);
                    }

                    order[kept - 1] = policy == DuplicatePolicy.First ? order[kept - 1] : order[i];
                    continue;
                }

                ticks[kept] = ticks[i];
                order[kept++] = order[i];
            }
        }

        if (duplicates > 0 && policy == DuplicatePolicy.Error)
        {
            throw Duplicate(earliest.First, earliest.Second, duplicates, places);
        }

        return duplicates == 0 ? order : order[..kept];
    }

    private AlphaFactoryException Duplicate(int first, int second, int count, RowPlaces places)
    {
        var at = UtcDate.Format(Time.Values[second]!.Value);
        at += Known is null ? "" : $", known at {UtcDate.Format(Known.Values[second]!.Value)}";
        var key = Entity is null ? at : $"'{Entity.Values[second]}' at {at}";
        var more =
            count > 1
                ? string.Create(CultureInfo.InvariantCulture, $" {count - 1:N0} more rows repeat a key.")
                : "";
        return new AlphaFactoryException(
            ErrorId.DuplicateKey,
            $"{places.Describe(first)} and {places.Describe(second)} are both {key}.{more} Remove one, name the "
                + "column that tells them apart with -Entity (or -KnownAt, when one corrects the other), or keep one with "
                + "-DuplicatePolicy First or Last."
        )
        {
            Target = key,
        };
    }
}
