using AlphaFactory.Core.Provenance;
using AlphaFactory.Core.Risk;
using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Experiments;

/// <summary>
/// Records the runs of one call as they come. The folder with the record appears first, then batches of complete
/// runs, each in one transaction, and the file of runs at the end: a process that dies leaves whole runs and nothing
/// of those that it was at.
/// </summary>
internal sealed class RunLog(AlphaStore store, PreparedExperiment experiment, ExperimentRecord record)
{
    private const string Source = "Invoke-Experiment";

    private readonly ExperimentStore _runs = new(store);
    private long? _experiment;
    private Dictionary<string, long> _metricIds = [];

    /// <summary>Makes a batch durable.</summary>
    /// <param name="first">The number of its first run, from 1.</param>
    /// <param name="outcomes">What the runs gave, in order.</param>
    /// <returns>The runs as recorded.</returns>
    public IReadOnlyList<ExperimentRun> Append(long first, IReadOnlyList<RunOutcome> outcomes)
    {
        ExperimentRun[] runs = [.. outcomes.Select((outcome, i) => RunOf(first + i, outcome))];
        var folder = _runs.Folder(record.ExperimentId);
        string? mark = null;
        var text = "";
        if (_experiment is null)
        {
            text = record.ToJson();
            AtomicFile.CreateFolder(
                folder,
                temporary =>
                {
                    AtomicFile.WriteText(Path.Combine(temporary, ExperimentRecord.FileName), text);
                    mark = AtomicFile.Mark(temporary);
                }
            );
        }

        (_experiment, _metricIds) = store.Write(connection =>
        {
            var id = _experiment ?? Insert(connection, ContentHash.OfText(text));
            var metricIds = MetricIds(connection);
            Insert(connection, id, metricIds, first, runs);
            RiskEvents.Record(
                connection,
                outcomes.Select(outcome => outcome.Verdict).Where(verdict => !verdict.Allowed),
                Source
            );
            Count(connection, id, runs);
            return (id, metricIds);
        });
        if (mark is not null)
        {
            AtomicFile.Unmark(folder, mark);
        }

        return runs;
    }

    /// <summary>Writes the file of runs and marks how the call ended.</summary>
    /// <param name="complete">Whether every run of the grid is there.</param>
    public void Finish(bool complete)
    {
        if (_experiment is not { } id)
        {
            return;
        }

        var hash = WriteRuns(_runs, record.ExperimentId, id, experiment.Spec, static _ => true);
        store.Write(connection =>
        {
            connection.Execute(
                "UPDATE experiments SET status = $2, runs_hash = $3 WHERE id = $1",
                id,
                complete ? "Completed" : "Cancelled",
                hash
            );
        });
    }

    /// <summary>Writes the file of runs and gives its hash.</summary>
    /// <param name="runs">The runs of the store.</param>
    /// <param name="key">The experiment's id.</param>
    /// <param name="id">Its number in the database.</param>
    /// <param name="spec">Its specification.</param>
    /// <param name="keep">Which of the recorded runs go in.</param>
    public static string WriteRuns(
        ExperimentStore runs,
        string key,
        long id,
        ExperimentSpec spec,
        Func<ExperimentRun, bool> keep
    )
    {
        var file = Path.Combine(runs.Folder(key), RunsFile.FileName);
        AtomicFile.Write(
            file,
            stream =>
                RunsFile.Write(
                    stream,
                    runs.RunsOf(id, CancellationToken.None).Where(keep),
                    ParameterAxes(spec),
                    PerformanceMetrics.NamesFor(spec)
                )
        );
        return ContentHash.OfFile(file);
    }

    private static IReadOnlyList<GridAxis> ParameterAxes(ExperimentSpec spec) =>
        [
            .. spec.Grid.Axes
                ?? spec.Grid.Names.Select(name => new GridAxis(
                    name,
                    [
                        .. spec
                            .Grid.Sets!.Where(set => set.ContainsKey(name))
                            .Select(set => set[name])
                            .DistinctBy(value => value.GetType()),
                    ]
                )),
            .. spec.Parameters.Select(parameter => new GridAxis(parameter.Key, [parameter.Value])),
        ];

