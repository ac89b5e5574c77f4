using System.Globalization;
using AlphaFactory.Core.Filtering;
using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Experiments;

/// <summary>
/// Turns filters into conditions of SQL on <c>e</c>, the calls, and <c>r</c>, their runs. Each is a function of the columns
/// that the filter is about: nothing of the filter becomes part of the text.
/// </summary>
/// <param name="connection">The connection that gets the functions.</param>
internal sealed class RunConditions(SqliteConnection connection)
{
    private const string Experiment = "r.experiment_id";
    private const string Number = "r.number";
    private const string MetricNames = "e.metric_names";
    private const string Metrics = "r.metrics";
    private const string Parameters = "r.parameters";

    private int _functions;

    /// <summary>The terms of a filter that must all hold.</summary>
    public static IEnumerable<FilterNode> Terms(FilterNode filter) =>
        filter is FilterNode.And and ? and.Terms.SelectMany(Terms) : [filter];

    /// <summary>Whether a term is the same for all runs of a call.</summary>
    public static bool IsOfCall(FilterNode term) =>
        !term.Fields.SelectMany(Columns).Any(column => column.Contains("r.", StringComparison.Ordinal));

    /// <summary>What a term says of the range of one metric; null when it says anything else.</summary>
    public static RunBound? BoundOf(FilterNode term)
    {
        if (term is not FilterNode.Compare { Field: { Kind: FilterKind.Metric } field } compare)
        {
            return null;
        }

        var value = compare.Value is long whole ? whole : (double)compare.Value;
        return compare.Operator switch
        {
            FilterOperator.Equal => new(field.Name, value, value),
            FilterOperator.GreaterOrEqual => new(field.Name, value, double.PositiveInfinity),
            FilterOperator.LessOrEqual => new(field.Name, double.NegativeInfinity, value),
            // Nothing lies beyond infinity.
            FilterOperator.Greater when double.IsFinite(value) => new(
                field.Name,
                Math.BitIncrement(value),
                double.PositiveInfinity
            ),
            FilterOperator.Less when double.IsFinite(value) => new(
                field.Name,
                double.NegativeInfinity,
                Math.BitDecrement(value)
            ),
            _ => null,
        };
    }

    /// <summary>The condition that a filter holds.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="grids">The grids of large calls, whose runs need not be read for their parameters.</param>
    public string Of(FilterNode filter, CallGrids? grids = null)
    {
        var columns = filter.Fields.SelectMany(Columns).Distinct(StringComparer.Ordinal).ToArray();
        var row = new Row(columns);
        var test = new FilterTest(filter);
        string Read() => Function<bool>(columns, values => test.Holds(row.With(values).ValueOf));
        if (grids is null or { IsEmpty: true } || !columns.Contains(Parameters, StringComparer.Ordinal))
        {
            return Read();
        }

        // What the grid says takes no reading of the run; SQLite asks for the other only where it says nothing.
        string[] others = [Experiment, Number, .. columns.Where(column => column != Parameters)];
        var rowOfGrid = new Row(others, grids);
        var known = Function<bool?>(
            others,
            values => rowOfGrid.With(values).IsOfGrid ? test.Holds(rowOfGrid.ValueOf) : null
        );
        return grids.CoverAll ? known : $"ifnull({known}, {Read()})";
    }

    private string Function<T>(string[] columns, Func<object?[], T> function)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"run_filter_{_functions++}");
        connection.CreateFunction(name, function, isDeterministic: true);
        return $"{name}({string.Join(", ", columns)})";
    }

    private static string[] Columns(FilterField field) =>
        field.Kind switch
        {
            FilterKind.Metric => [MetricNames, Metrics],
            FilterKind.Parameter => [Parameters],
            _ => [field.Column!],
        };

    /// <summary>The values of the columns of one row, and of its parameters by the grid of its call.</summary>
    private sealed class Row(string[] columns, CallGrids? grids = null)
    {
        // Rows follow each other in a query, one at a time.
        private object?[] _values = [];
        private string _names = "";
        private string[] _metrics = [];
        private ParameterValues? _parameters;

        public Row With(object?[] values)
        {
            _values = values;
            _parameters = null;
            return this;
        }

        /// <summary>Whether the grid of the call says what the parameters are.</summary>
        public bool IsOfGrid => Spec is not null;

        private ExperimentSpec? Spec => grids?.Of((long)_values[0]!);

        public object? ValueOf(FilterField field) =>
            field.Kind switch
            {
                FilterKind.Metric => Metric(field.Name),
                FilterKind.Parameter => Parameter(field.Name),
                FilterKind.Set => RunCodes.Parse((string)Value(field.Column!)!),
                FilterKind.Date => Sql.FromMicroseconds((long)Value(field.Column!)!),
                _ => Value(field.Column!),
            };

        private object? Value(string column) =>
            _values[Array.IndexOf(columns, column)] is var value and not DBNull ? value : null;

        private double? Metric(string name)
        {
            if (Value(Metrics) is not byte[] metrics)
            {
                return null;
            }

            var names = (string)Value(MetricNames)!;
            if (_names != names)
            {
                (_names, _metrics) = (names, RunMetrics.Split(names));
            }

            var place = Array.FindIndex(
                _metrics,
                each => each.Equals(name, StringComparison.OrdinalIgnoreCase)
            );
            return place < 0 ? null : RunMetrics.At(metrics, place);
        }

        private object? Parameter(string name)
        {
            if (Spec is { } spec)
            {
                return spec.Grid.ValueAt((long)_values[1]! - 1, name)
                    ?? (spec.Parameters.TryGetValue(name, out var constant) ? constant : null);
            }

            _parameters ??= ParameterJson.Read((string)Value(Parameters)!);
            return _parameters.TryGetValue(name, out var value) ? value : null;
        }
    }
}
