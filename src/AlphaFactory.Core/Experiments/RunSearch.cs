using System.Globalization;
using System.Text.Json;
using AlphaFactory.Core.Filtering;
using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Experiments;

/// <summary>Turns a query into SQL and gives the ids of the runs that it finds. Values are always bound.</summary>
/// <param name="connection">The database.</param>
/// <param name="store">The store that it is of.</param>
/// <param name="leastOfGrid">Parameters of calls with so many runs are found by their grid.</param>
internal sealed class RunSearch(SqliteConnection connection, AlphaStore store, long leastOfGrid)
{
    private static readonly Dictionary<string, string> Properties = new(StringComparer.OrdinalIgnoreCase)
    {
        [nameof(ExperimentRun.RunId)] = "r.experiment_id * 4294967296 + r.number",
        [nameof(ExperimentRun.ExperimentId)] = "r.experiment_id",
        [nameof(ExperimentRun.Name)] = "e.name",
        [nameof(ExperimentRun.Status)] = "r.status",
        [nameof(ExperimentRun.Codes)] = "r.codes",
        [nameof(ExperimentRun.From)] = "e.time_from",
        [nameof(ExperimentRun.To)] = "e.time_to",
        [nameof(ExperimentRun.Seed)] = "e.seed",
        [nameof(ExperimentRun.FeatureSet)] = "e.feature_set",
        [nameof(ExperimentRun.FeatureVersion)] = "e.feature_version",
        [nameof(ExperimentRun.CodeHash)] = "e.code_hash",
        [nameof(ExperimentRun.DataHash)] = "e.data_hash",
        [nameof(ExperimentRun.Duration)] = "r.duration",
    };

    private readonly List<string> _metricNames = MetricNames(connection);
    private readonly List<object?> _values = [];

    // Conditions on experiments come first, so that their parameters are the first ones.
    private readonly List<string> _where = ["1"];
    private readonly List<RunBound> _bounds = [];

    // Whether there is a condition that the columns of metrics cannot answer.
    private bool _readsRuns;

    /// <summary>The ids of one page in order, and how many match in all if that is asked for.</summary>
    /// <exception cref="AlphaFactoryException">As <see cref="ExperimentStore.Find"/>.</exception>
    public (List<long> Ids, long? Total) Find(RunQuery query)
    {
        if (query.Names.Count > 0)
        {
            _where.Add(
                $"e.name IN (SELECT value FROM json_each({Bind(JsonSerializer.Serialize(Matching(store.Root, query.Names, Names(connection))))}))"
            );
        }

        if (query.RunId is not null)
        {
            var (key, number) = ExperimentStore.SplitId(query.RunId);
            _where.Add($"e.key = {Bind(key)} COLLATE NOCASE");
            _where.Add(number is null ? "1" : $"r.number = {Bind(number)}");
            RequireRun(query.RunId);
        }

        if (query.Since is { } since)
        {
            _where.Add($"e.created_at >= {Bind(Sql.ToMicroseconds(since))}");
        }

        if (query.Until is { } until)
        {
            _where.Add($"e.created_at <= {Bind(Sql.ToMicroseconds(until))}");
        }

        var conditions = new RunConditions(connection);
        var terms = query.Filter is { } filter ? RunConditions.Terms(filter.Root).ToList() : [];
        foreach (var term in terms.Where(RunConditions.IsOfCall))
        {
            _where.Add(conditions.Of(term));
        }

        var (experiments, experimentValues) = (string.Join(" AND ", _where), _values.ToArray());
        // What is known of one run is no condition on calls.
        var grids = query.RunId is null
            ? CallGrids.Of(connection, store.ExperimentsFolder, leastOfGrid, experiments, experimentValues)
            : null;
        foreach (var term in terms.Where(term => !RunConditions.IsOfCall(term)))
        {
            _where.Add(conditions.Of(term, grids));
            if (RunConditions.BoundOf(term) is { } bound)
            {
                _bounds.Add(bound);
            }
            else
            {
                _readsRuns = true;
            }
        }

        foreach (var (metric, least) in query.MinMetric)
        {
            _bounds.Add(new(metric, RequireNumber(metric, least), double.PositiveInfinity));
            _where.Add($"{MetricValue(metric)} >= {Bind(least)}");
        }

        foreach (var (metric, most) in query.MaxMetric)
        {
            _bounds.Add(new(metric, double.NegativeInfinity, RequireNumber(metric, most)));
            _where.Add($"{MetricValue(metric)} <= {Bind(most)}");
        }

        foreach (var (name, value) in query.Parameters)
        {
            _where.Add(
                conditions.Of(
                    new FilterNode.Compare(FilterField.Parameter(name), FilterOperator.Equal, value),
                    grids
                )
            );
            _readsRuns = true;
        }

        if (query.Statuses.Count > 0)
        {
            var statuses = JsonSerializer.Serialize(query.Statuses.Select(status => status.ToString()));
            _where.Add($"r.status IN (SELECT value FROM json_each({Bind(statuses)}))");
        }

        var total = query.CountTotal
            ? (long?)connection.Scalar($"SELECT count(*) {Source}", [.. _values])
            : null;
        var ids =
            Page(query, experiments, experimentValues)
            ?? connection.Query(
                row => row.GetInt64(0),
                $"SELECT r.id {Source} ORDER BY {Order(query)} LIMIT {Bind(query.First ?? -1)} OFFSET {Bind(query.Skip)}",
                [.. _values]
            );
        return (ids, total);
    }

