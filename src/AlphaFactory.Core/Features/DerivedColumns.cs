using AlphaFactory.Core.Expressions;

namespace AlphaFactory.Core.Features;

/// <summary>
/// The values of a query's formulas: they see the whole history, and what is kept of them begins where the query does.
/// </summary>
internal sealed class DerivedColumns
{
    private readonly string[] _names;
    private readonly double[][] _values;
    private readonly Dictionary<string, int> _entities = new(StringComparer.Ordinal);
    private readonly Dictionary<DateTime, int> _bars = [];
    private readonly string _set;
    private readonly LateRows? _late;

    private DerivedColumns(FeatureQuery query, Panel panel, int firstBar, LateRows? late)
    {
        _set = query.Set.Name;
        _late = late;
        _names = [.. query.Expressions.Select(expression => expression.Key)];
        _values = new double[_names.Length][];
        foreach (var entity in panel.Entities)
        {
            _entities.Add(entity, _entities.Count);
        }

        foreach (var time in panel.Times.Skip(firstBar))
        {
            _bars.Add(time, _bars.Count);
        }
    }

    /// <summary>
    /// The rows of a query that begins at a time, row group by row group, if they were kept while the columns were loaded.
    /// </summary>
    public IEnumerable<ColumnData[]>? Rows => _late?.Groups;

    /// <summary>Reads the formulas, loads the columns that they use, and evaluates them.</summary>
    /// <param name="query">The formulas.</param>
    /// <param name="columns">The places of the columns whose <see cref="Rows"/> are wanted.</param>
    /// <param name="context">Where messages go.</param>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.ExpressionSyntax"/>: a formula is wrong, or uses what the set has not, with the place;
    /// <see cref="ErrorId.SchemaMismatch"/>: a name is a column already; <see cref="ErrorId.SpecInvalid"/>: the query is
    /// for a history, which has several rows of one time; or what reading gives.
    /// </exception>
    public static DerivedColumns Evaluate(FeatureQuery query, int[] columns, OperationContext context)
    {
        if (query.History && query.Set.KnownColumn is not null)
        {
            throw new AlphaFactoryException(
                ErrorId.SpecInvalid,
                "A history has several rows of one time, of which a formula can take only one. Leave out -History, or "
                    + "-Expression."
            );
        }

        var numbers = FeatureReading.NumericColumns(query.Set);
        var formulas = new List<AlphaExpression>();
        foreach (var (name, text) in query.Expressions)
        {
            RequireNew(query, name, formulas.Count);
            var formula = AlphaExpression.Parse(text);
            formula.Validate(numbers, []);
            formulas.Add(formula);
        }

        var request = new PanelRequest
        {
            Columns = [.. formulas.SelectMany(f => f.Columns).Distinct(StringComparer.OrdinalIgnoreCase)],
            Entities = query.Entities,
            To = query.To,
            AsOf = query.AsOf,
            Align = query.Align,
        };
        // What is withheld is said once, by the rows: these are read for themselves then.
        var silent = context with
        {
            Verbose = _ => { },
        };
        // Null for one that reads all bars.
        int?[] barsRead = [.. formulas.Select(formula => formula.BarsRead(ParameterValues.None))];
        var barsBefore = barsRead.Max() - 1 ?? 0;
        PanelBegin? begin = null;
        LateRows? late = null;
        if (query.From is { } start)
        {
            var from = UtcDate.FromDateTime(start);
            begin = barsRead.Contains(null) ? null : new PanelBegin(from, barsBefore);
            late =
                query.AsOf is not null && query.Set.KnownColumn is not null
                    ? null
                    : new LateRows(query.Set, from, columns);
        }

        var panel = FeatureReading.Panel(query.Set, request, silent, begin, late).Panel;
        var firstBar = FirstBar(panel, query.From);
        var derived = new DerivedColumns(query, panel, firstBar, late);
        var begins = Array.ConvertAll(
            barsRead,
            bars => bars is null ? 0 : Math.Max(0, firstBar - barsBefore)
        );
        derived.Evaluate(formulas, begins, panel, firstBar, context.Cancellation);
        return derived;
    }

