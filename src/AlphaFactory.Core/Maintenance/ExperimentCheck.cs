using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Maintenance;

/// <summary>An experiment as the database has it.</summary>
internal sealed record ExperimentEntry(
    string Key,
    string Name,
    string SpecHash,
    string? RunsHash,
    long Counted,
    long Runs
);

/// <summary>Whether the record and the runs of an experiment are as they were written.</summary>
internal static class ExperimentCheck
{
    private const string Select = """
        SELECT e.key, e.name, e.spec_hash, e.runs_hash, e.completed + e.rejected - e.removed,
               (SELECT count(*) FROM runs r WHERE r.experiment_id = e.id)
        FROM experiments e WHERE e.status <> 'Removed'
        """;

    /// <summary>Every experiment that was not removed, in the order they were made.</summary>
    public static List<ExperimentEntry> All(SqliteConnection connection) =>
        connection.Query(Entry, Select + " ORDER BY e.id");

    /// <summary>One experiment, or null.</summary>
    public static ExperimentEntry? Find(SqliteConnection connection, string key) =>
        connection.Query(Entry, Select + " AND e.key = $1", key).FirstOrDefault();

    /// <summary>Reads the files of an experiment.</summary>
    public static IEnumerable<StoreFinding> Run(ExperimentEntry experiment, AlphaStore store)
    {
        var folder = Path.Combine(store.ExperimentsFolder, experiment.Key);
        if (experiment.Counted != experiment.Runs)
        {
            yield return StoreFinding.Damage(
                StoreFindingKind.RunCountWrong,
                store.DatabasePath,
                FormattableString.Invariant(
                    $"Experiment '{experiment.Key}' of '{experiment.Name}' counts {Amount.Of(experiment.Counted, "run")} and has {experiment.Runs:N0}."
                )
            );
        }

        if (!Directory.Exists(folder))
        {
            yield return StoreFinding.Damage(
                StoreFindingKind.FolderMissing,
                folder,
                $"The folder of experiment '{experiment.Key}' of '{experiment.Name}' is not there."
            );
            yield break;
        }

        var record = Path.Combine(folder, ExperimentRecord.FileName);
        if (FileCheck.Run(record, experiment.SpecHash) is { } damaged)
        {
            yield return damaged;
        }

        if (
            experiment.RunsHash is { } hash
            && FileCheck.Run(Path.Combine(folder, RunsFile.FileName), hash) is { } finding
        )
        {
            yield return finding;
        }
    }

    private static ExperimentEntry Entry(SqliteDataReader row) =>
        new(
            row.GetString(0),
            row.GetString(1),
            row.GetString(2),
            row.IsDBNull(3) ? null : row.GetString(3),
            row.GetInt64(4),
            row.GetInt64(5)
        );
}