    /// <summary>
    /// A first page by a metric from the columns of metrics; null when the query asks for something else, or when
    /// runs without the metric, which come last, are on the page.
    /// </summary>
    private List<long>? Page(RunQuery query, string experiments, object?[] values)
    {
        const long Most = 100_000;
        if (
            _readsRuns
            || query is not { First: { } first, SortBy: { } metric, RunId: null, Statuses.Count: 0 }
            || Properties.ContainsKey(metric)
            || first is 0 or > Most
            || query.Skip > Most
        )
        {
            return null;
        }

        var count = (int)(first + query.Skip);
        var best = new RunColumns(connection).Best(
            RequireMetric(metric),
            query.Descending,
            count,
            _bounds,
            experiments,
            values
        );
        return best.Count < count
            ? null
            : best.Skip((int)query.Skip).Select(run => ExperimentStore.IdOf(connection, run)).ToList();
    }

    /// <summary>The sets of metrics that experiments measured; makes the connection ready to read them.</summary>
    private static List<string> MetricNames(SqliteConnection connection)
    {
        RunMetrics.Register(connection);
        return connection.Query(
            row => row.GetString(0),
            "SELECT DISTINCT metric_names FROM experiments WHERE metric_names <> ''"
        );
    }

    /// <summary>The metrics that any experiment measured.</summary>
    public static List<string> KnownMetrics(SqliteConnection connection) => Distinct(MetricNames(connection));

    /// <summary>Says of each metric that a query is about and no run has which one was probably meant.</summary>
    public IReadOnlyList<string> UnknownMetrics(RunQuery query)
    {
        var known = Known;
        var fields = query.Filter?.Root.Fields ?? [];
        IEnumerable<string> others = query.Filter is null ? [] : RunFilter.Fields.PropertyNames;
        return
        [
            .. query
                .MinMetric.Keys.Concat(query.MaxMetric.Keys)
                .Concat(fields.Where(field => field.Kind == FilterKind.Metric).Select(field => field.Name))
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .Except(known, StringComparer.OrdinalIgnoreCase)
                .Select(metric =>
                    $"No run in the store has a metric '{metric}'.{Nearest.Hint(metric, [.. known, .. others])}"
                ),
        ];
    }

    /// <summary>The names of all experiments that have runs.</summary>
    public static List<string> Names(SqliteConnection connection) =>
        connection.Query(
            row => row.GetString(0),
            "SELECT min(name) FROM experiments WHERE id IN (SELECT experiment_id FROM runs) GROUP BY name"
        );

