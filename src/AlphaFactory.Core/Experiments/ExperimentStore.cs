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

    /// <summary>Which runs of a call have which parameters is told by its grid where it has so many runs.</summary>
    internal long LeastOfGrid { get; init; } = 4096;

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
            var search = new RunSearch(connection, store, LeastOfGrid);
            var (ids, total) = search.Find(query);
            return new RunResult(
                MetricNames(connection, ids),
                ReadRuns(ids, cancellation),
                total,
                search.UnknownMetrics(query)
            );
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

    /// <summary>
    /// What belongs to a run and to all trials of its name as they stand: <c>dsr</c> and <c>trials</c>; none when
    /// the store does not know the run's experiment.
    /// </summary>
    public MetricValues TrialMetrics(ExperimentRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        var found = store.Read(connection =>
            connection.Query(
                row => (Name: row.GetString(0), Periods: row.GetDouble(1)),
                "SELECT name, periods_per_year FROM experiments WHERE key = $1",
                run.ExperimentId
            )
        );
        if (found.Count == 0)
        {
            return MetricValues.None;
        }

        var trials = Trials(found[0].Name);
        var sharpe = PerformanceMetrics.SharpePerPeriod(run.Metrics, found[0].Periods);
        return new([
            KeyValuePair.Create("dsr", OverfittingStatistics.DeflatedSharpe(run.Metrics, sharpe, trials)),
            KeyValuePair.Create("trials", (double)trials.Trials),
        ]);
    }

    /// <summary>The names of experiments that begin with <paramref name="prefix"/> (without case), in order.</summary>
    public IReadOnlyList<string> Names(string prefix = "") =>
        [
            .. store
                .Read(RunSearch.Names)
                .Where(name => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                .Order(StringComparer.OrdinalIgnoreCase),
        ];

    /// <summary>The metrics that any experiment measured, in the order in which they first were.</summary>
    public IReadOnlyList<string> MetricNames() => store.Read(RunSearch.KnownMetrics);

    /// <summary>The parameters of the newest calls that begin with <paramref name="prefix"/> (without case), in order.</summary>
    public IReadOnlyList<string> ParameterNames(string prefix = "")
    {
        const int Newest = 100;
        var sets = store.Read(connection =>
            connection.Query(
                row => row.GetString(0),
                """
                SELECT parameters FROM runs WHERE id IN (
                    SELECT (SELECT min(id) FROM runs WHERE experiment_id = e.id) FROM experiments e
                    ORDER BY e.id DESC LIMIT $1
                )
                """,
                Newest
            )
        );
        return
        [
            .. sets.SelectMany(set => ParameterJson.Read(set).Keys)
                .Where(name => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .Order(StringComparer.OrdinalIgnoreCase),
        ];
    }

    /// <summary>The names under which anything was ever run that match any of the patterns, in order.</summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.RunNotFound"/>: a name without wildcards that there is not.
    /// </exception>
    public IReadOnlyList<string> TriedNames(IReadOnlyList<string> patterns) =>
        Matching(patterns, RunSearch.TriedNames);

    /// <summary>The names that have recorded runs and match any of the patterns, in order.</summary>
    /// <exception cref="AlphaFactoryException">As <see cref="TriedNames"/>.</exception>
    public IReadOnlyList<string> RecordedNames(IReadOnlyList<string> patterns) =>
        Matching(patterns, RunSearch.Names);

    private IReadOnlyList<string> Matching(
        IReadOnlyList<string> patterns,
        Func<SqliteConnection, List<string>> names
    ) =>
        [
            .. RunSearch
                .Matching(store.Root, patterns, store.Read(names))
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .Order(StringComparer.OrdinalIgnoreCase),
        ];

    /// <summary>The ids of the calls under a name that have runs, the oldest first.</summary>
    public IReadOnlyList<string> Calls(string name) =>
        store.Read(connection =>
            connection.Query(
                row => row.GetString(0),
                """
                SELECT key FROM experiments e
                WHERE name = $1 AND EXISTS (SELECT 1 FROM runs WHERE experiment_id = e.id) ORDER BY id
                """,
                name
            )
        );

    /// <summary>How many runs an id stands for: 1 for a run, all of them for a call.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.RunNotFound"/>.</exception>
    public long CountOf(string id) =>
        store.Read(connection =>
            new RunSearch(connection, store, LeastOfGrid)
                .Find(
                    new RunQuery
                    {
                        RunId = id,
                        First = 0,
                        CountTotal = true,
                    }
                )
                .Total!.Value
        );

    /// <summary>
    /// Removes runs, or whole calls with their folders. How many trials there were stays known, so what is measured
    /// of the name counts them still.
    /// </summary>
    /// <param name="ids">The ids of runs, or of calls for all their runs; one that is not there is passed over.</param>
    /// <param name="cancellation">Stops between one call and the next.</param>
    /// <returns>True.</returns>
    public bool Remove(IReadOnlyList<string> ids, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        foreach (var call in ids.Select(SplitId).GroupBy(id => id.Key!, StringComparer.OrdinalIgnoreCase))
        {
            cancellation.ThrowIfCancellationRequested();
            if (CallOf(call.Key) is not { } experiment)
            {
                continue;
            }

            var numbers = call.Any(id => id.Number is null)
                ? null
                : call.Select(id => id.Number!.Value).ToHashSet();
            if (numbers is null || Numbers(experiment.Id).All(numbers.Contains))
            {
                RemoveCall(experiment.Id, experiment.Key);
            }
            else
            {
                RemoveRuns(experiment.Id, experiment.Key, numbers);
            }
        }

        return true;
    }

    private (long Id, string Key)? CallOf(string key) =>
        store
            .Read(connection =>
                connection.Query(
                    row => (row.GetInt64(0), row.GetString(1)),
                    "SELECT id, key FROM experiments WHERE key = $1 COLLATE NOCASE",
                    key
                )
            )
            .Select(row => ((long, string)?)row)
            .FirstOrDefault();

    private void RemoveCall(long id, string key)
    {
        const string DeleteSome =
            "DELETE FROM runs WHERE id IN (SELECT id FROM runs WHERE experiment_id = $1 LIMIT 20000)";
        store.Write(connection =>
        {
            connection.Execute("DELETE FROM run_columns WHERE experiment_id = $1", id);
            // In parts: SQLite keeps in mind every row that a statement deletes until it is done.
            while (connection.Execute(DeleteSome, id) > 0) { }

            connection.Execute(
                "UPDATE experiments SET status = 'Removed', runs_hash = NULL WHERE id = $1",
                id
            );
        });
        if (Directory.Exists(Folder(key)))
        {
            AtomicFile.Guard(Folder(key), folder => Directory.Delete(folder, recursive: true));
        }
    }

    private void RemoveRuns(long id, string key, HashSet<long> numbers)
    {
        // A call that is still at work writes its file of runs when it is done.
        var hash =
            TryReadRecord(key) is { } record && File.Exists(Path.Combine(Folder(key), RunsFile.FileName))
                ? RunLog.WriteRuns(
                    this,
                    key,
                    id,
                    record.Spec,
                    run => !numbers.Contains(SplitId(run.RunId).Number!.Value)
                )
                : null;
        store.Write(connection =>
        {
            var removed = connection.Execute(
                "DELETE FROM runs WHERE experiment_id = $1 AND number IN (SELECT value FROM json_each($2))",
                id,
                JsonSerializer.Serialize(numbers)
            );
            new RunColumns(connection).Remove(id, numbers);
            connection.Execute(
                "UPDATE experiments SET runs_hash = $2, removed = removed + $3 WHERE id = $1",
                id,
                hash,
                removed
            );
        });
    }

    /// <summary>Whether any run of a name is recorded.</summary>
    internal bool HasRuns(string name) => CountRuns(name) > 0;

    /// <summary>Whether the experiment of a run is here: an id that came from elsewhere names no path.</summary>
    internal bool Exists(string runId) =>
        SplitId(runId).Key is { } key && CallOf(key) is { } call && call.Key == key;

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
                              AND EXISTS (SELECT 1 FROM runs WHERE experiment_id = experiments.id)
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

    /// <summary>How many runs are recorded under a name.</summary>
    internal long CountRuns(string name) =>
        store.Read(connection =>
            (long)
                connection.Scalar(
                    "SELECT count(*) FROM runs WHERE experiment_id IN (SELECT id FROM experiments WHERE name = $1)",
                    name
                )!
        );

    /// <summary>The numbers of an experiment's runs in order, of all or of those that ended so.</summary>
    internal IReadOnlyList<long> Numbers(long experiment, RunStatus? status = null) =>
        store.Read(connection =>
            connection.Query(
                row => row.GetInt64(0),
                "SELECT number FROM runs WHERE experiment_id = $1 AND ($2 IS NULL OR status = $2) ORDER BY number",
                experiment,
                status?.ToString()
            )
        );

    /// <summary>The recorded run of a name with the highest Sharpe ratio per period; null when no run has one.</summary>
    internal (ExperimentRun Run, double SharpePerPeriod)? Best(string name)
    {
        var found = store.Read(connection =>
            new RunColumns(connection)
                .Best("sharpe", descending: true, 1, [], "e.name = $1", [name], perPeriod: true)
                .Select(run => (Id: IdOf(connection, run), run.Value))
                .ToList()
        );
        return found.Count == 0
            ? null
            : (ReadRuns([found[0].Id], CancellationToken.None).Single(), found[0].Value);
    }

    /// <summary>A run's number in the database.</summary>
    internal static long IdOf(SqliteConnection connection, RankedRun run) =>
        (long)
            connection.Scalar(
                "SELECT id FROM runs WHERE experiment_id = $1 AND number = $2",
                run.Experiment,
                run.Number
            )!;

    /// <summary>The runs of an experiment in their order, read on the way.</summary>
    internal IEnumerable<ExperimentRun> RunsOf(long experiment, CancellationToken cancellation)
    {
        for (var last = 0L; ; )
        {
            cancellation.ThrowIfCancellationRequested();
            var batch = store.Read(connection =>
                ReadBatch(
                    connection,
                    "runs r WHERE r.experiment_id = $1 AND r.number > $2 ORDER BY r.number LIMIT $3",
                    experiment,
                    last,
                    (long)Batch
                )
            );
            foreach (var run in batch)
            {
                yield return run;
            }

            if (batch.Count < Batch)
            {
                yield break;
            }

            last = SplitId(batch[^1].RunId).Number!.Value;
        }
    }

    private IEnumerable<ExperimentRun> ReadRuns(List<long> ids, CancellationToken cancellation)
    {
        for (var start = 0; start < ids.Count; start += Batch)
        {
            cancellation.ThrowIfCancellationRequested();
            var batch = ids.GetRange(start, Math.Min(Batch, ids.Count - start));
            var runs = store.Read(connection =>
                ReadBatch(
                    connection,
                    "json_each($1) wanted JOIN runs r ON r.id = wanted.value ORDER BY wanted.key",
                    JsonSerializer.Serialize(batch)
                )
            );
            foreach (var run in runs)
            {
                yield return run;
            }
        }
    }

    private static List<ExperimentRun> ReadBatch(
        SqliteConnection connection,
        string source,
        params ReadOnlySpan<object?> values
    )
    {
        // Runs mostly come experiment by experiment, and share what is the experiment's.
        var experiments = new Dictionary<long, RunHeader>();
        return connection.Query(
            row =>
            {
                var id = row.GetInt64(0);
                if (!experiments.TryGetValue(id, out var experiment))
                {
                    experiments.Add(id, experiment = RunHeader.Read(connection, id));
                }

                return experiment.Run(row);
            },
            $"SELECT {RunHeader.Columns} FROM {source}",
            values
        );
    }

    /// <summary>The id of a run: the experiment's, a dot, and the number from 1.</summary>
    internal static string RunIdOf(string key, long number) =>
        string.Create(CultureInfo.InvariantCulture, $"{key}.{number}");

    private static List<string> MetricNames(SqliteConnection connection, List<long> ids) =>
        [
            .. connection
                .Query(
                    row => row.GetString(0),
                    """
                    SELECT metric_names FROM experiments WHERE id IN (
                        SELECT experiment_id FROM runs
                        WHERE id IN (SELECT value FROM json_each($1)) AND metrics IS NOT NULL
                    ) ORDER BY id
                    """,
                    JsonSerializer.Serialize(ids)
                )
                .Distinct(StringComparer.Ordinal)
                .SelectMany(RunMetrics.Split)
                .Distinct(StringComparer.OrdinalIgnoreCase),
        ];
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
