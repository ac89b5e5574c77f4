using System.Globalization;
using System.IO.Enumeration;
using System.Text.Json;
using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Experiments;

/// <summary>Turns a query into SQL and gives the ids of the runs that it finds. Values are always bound.</summary>
internal sealed class RunSearch(SqliteConnection connection, string root)
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

    private readonly List<object?> _values = [];
    private readonly List<string> _where = ["1"];

    /// <summary>The ids of one page in order, and how many match in all if that is asked for.</summary>
    /// <exception cref="AlphaFactoryException">As <see cref="ExperimentStore.Find"/>.</exception>
    public (List<long> Ids, long? Total) Find(RunQuery query)
    {
        if (query.Names.Count > 0)
        {
            _where.Add(
                $"e.name IN (SELECT value FROM json_each({Bind(JsonSerializer.Serialize(Matching(root, query.Names, Names(connection))))}))"
            );
        }

        if (query.RunId is not null)
        {
            var (key, number) = ExperimentStore.SplitId(query.RunId);
            _where.Add($"e.key = {Bind(key)} COLLATE NOCASE");
            _where.Add(number is null ? "1" : $"r.number = {Bind(number)}");
            RequireRun(query.RunId);
        }

        foreach (var (metric, least) in query.MinMetric)
        {
            _where.Add($"{MetricValue(metric)} >= {Bind(RequireNumber(metric, least))}");
        }

        foreach (var (metric, most) in query.MaxMetric)
        {
            _where.Add($"{MetricValue(metric)} <= {Bind(RequireNumber(metric, most))}");
        }

        if (query.Since is { } since)
        {
            _where.Add($"e.created_at >= {Bind(Sql.ToMicroseconds(since))}");
        }

        if (query.Until is { } until)
        {
            _where.Add($"e.created_at <= {Bind(Sql.ToMicroseconds(until))}");
        }

        if (query.Statuses.Count > 0)
        {
            var statuses = JsonSerializer.Serialize(query.Statuses.Select(status => status.ToString()));
            _where.Add($"r.status IN (SELECT value FROM json_each({Bind(statuses)}))");
        }

        var total = query.CountTotal
            ? (long?)connection.Scalar($"SELECT count(*) {Source}", [.. _values])
            : null;
        var ids = connection.Query(
            row => row.GetInt64(0),
            $"SELECT r.id {Source} ORDER BY {Order(query)} LIMIT {Bind(query.First ?? -1)} OFFSET {Bind(query.Skip)}",
            [.. _values]
        );
        return (ids, total);
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
        foreach (var pattern in patterns)
        {
            var found = names.FindAll(name => FileSystemName.MatchesSimpleExpression(pattern, name));
            if (found.Count == 0 && !pattern.AsSpan().ContainsAny('*', '?'))
            {
                throw NoName(root, pattern, names);
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

    private string Bind(object? value)
    {
        _values.Add(value);
        return "$" + _values.Count.ToString(CultureInfo.InvariantCulture);
    }

    private string MetricValue(string metric) =>
        "(SELECT value FROM run_metrics WHERE run_id = r.id AND metric_id = "
        + $"(SELECT id FROM run_metric_names WHERE name = {Bind(metric)}))";

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
            throw NoRun(root, runId);
        }
    }

    private string RequireMetric(string name)
    {
        var known = connection.Query(row => row.GetString(0), "SELECT name FROM run_metric_names");
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
