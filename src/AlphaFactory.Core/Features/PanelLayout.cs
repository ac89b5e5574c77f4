using AlphaFactory.Core.Expressions;

namespace AlphaFactory.Core.Features;

/// <summary>
/// Where the rows of a scan lie in a panel. Times and entities are read first; then every number goes to its place at
/// once, of several row groups at the same time: no two rows of an import have the same place.
/// </summary>
internal sealed class PanelLayout
{
    private readonly FeatureScan _scan;
    private readonly FeatureSet _set;
    private readonly Part[] _parts;
    private readonly string[] _entities;
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly DateTime[] _bars;
    private long _duplicates;
    private long _outOfOrder;

    /// <summary>Reads the times and entities of the rows that a scan asks for.</summary>
    /// <param name="scan">The rows.</param>
    /// <param name="set">The version.</param>
    /// <param name="align">Which bars there are.</param>
    /// <param name="begin">Where the panel begins among them; null takes all.</param>
    public PanelLayout(FeatureScan scan, FeatureSet set, PanelAlignment align, PanelBegin? begin = null)
    {
        _scan = scan;
        _set = set;
        _parts = scan.Select(Read);
        var seen = CountDisorder();
        _entities = [.. (scan.Entities ?? seen).Order(StringComparer.Ordinal)];
        foreach (var entity in _entities)
        {
            _places.Add(entity, _places.Count);
        }

        var bars = Bars(align == PanelAlignment.Inner ? _entities.Length : 1);
        _bars = bars[(begin?.FirstBar(bars) ?? 0)..];
    }

    /// <summary>Reads columns of numbers, and when the rows became known.</summary>
    /// <param name="columns">The places of the columns in the version.</param>
    /// <param name="late">Keeps rows on the way; null when nobody wants them.</param>
    public LoadedPanel Load(int[] columns, LateRows? late = null)
    {
        var cells = _entities.Length * _bars.Length;
        var panels = Array.ConvertAll(columns, _ => GC.AllocateUninitializedArray<double>(cells));
        Parallel.ForEach(panels, panel => Array.Fill(panel, double.NaN));
        int? known = _set.KnownColumn is { } name ? FeatureScan.IndexOf(_set, name) : null;
        var knownTimes = known is null ? null : new DateTime[cells];
        // Of rows with the same place the last one stays.
        _scan.ForEach(Fill, inTurn: _duplicates + _outOfOrder > 0);
        return new LoadedPanel(
            new Panel(
                _entities,
                _bars,
                columns.Zip(panels, (column, panel) => KeyValuePair.Create(_set.Columns[column].Name, panel))
            ),
            _duplicates,
            _outOfOrder,
            knownTimes
        );

        void Fill(VersionGroup group, int index)
        {
            var part = _parts[index];
            late?.Keep(index, group, part.Rows, part.Times, part.Runs);
            if (part.Rows.Length == 0 || _bars.Length == 0 || group.Info.To < _bars[0])
            {
                return;
            }

            var values = Array.ConvertAll(columns, column => group[column]);
            var times = known is { } column ? (TimestampColumn)group[column] : null;
            Place(
                part,
                (row, count, place) =>
                {
                    for (var i = 0; i < values.Length; i++)
                    {
                        values[i].CopyNumbers(row, panels[i].AsSpan(place, count));
                    }

                    times?.Values.Slice(row, count).CopyTo(knownTimes.AsSpan(place));
                }
            );
        }
    }

    private Part Read(VersionGroup group, int[] rows)
    {
        var column = (TimestampColumn)group[_scan.Keys[0]];
        var times = Array.ConvertAll(rows, row => column.Values[row]);
        var runs = new List<EntityRows>();
        var start = 0;
        foreach (var entity in _scan.EntitiesOf(group))
        {
            var end = start;
            while (end < rows.Length && rows[end] < entity.End)
            {
                end++;
            }

            if (end > start)
            {
                runs.Add(new EntityRows(entity.Entity, start, end));
            }

            start = end;
        }

        return new Part(rows, times, [.. runs]);
    }

    /// <summary>Counts the rows that are where no import puts them, and gives the entities.</summary>
    private HashSet<string> CountDisorder()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var (entity, last) = ((string?)null, DateTime.MinValue);
        foreach (var part in _parts)
        {
            foreach (var run in part.Runs)
            {
                var next = run.Start;
                if (run.Entity != entity)
                {
                    _outOfOrder += seen.Add(run.Entity) ? 0 : 1;
                    last = part.Times[next++];
                }

                foreach (var time in part.Times.AsSpan(next..run.End))
                {
                    _duplicates += time == last ? 1 : 0;
                    _outOfOrder += time < last ? 1 : 0;
                    last = time;
                }

                entity = run.Entity;
            }
        }

        return seen;
    }

    /// <summary>The times that at least so many entities have, ascending.</summary>
    private DateTime[] Bars(int entities)
    {
        var found = new Dictionary<DateTime, int>();
        var bars = new List<(DateTime Time, int Count)>();
        var next = 0;
        foreach (var part in _parts)
        {
            foreach (var time in part.Times)
            {
                // Mostly the bar that came after the last one for the entity before, too.
                if (next == bars.Count || bars[next].Time != time)
                {
                    if (!found.TryGetValue(time, out next))
                    {
                        next = bars.Count;
                        bars.Add((time, 0));
                        found.Add(time, next);
                    }
                }

                bars[next] = (time, bars[next].Count + 1);
                next++;
            }
        }

        return [.. bars.Where(bar => bar.Count >= entities).Select(bar => bar.Time).Order()];
    }

    /// <summary>Tells the place of each row that has one, for rows that lie together both here and there at once.</summary>
    private void Place(Part part, Action<int, int, int> copy)
    {
        foreach (var (entity, start, end) in part.Runs)
        {
            var place = _places[entity] * _bars.Length;
            var bar = 0;
            var first = start;
            while (first < end && part.Times[first] < _bars[0])
            {
                first++;
            }

            for (int at = first, count; at < end; at += count, bar += count)
            {
                count = 1;
                bar = IsBar(bar, part.Times[at]) ? bar : Array.BinarySearch(_bars, part.Times[at]);
                if (bar < 0)
                {
                    bar = ~bar - count;
                    continue;
                }

                while (
                    at + count < end
                    && part.Rows[at + count] == part.Rows[at] + count
                    && IsBar(bar + count, part.Times[at + count])
                )
                {
                    count++;
                }

                copy(part.Rows[at], count, place + bar);
            }
        }
    }

    private bool IsBar(int bar, DateTime time) => bar < _bars.Length && _bars[bar] == time;

    /// <summary>The rows of a row group that are asked for, their times, and which of them are whose.</summary>
    private sealed record Part(int[] Rows, DateTime[] Times, EntityRows[] Runs);
}
