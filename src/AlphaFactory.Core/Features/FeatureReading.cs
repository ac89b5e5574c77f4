using AlphaFactory.Core.Expressions;

namespace AlphaFactory.Core.Features;

/// <summary>
/// Reads rows and panels of a version: only the row groups, columns and rows that are asked for. Of a set with a
/// known time, an entity and time has one row: the latest known.
/// </summary>
internal static class FeatureReading
{
    /// <summary>Gives rows, sorted by entity, then time.</summary>
    public static IEnumerable<FeatureRow> Rows(FeatureQuery query, OperationContext context)
    {
        var view = new FeatureView(query, context);
        foreach (var (chunk, rows) in view.Chunks())
        {
            foreach (var row in rows)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                yield return new FeatureRow(view.Names, Values(chunk, row));
            }
        }
    }

    /// <summary>The names of the columns that a panel can hold.</summary>
    public static string[] NumericColumns(FeatureSet set) =>
        [.. set.Columns.Where(IsNumeric).Select(column => column.Name)];

    private static object?[] Values(ColumnData[] columns, int row)
    {
        var values = new object?[columns.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = columns[i][row];
        }

        return values;
    }

    /// <summary>Loads a panel of numbers.</summary>
    public static LoadedPanel Panel(FeatureSet set, PanelRequest request, OperationContext context)
    {
        var columns = request.Columns is null
            ? [.. Enumerable.Range(0, set.Columns.Count).Where(i => IsNumeric(set.Columns[i]))]
            : request.Columns.Select(name => Numeric(set, name)).Distinct().ToArray();
        int[] known = set.KnownColumn is { } name ? [FeatureScan.IndexOf(set, name)] : [];
        var builder = new PanelBuilder(columns.Length, set, known.Length > 0);
        var query = new FeatureQuery
        {
            Set = set,
            Entities = request.Entities,
            From = request.From,
            To = request.To,
            AsOf = request.AsOf,
        };
        var scan = new FeatureScan(query, context);
        foreach (var (chunk, rows) in scan.Chunks([.. columns, .. scan.Keys, .. known]))
        {
            builder.Add(chunk, rows);
        }

        return builder.Build(
            [.. columns.Select(column => set.Columns[column].Name)],
            request.Entities is null ? null : [.. scan.Entities!.Order(StringComparer.Ordinal)],
            request.Align
        );
    }

    private static bool IsNumeric(FeatureColumn column) =>
        column.Type is FeatureType.Double or FeatureType.Long or FeatureType.Bool;

    private static int Numeric(FeatureSet set, string name)
    {
        var index = FeatureScan.IndexOf(set, name);
        var column = set.Columns[index];
        return IsNumeric(column)
            ? index
            : throw new AlphaFactoryException(
                ErrorId.SchemaMismatch,
                $"Column '{column.Name}' of feature set '{set.Name}' is {column.Type.Name()}, not a number. Import "
                    + "it again with -Schema if it holds numbers."
            )
            {
                Target = column.Name,
            };
    }

    /// <summary>Collects rows, sorted by entity and time, and lays them out as a panel.</summary>
    private sealed class PanelBuilder(int width, FeatureSet set, bool hasKnown)
    {
        private readonly List<double>[] _values =
        [
            .. Enumerable.Range(0, width).Select(_ => new List<double>()),
        ];
        private readonly List<DateTime> _times = [];
        private readonly List<DateTime> _known = [];
        private readonly List<(string Entity, int Start)> _entities = [];
        private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
        private long _duplicates;
        private long _outOfOrder;

        /// <summary>Adds rows of the numeric columns, the time, the entity and the known time if there is one.</summary>
        public void Add(ColumnData[] chunk, int[] rows)
        {
            var times = (TimestampColumn)chunk[width];
            var entities = set.EntityColumn is null ? null : (TextColumn)chunk[width + 1];
            foreach (var row in rows)
            {
                var entity = entities?.Values[row] ?? set.Name;
                var time = times.Values[row];
                if (_entities.Count == 0 || _entities[^1].Entity != entity)
                {
                    _entities.Add((entity, _times.Count));
                    _outOfOrder += _seen.Add(entity) ? 0 : 1;
                }
                else
                {
                    _duplicates += time == _times[^1] ? 1 : 0;
                    _outOfOrder += time < _times[^1] ? 1 : 0;
                }

                _times.Add(time);
            }

            if (hasKnown)
            {
                var known = (TimestampColumn)chunk[^1];
                foreach (var row in rows)
                {
                    _known.Add(known.Values[row]);
                }
            }

            for (var column = 0; column < width; column++)
            {
                foreach (var row in rows)
                {
                    _values[column].Add(chunk[column].Number(row));
                }
            }
        }

        public LoadedPanel Build(string[] columns, string[]? wanted, PanelAlignment align)
        {
            var entities =
                wanted ?? [.. _entities.Select(item => item.Entity).Distinct(StringComparer.Ordinal)];
            var bars = Bars(align == PanelAlignment.Inner ? entities.Length : 1);
            var position = new Dictionary<DateTime, int>(bars.Length);
            foreach (var bar in bars)
            {
                position.Add(bar, position.Count);
            }

            var panels = columns.Select(_ => new double[entities.Length * bars.Length]).ToArray();
            foreach (var panel in panels)
            {
                Array.Fill(panel, double.NaN);
            }

            var known = hasKnown ? new DateTime[entities.Length * bars.Length] : null;

            for (var i = 0; i < _entities.Count; i++)
            {
                var offset = Array.IndexOf(entities, _entities[i].Entity) * bars.Length;
                var end = i + 1 < _entities.Count ? _entities[i + 1].Start : _times.Count;
                var next = 0;
                for (var row = _entities[i].Start; row < end; row++)
                {
                    // Mostly the bar after the last.
                    var bar = next;
                    if (
                        (next < bars.Length && bars[next] == _times[row])
                        || position.TryGetValue(_times[row], out bar)
                    )
                    {
                        next = bar + 1;
                        for (var column = 0; column < width; column++)
                        {
                            panels[column][offset + bar] = _values[column][row];
                        }

                        if (known is not null)
                        {
                            known[offset + bar] = _known[row];
                        }
                    }
                }
            }

            return new LoadedPanel(
                new Panel(entities, bars, columns.Zip(panels, KeyValuePair.Create)),
                _duplicates,
                _outOfOrder,
                known
            );
        }

        /// <summary>The times that at least so many entities have, ascending.</summary>
        private DateTime[] Bars(int entities)
        {
            var found = new Dictionary<DateTime, int>();
            var bars = new List<(DateTime Time, int Count)>();
            var next = 0;
            foreach (var time in _times)
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

            return [.. bars.Where(bar => bar.Count >= entities).Select(bar => bar.Time).Order()];
        }
    }
}
