using AlphaFactory.Core.Expressions;

namespace AlphaFactory.Core.Features;

/// <summary>
/// Where the rows of a scan lie in a panel. Times and entities are read first; then every number goes to its place at
/// once, of several row groups at the same time: no two rows have the same place.
/// </summary>
internal sealed class PanelLayout
{
    private readonly FeatureScan _scan;
    private readonly FeatureSet _set;
    private readonly Part[] _parts;
    private readonly string[] _entities;
    private readonly Dictionary<string, int> _places;
    private readonly DateTime[] _bars;

    private PanelLayout(FeatureScan scan, FeatureSet set, PanelAlignment align)
    {
        _scan = scan;
        _set = set;
        _parts = scan.Select(Read);
        var runs = _parts.SelectMany(part => part.Runs.Select(run => run.Entity));
        _entities =
        [
            .. (scan.Entities ?? runs.Distinct(StringComparer.Ordinal)).Order(StringComparer.Ordinal),
        ];
        _places = new(StringComparer.Ordinal);
        foreach (var entity in _entities)
        {
            _places.Add(entity, _places.Count);
        }

        _bars = Bars(align == PanelAlignment.Inner ? _entities.Length : 1);
    }

    /// <summary>Reads the times and entities of the rows that a scan asks for.</summary>
    public static PanelLayout Of(FeatureScan scan, FeatureSet set, PanelAlignment align) =>
        new(scan, set, align);

    /// <summary>Reads columns of numbers.</summary>
    /// <param name="columns">Their places in the version.</param>
    public Panel Load(int[] columns)
    {
        var panels = Array.ConvertAll(
            columns,
            _ => GC.AllocateUninitializedArray<double>(_entities.Length * _bars.Length)
        );
        Array.ForEach(panels, panel => Array.Fill(panel, double.NaN));
        _scan.ForEach(
            (group, index) =>
            {
                for (var column = 0; column < columns.Length && _parts[index].Rows.Length > 0; column++)
                {
                    Place(_parts[index], group[columns[column]], panels[column]);
                }
            }
        );
        return new Panel(
            _entities,
            _bars,
            columns.Zip(panels, (column, panel) => KeyValuePair.Create(_set.Columns[column].Name, panel))
        );
    }

    private Part Read(VersionGroup group, int[] rows)
    {
        var times = (TimestampColumn)group[_scan.Keys[0]];
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

        return new Part(rows, Array.ConvertAll(rows, row => times.Values[row]), [.. runs]);
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

    /// <summary>Puts the numbers of a column's rows to their places.</summary>
    private void Place(Part part, ColumnData column, double[] panel)
    {
        foreach (var (entity, start, end) in part.Runs)
        {
            var series = panel.AsSpan(_places[entity] * _bars.Length, _bars.Length);
            var times = part.Times.AsSpan(start..end);
            var rows = part.Rows.AsSpan(start..end);
            var bar = _bars.AsSpan().BinarySearch(times[0]);
            bar = bar < 0 ? ~bar : bar;
            if (rows[^1] - rows[0] == rows.Length - 1 && _bars.AsSpan(bar).StartsWith(times))
            {
                column.CopyNumbers(rows[0], series.Slice(bar, rows.Length));
                continue;
            }

            for (var i = 0; i < rows.Length; i++)
            {
                while (bar < _bars.Length && _bars[bar] < times[i])
                {
                    bar++;
                }

                if (bar < _bars.Length && _bars[bar] == times[i])
                {
                    series[bar] = column.Number(rows[i]);
                }
            }
        }
    }

    /// <summary>The rows of a row group that are asked for, their times, and which of them are whose.</summary>
    private sealed record Part(int[] Rows, DateTime[] Times, EntityRows[] Runs);
}
