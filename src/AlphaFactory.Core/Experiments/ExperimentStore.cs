using System.Globalization;
using System.Text.Json;
using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Experiments;

/// <summary>The runs recorded in a store.</summary>
/// <param name="store">The store, which the caller keeps open.</param>
public sealed class ExperimentStore(AlphaStore store)
{
    /// <summary>So many runs are read at once, each batch in one consistent state.</summary>
    private const int Batch = 500;

    private const string RunColumns = """
        e.key, e.name, e.created_at, e.time_from, e.time_to, e.seed, e.feature_set, e.feature_version, e.code_hash,
        e.data_hash, r.id, r.number, r.status, r.codes, r.parameters, r.duration
        """;

    /// <summary>Finds runs.</summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.RunNotFound"/>: a name without wildcards, or an id, that there is not;
    /// <see cref="ErrorId.MetricBoundInvalid"/>: a bound is NaN, or there is nothing of that name to sort by.
    /// </exception>
    public RunResult Find(RunQuery query, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return store.Read(connection =>
        {
            var search = new RunSearch(connection, store.Root);
            var (ids, total) = search.Find(query);
            return new RunResult(MetricNames(connection, ids), ReadRuns(ids, cancellation), total);
        });
    }

    /// <summary>One run.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.RunNotFound"/>.</exception>
    public ExperimentRun Get(string runId) => Find(new RunQuery { RunId = runId, First = 1 }).Runs.First();

    /// <summary>Counts every trial ever made under a name.</summary>
    /// <param name="name">The experiment's name, without case.</param>
    public TrialStatistics Trials(string name) =>
        store.Read(connection =>
        {
            var (trials, count, sum, squares) = connection
                .Query(
                    row => (row.GetInt64(0), row.GetInt64(1), row.GetDouble(2), row.GetDouble(3)),
                    """
                    SELECT ifnull(sum(completed), 0), ifnull(sum(sharpe_count), 0), total(sharpe_sum),
                           total(sharpe_squares)
                    FROM experiments WHERE name = $1
                    """,
                    name
                )
                .Single();
            return new TrialStatistics(
                trials,
                count,
                count > 0 ? sum / count : double.NaN,
                count > 1 ? Math.Max(squares - sum * sum / count, 0) / (count - 1) : double.NaN
            );
        });