    /// <summary>The names under which anything was ever run, even if it was removed.</summary>
    public static List<string> TriedNames(SqliteConnection connection) =>
        connection.Query(row => row.GetString(0), "SELECT min(name) FROM experiments GROUP BY name");

    /// <summary>The names that match any of the patterns.</summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.RunNotFound"/>: a name without wildcards that there is not.
    /// </exception>
    public static List<string> Matching(string root, IReadOnlyList<string> patterns, List<string> names)
    {
        var matching = new List<string>();
        foreach (var text in patterns)
        {
            var pattern = WildcardPattern.Parse(text);
            var found = names.FindAll(pattern.IsMatch);
            if (found.Count == 0 && pattern.IsExact)
            {
                throw NoName(root, text, names);
            }

            matching.AddRange(found);
        }

        return matching;
    }

    /// <summary>The error of a run or experiment that there is not.</summary>
    public static AlphaFactoryException NoRun(string root, string runId) =>
        new(
            ErrorId.RunNotFound,
            $"There is no run or experiment '{runId}' in the store at '{root}'. Get-Experiment lists what there is."
        )
        {
            Target = runId,
        };

    /// <summary>The error of a name that no experiment has.</summary>
    public static AlphaFactoryException NoName(string root, string name, IReadOnlyList<string> known) =>
        new(
            ErrorId.RunNotFound,
            $"There is no experiment '{name}' in the store at '{root}'.{Nearest.Hint(name, known)} "
                + "Get-Experiment lists what there is."
        )
        {
            Target = name,
        };

    private string Source =>
        $"FROM runs r JOIN experiments e ON e.id = r.experiment_id WHERE {string.Join(" AND ", _where)}";

    private List<string> Known => Distinct(_metricNames);

    private static List<string> Distinct(List<string> sets) =>
        [.. sets.SelectMany(RunMetrics.Split).Distinct(StringComparer.OrdinalIgnoreCase)];

    private string Bind(object? value)
    {
        _values.Add(value);
        return "$" + _values.Count.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The value of a metric, whose place differs with what an experiment measured.</summary>
    private string MetricValue(string metric)
    {
        var cases =
            from names in _metricNames
            let place = RunMetrics
                .Split(names)
                .ToList()
                .FindIndex(name => name.Equals(metric, StringComparison.OrdinalIgnoreCase))
            where place >= 0
            select $"WHEN {Bind(names)} THEN {Bind((long)place)}";
        var places = string.Join(' ', cases);
        return places.Length == 0
            ? "NULL"
            : $"{RunMetrics.Function}(r.metrics, CASE e.metric_names {places} END)";
    }

    private string Order(RunQuery query)
    {
        var direction = query.Descending ? "DESC" : "ASC";
        if (query.SortBy is null)
        {
            return $"r.experiment_id {direction}, r.number {direction}";
        }

        var key = Properties.TryGetValue(query.SortBy, out var column)
            ? column
            : MetricValue(RequireMetric(query.SortBy));
        return $"{key} {direction} NULLS LAST, r.experiment_id, r.number";
    }

    private void RequireRun(string runId)
    {
        if (connection.Scalar($"SELECT 1 {Source} LIMIT 1", [.. _values]) is null)
        {
            throw NoRun(store.Root, runId);
        }
    }

    private string RequireMetric(string name)
    {
        var known = Known;
        return known.Count == 0 || known.Contains(name, StringComparer.OrdinalIgnoreCase)
            ? name
            : throw new AlphaFactoryException(
                ErrorId.MetricBoundInvalid,
                $"There is nothing called '{name}' to sort by: no run has such a metric, and it is no property of one."
                    + Nearest.Hint(name, [.. known, .. Properties.Keys])
            );
    }

    private static double RequireNumber(string metric, double least) =>
        !double.IsNaN(least)
            ? least
            : throw new AlphaFactoryException(
                ErrorId.MetricBoundInvalid,
                $"The bound of '{metric}' is NaN, which no value compares to. Write {metric}=1.2."
            );
}