    /// <summary>Evaluates formulas, each from a bar on that is early enough for its values.</summary>
    private void Evaluate(
        List<AlphaExpression> formulas,
        int[] begins,
        Panel panel,
        int firstBar,
        CancellationToken cancellation
    )
    {
        foreach (var group in formulas.Index().GroupBy(each => begins[each.Index]))
        {
            var (some, kept) = (panel.From(group.Key), firstBar - group.Key);
            AlphaExpression[] together = [.. group.Select(each => each.Item)];
            var evaluator = Evaluator.Of(together, some, ParameterValues.None, cancellation);
            var room = Array.Empty<double>();
            foreach (var (next, (place, _)) in group.Index())
            {
                // Of which only the end is kept, the next can have it.
                if (next == 0 || kept == 0)
                {
                    room = GC.AllocateUninitializedArray<double>(some.EntityCount * some.Bars);
                }

                evaluator.Evaluate(next, room);
                _values[place] = From(room, some, kept);
            }
        }
    }

    /// <summary>Where the values of rows of the set are in each derived column; -1 where they have none.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="times">The times of all rows.</param>
    /// <param name="entities">The entities of all rows; null when the set has none.</param>
    public int[] Places(int[] rows, TimestampColumn times, TextColumn? entities) =>
        [
            .. rows.Select(row =>
                _bars.TryGetValue(times.Values[row], out var bar)
                && _entities.TryGetValue(entities?.Values[row] ?? _set, out var entity)
                    ? (entity * _bars.Count) + bar
                    : -1
            ),
        ];

    /// <summary>A derived column; what is not a number, or not asked for, is missing.</summary>
    /// <param name="index">Which of the formulas.</param>
    /// <param name="count">How many rows there are.</param>
    /// <param name="rows">Those that are asked for, in order.</param>
    /// <param name="places">What <see cref="Places"/> gives for them.</param>
    public ColumnData Column(int index, int count, int[] rows, int[] places)
    {
        var (name, values) = (_names[index], _values[index]);
        var column = new DoubleColumn(name);
        for (var i = 0; i < rows.Length; i++)
        {
            var value = places[i] < 0 ? double.NaN : values[places[i]];
            if (!double.IsNaN(value))
            {
                Skip(rows[i]);
                column.AppendValue(value);
            }
        }

        Skip(count);
        return column;

        void Skip(int row)
        {
            if (row > column.Count)
            {
                column.AppendMissing(row - column.Count);
            }
        }
    }

    private static int FirstBar(Panel panel, DateTime? from)
    {
        var bar = 0;
        while (from is { } time && bar < panel.Bars && panel.Times[bar] < UtcDate.FromDateTime(time))
        {
            bar++;
        }

        return bar;
    }

    private static double[] From(double[] values, Panel panel, int firstBar)
    {
        if (firstBar == 0)
        {
            return values;
        }

        var bars = panel.Bars - firstBar;
        var kept = new double[panel.EntityCount * bars];
        for (var entity = 0; entity < panel.EntityCount; entity++)
        {
            values.AsSpan((entity * panel.Bars) + firstBar, bars).CopyTo(kept.AsSpan(entity * bars));
        }

        return kept;
    }

    private static void RequireNew(FeatureQuery query, string name, int index)
    {
        if (name.Length == 0 || name.Any(char.IsControl))
        {
            throw new AlphaFactoryException(
                ErrorId.SchemaMismatch,
                "A derived column needs a printable name."
            );
        }

        if (
            query
                .Set.Columns.Select(column => column.Name)
                .Concat(query.Expressions.Take(index).Select(expression => expression.Key))
                .Contains(name, StringComparer.OrdinalIgnoreCase)
        )
        {
            throw new AlphaFactoryException(
                ErrorId.SchemaMismatch,
                $"There is a column '{name}' already (case does not count). Give the derived column another name."
            )
            {
                Target = name,
            };
        }
    }
}
