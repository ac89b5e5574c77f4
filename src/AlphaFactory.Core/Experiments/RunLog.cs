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
/// <param name="store">The store.</param>
/// <param name="experiment">What runs.</param>
/// <param name="record">Its record.</param>
/// <param name="resumed">The number in the database of the call that goes on; null begins one.</param>
internal sealed class RunLog(
    AlphaStore store,
    PreparedExperiment experiment,
    ExperimentRecord record,
    long? resumed = null
)
{
    private const string Source = "Invoke-Experiment";

    private readonly ExperimentStore _runs = new(store);
    private readonly IReadOnlyList<string> _metrics = PerformanceMetrics.NamesFor(experiment.Spec);
    private long? _experiment = resumed;

    /// <summary>Makes a batch durable.</summary>
    /// <param name="first">The number of its first run, from 1.</param>
    /// <param name="outcomes">What the runs gave, in order.</param>
    /// <returns>The runs as recorded.</returns>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.VersionConflict"/>: another process has recorded runs of this call.
    /// </exception>
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

        _experiment = store.Write(connection =>
        {
            var id = _experiment ?? Insert(connection, ContentHash.OfText(text));
            RequireNext(connection, id, first);
            Insert(connection, id, first, runs);
            new RunColumns(connection).Add(id, first, _metrics, runs);
            RiskEvents.Record(
                connection,
                outcomes.Select(outcome => outcome.Verdict).Where(verdict => !verdict.Allowed),
                Source
            );
            Count(connection, id, runs);
            return id;
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
                                         periods_per_year, inputs_hash, metric_names)
                VALUES ($1, $2, 'Running', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
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
                record.PeriodsPerYear,
                record.InputsHash,
                RunMetrics.Join(_metrics)
            )!;

    /// <summary>Runs are recorded in order, whoever does it: none twice, and none left out.</summary>
    private void RequireNext(SqliteConnection connection, long id, long first)
    {
        var recorded = (long)
            connection.Scalar("SELECT completed + rejected FROM experiments WHERE id = $1", id)!;
        if (recorded != first - 1)
        {
            throw new AlphaFactoryException(
                ErrorId.VersionConflict,
                $"Another process is recording runs of experiment '{record.ExperimentId}' of '{record.Spec.Name}'. "
                    + "Let it end; what it leaves undone can be resumed then."
            )
            {
                Target = record.ExperimentId,
            };
        }
    }

    private void Insert(SqliteConnection connection, long experiment, long first, ExperimentRun[] runs)
    {
        using var run = connection.Command(
            """
            INSERT INTO runs (experiment_id, number, status, codes, parameters, duration, equity_hash, metrics)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            experiment,
            0L,
            "",
            "",
            "",
            0L,
            "",
            null
        );
        for (var i = 0; i < runs.Length; i++)
        {
            Bind(
                    run,
                    experiment,
                    first + i,
                    runs[i].Status.ToString(),
                    runs[i].Codes.ToString()!,
                    ParameterJson.Write(runs[i].Parameters),
                    runs[i].Duration.Ticks / TimeSpan.TicksPerMicrosecond,
                    (object?)runs[i].EquityHash ?? DBNull.Value,
                    runs[i].Metrics.Count == 0 ? DBNull.Value : RunMetrics.Write(_metrics, runs[i].Metrics)
                )
                .ExecuteNonQuery();
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