    private ExperimentRun RunOf(long number, RunOutcome outcome) =>
        new()
        {
            RunId = ExperimentStore.RunIdOf(record.ExperimentId, number),
            ExperimentId = record.ExperimentId,
            Name = record.Spec.Name,
            Parameters = outcome.Parameters,
            Metrics = outcome.Metrics,
            Status = outcome.Status,
            Codes = RunCodes.Of(outcome.Verdict),
            From = record.FirstBar,
            To = record.LastBar,
            Seed = record.Spec.Seed,
            FeatureSet = experiment.Set.Name,
            FeatureVersion = experiment.Set.Version,
            CodeHash = record.CodeHash,
            DataHash = record.DataHash,
            EquityHash = outcome.EquityHash,
            // What the store keeps, so that a run read back is the same.
            Duration = TimeSpan.FromMicroseconds(Math.Floor(outcome.Duration.TotalMicroseconds)),
        };

    private long Insert(SqliteConnection connection, string specHash) =>
        (long)
            connection.Scalar(
                """
                INSERT INTO experiments (key, name, status, created_at, feature_set, feature_version, code_hash,
                                         data_hash, policy_hash, spec_hash, time_from, time_to, seed, planned,
                                         periods_per_year)
                VALUES ($1, $2, 'Running', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
                RETURNING id
                """,
                record.ExperimentId,
                record.Spec.Name,
                Sql.ToMicroseconds(record.CreatedAt),
                experiment.Set.Name,
                experiment.Set.Version,
                record.CodeHash,
                record.DataHash,
                record.PolicyHash,
                specHash,
                Sql.ToMicroseconds(record.FirstBar),
                Sql.ToMicroseconds(record.LastBar),
                record.Spec.Seed,
                experiment.RunCount,
                record.PeriodsPerYear
            )!;

    private Dictionary<string, long> MetricIds(SqliteConnection connection)
    {
        if (_metricIds.Count > 0)
        {
            return _metricIds;
        }

        var ids = new Dictionary<string, long>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in PerformanceMetrics.NamesFor(experiment.Spec))
        {
            connection.Execute(
                "INSERT INTO run_metric_names (name) VALUES ($1) ON CONFLICT DO NOTHING",
                name
            );
            ids[name] = (long)connection.Scalar("SELECT id FROM run_metric_names WHERE name = $1", name)!;
        }

        return ids;
    }

    private static void Insert(
        SqliteConnection connection,
        long experiment,
        Dictionary<string, long> metricIds,
        long first,
        ExperimentRun[] runs
    )
    {
        using var run = connection.Command(
            """
            INSERT INTO runs (experiment_id, number, status, codes, parameters, duration, equity_hash)
            VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id
            """,
            experiment,
            0L,
            "",
            "",
            "",
            0L,
            ""
        );
        using var metric = connection.Command(
            "INSERT INTO run_metrics (run_id, metric_id, value) VALUES ($1, $2, $3)",
            0L,
            0L,
            0.0
        );
        for (var i = 0; i < runs.Length; i++)
        {
            var id = (long)
                Bind(
                        run,
                        experiment,
                        first + i,
                        runs[i].Status.ToString(),
                        runs[i].Codes.ToString()!,
                        ParameterJson.Write(runs[i].Parameters),
                        runs[i].Duration.Ticks / TimeSpan.TicksPerMicrosecond,
                        (object?)runs[i].EquityHash ?? DBNull.Value
                    )
                    .ExecuteScalar()!;
            foreach (var (name, value) in runs[i].Metrics)
            {
                Bind(metric, id, metricIds[name], double.IsNaN(value) ? DBNull.Value : value)
                    .ExecuteNonQuery();
            }
        }
    }

    private static SqliteCommand Bind(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }

        return command;
    }

    private void Count(SqliteConnection connection, long id, ExperimentRun[] runs)
    {
        var (completed, count) = (0L, 0L);
        var (sum, squares) = (new CompensatedSum(), new CompensatedSum());
        foreach (var run in runs.Where(run => run.Status != RunStatus.Rejected))
        {
            completed++;
            var sharpe = PerformanceMetrics.SharpePerPeriod(run.Metrics, experiment.PeriodsPerYear);
            if (double.IsFinite(sharpe))
            {
                count++;
                sum.Add(sharpe);
                squares.Add(sharpe * sharpe);
            }
        }

        connection.Execute(
            """
            UPDATE experiments SET completed = completed + $2, rejected = rejected + $3,
                   sharpe_count = sharpe_count + $4, sharpe_sum = sharpe_sum + $5, sharpe_squares = sharpe_squares + $6
            WHERE id = $1
            """,
            id,
            completed,
            runs.Length - completed,
            count,
            sum.Value,
            squares.Value
        );
    }
}
