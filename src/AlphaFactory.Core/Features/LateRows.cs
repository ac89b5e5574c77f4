using System.Collections.Concurrent;

namespace AlphaFactory.Core.Features;

/// <summary>
/// Rows from a time on, kept while a panel is made of the row groups that they are in: no column is read twice. Row groups
/// may come from several threads.
/// </summary>
/// <param name="set">The version.</param>
/// <param name="from">The first time, UTC, inclusive.</param>
/// <param name="columns">The places of the columns to keep in the version.</param>
internal sealed class LateRows(FeatureSet set, DateTime from, int[] columns)
{
    private readonly ConcurrentDictionary<int, ColumnData[]> _groups = new();
    private readonly string _time = set.TimeColumn;
    private readonly string? _entity = set.EntityColumn;

    /// <summary>The first time, UTC, inclusive.</summary>
    public DateTime From => from;

    /// <summary>The columns of each row group that has such rows, in the order of the version.</summary>
    public IEnumerable<ColumnData[]> Groups =>
        _groups.OrderBy(group => group.Key).Select(group => group.Value);

    /// <summary>Keeps those of a row group.</summary>
    /// <param name="index">Where it comes in the version.</param>
    /// <param name="group">The row group.</param>
    /// <param name="rows">Rows of it.</param>
    /// <param name="times">A time a row.</param>
    /// <param name="runs">Which of the rows are whose.</param>
    public void Keep(int index, VersionGroup group, int[] rows, DateTime[] times, EntityRows[] runs)
    {
        if (group.Info.To < from)
        {
            return;
        }

        var (kept, time, entity) = (
            new List<int>(),
            new TimestampColumn(_time),
            new TextColumn(_entity ?? "")
        );
        foreach (var (name, start, end) in runs)
        {
            for (var at = start; at < end; at++)
            {
                if (times[at] >= from)
                {
                    kept.Add(rows[at]);
                    time.AppendValue(times[at]);
                    _ = entity.TryAppend(name);
                }
            }
        }

        if (kept.Count > 0)
        {
            int[] places = [.. kept];
            _groups[index] = Array.ConvertAll(columns, Column);

            ColumnData Column(int column) =>
                set.Columns[column].Name is var name && name == _time ? time
                : name == _entity ? entity
                : group[column].Take(places);
        }
    }
}