    /// <summary>The names of experiments that begin with <paramref name="prefix"/> (without case), in order.</summary>
    public IReadOnlyList<string> Names(string prefix = "") =>
        [
            .. store
                .Read(RunSearch.Names)
                .Where(name => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                .Order(StringComparer.OrdinalIgnoreCase),
        ];

    /// <summary>The folder of an experiment.</summary>
    internal string Folder(string experimentId) => Path.Combine(store.ExperimentsFolder, experimentId);

    /// <summary>The record of a run's experiment, or null when there is none.</summary>
    /// <exception cref="AlphaFactoryException">The store cannot be read, or the record is damaged.</exception>
    internal ExperimentRecord? TryReadRecord(string runId)
    {
        // The key is the database's: an id that came from elsewhere names no path.
        var key = store.Read(connection =>
            connection.Scalar("SELECT key FROM experiments WHERE key = $1 COLLATE NOCASE", SplitId(runId).Key)
        );
        var file = key is string known ? Path.Combine(Folder(known), ExperimentRecord.FileName) : null;
        return File.Exists(file) ? ExperimentRecord.FromJson(File.ReadAllText(file), file) : null;
    }

    /// <summary>The row of the experiment to run again: by the id of a run or experiment, else the last of a name.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.RunNotFound"/>.</exception>
    internal ExperimentRow FindExperiment(string? name, string? runId)
    {
        var (key, _) = SplitId(runId);
        return store
                .Read(connection =>
                    connection.Query(
                        row => new ExperimentRow(
                            row.GetInt64(0),
                            row.GetString(1),
                            row.GetString(2),
                            row.GetString(3),
                            row.IsDBNull(4) ? null : row.GetString(4),
                            row.GetString(5),
                            row.GetString(6),
                            row.GetString(7)
                        ),
                        """
                        SELECT id, key, name, spec_hash, runs_hash, code_hash, data_hash, policy_hash
                        FROM experiments
                        WHERE ($1 IS NULL OR name = $1) AND ($2 IS NULL OR key = $2 COLLATE NOCASE)
                        ORDER BY id DESC LIMIT 1
                        """,
                        name,
                        key
                    )
                )
                .FirstOrDefault()
            ?? throw (
                runId is not null ? RunSearch.NoRun(store.Root, runId)
                : name is not null ? RunSearch.NoName(store.Root, name, Names())
                : new AlphaFactoryException(
                    ErrorId.RunNotFound,
                    $"No experiment has been run in the store at '{store.Root}'. Run one with Invoke-Experiment."
                )
            );
    }

    /// <summary>The id's two parts: the experiment's key, and the number of the run or null.</summary>
    internal static (string? Key, long? Number) SplitId(string? runId)
    {
        var dot = runId?.LastIndexOf('.') ?? -1;
        return
            dot > 0
            && long.TryParse(
                runId.AsSpan(dot + 1),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var number
            )
            ? (runId![..dot], number)
            : (runId, null);
    }

    /// <summary>How many runs of an experiment are recorded.</summary>
    internal long CountRuns(long experiment) =>
        store.Read(connection =>
            (long)connection.Scalar("SELECT count(*) FROM runs WHERE experiment_id = $1", experiment)!
        );

    /// <summary>The runs of an experiment in their order, read on the way.</summary>
    internal IEnumerable<ExperimentRun> RunsOf(long experiment, CancellationToken cancellation)
    {
        var ids = store.Read(connection =>
            connection.Query(
                row => row.GetInt64(0),
                "SELECT id FROM runs WHERE experiment_id = $1 ORDER BY number",
                experiment
            )
        );
        return ReadRuns(ids, cancellation);
    }

    private IEnumerable<ExperimentRun> ReadRuns(List<long> ids, CancellationToken cancellation)
    {
        for (var start = 0; start < ids.Count; start += Batch)
        {
            cancellation.ThrowIfCancellationRequested();
            var batch = ids.GetRange(start, Math.Min(Batch, ids.Count - start));
            foreach (var run in store.Read(connection => ReadBatch(connection, batch)))
            {
                yield return run;
            }
        }
    }

    private static List<ExperimentRun> ReadBatch(SqliteConnection connection, List<long> ids)
    {
        using var metrics = connection.Command(
            """
            SELECT n.name, m.value FROM run_metrics m JOIN run_metric_names n ON n.id = m.metric_id
            WHERE m.run_id = $1 ORDER BY m.metric_id
            """,
            0L
        );
        return connection.Query(
            row => ReadRun(row, metrics),
            $"""
            SELECT {RunColumns}
            FROM json_each($1) wanted JOIN runs r ON r.id = wanted.value JOIN experiments e ON e.id = r.experiment_id
            ORDER BY wanted.key
            """,
            JsonSerializer.Serialize(ids)
        );
    }

    private static ExperimentRun ReadRun(SqliteDataReader row, SqliteCommand metrics)
    {
        metrics.Parameters[0].Value = row.GetInt64(10);
        var values = new List<KeyValuePair<string, double>>();
        using (var reader = metrics.ExecuteReader())
        {
            while (reader.Read())
            {
                values.Add(
                    KeyValuePair.Create(
                        reader.GetString(0),
                        reader.IsDBNull(1) ? double.NaN : reader.GetDouble(1)
                    )
                );
            }
        }

        return new ExperimentRun
        {
            RunId = RunIdOf(row.GetString(0), row.GetInt64(11)),
            ExperimentId = row.GetString(0),
            Name = row.GetString(1),
            From = Sql.FromMicroseconds(row.GetInt64(3)),
            To = Sql.FromMicroseconds(row.GetInt64(4)),
            Seed = row.GetInt64(5),
            FeatureSet = row.GetString(6),
            FeatureVersion = row.GetInt32(7),
            CodeHash = row.GetString(8),
            DataHash = row.GetString(9),
            Status = Enum.Parse<RunStatus>(row.GetString(12)),
            Codes = RunCodes.Parse(row.GetString(13)),
            Parameters = ParameterJson.Read(row.GetString(14)),
            Metrics = new MetricValues(values),
            Duration = TimeSpan.FromMicroseconds(row.GetInt64(15)),
        };
    }

    /// <summary>The id of a run: the experiment's, a dot, and the number from 1.</summary>
    internal static string RunIdOf(string key, long number) =>
        string.Create(CultureInfo.InvariantCulture, $"{key}.{number}");

    private static List<string> MetricNames(SqliteConnection connection, List<long> ids) =>
        connection.Query(
            row => row.GetString(0),
            """
            SELECT name FROM run_metric_names WHERE id IN (
                SELECT metric_id FROM run_metrics WHERE run_id IN (SELECT value FROM json_each($1))
            ) ORDER BY id
            """,
            JsonSerializer.Serialize(ids)
        );
}

/// <summary>What the database knows of an experiment, apart from what its record says.</summary>
internal sealed record ExperimentRow(
    long Id,
    string Key,
    string Name,
    string SpecHash,
    string? RunsHash,
    string CodeHash,
    string DataHash,
    string PolicyHash
);
