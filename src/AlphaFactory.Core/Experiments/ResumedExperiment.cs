using AlphaFactory.Core.Provenance;
using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Experiments;

/// <summary>A call that was cut short, to go on with.</summary>
/// <param name="Id">Its number in the database.</param>
/// <param name="Done">How many of its runs are recorded, the first of the grid.</param>
/// <param name="Record">Its record.</param>
internal sealed record ResumedExperiment(long Id, long Done, ExperimentRecord Record)
{
    /// <summary>Finds the last call of the same that was cut short.</summary>
    /// <param name="store">The store.</param>
    /// <param name="wanted">The record that a new call would have.</param>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.SpecInvalid"/>: there is none, and what is nearest to one;
    /// <see cref="ErrorId.StoreCorrupt"/>: its record is gone or was edited.
    /// </exception>
    public static ResumedExperiment Find(AlphaStore store, ExperimentRecord wanted)
    {
        var calls = store.Read(connection =>
            connection.Query(
                Call.Read,
                """
                SELECT id, key, status, inputs_hash, spec_hash, completed + rejected, code_hash, data_hash, policy_hash
                FROM experiments WHERE name = $1 AND status <> 'Removed' ORDER BY id DESC
                """,
                wanted.Spec.Name
            )
        );
        var hash = wanted.InputsHash;
        if (calls.Find(call => call.IsOpen && call.InputsHash == hash) is not { } found)
        {
            throw NothingToResume(store, calls, wanted, hash);
        }

        var file = Path.Combine(new ExperimentStore(store).Folder(found.Key), ExperimentRecord.FileName);
        var text = File.Exists(file) ? File.ReadAllText(file) : "";
        return ContentHash.OfText(text) == found.SpecHash
            ? new(found.Id, found.Done, ExperimentRecord.FromJson(text, file))
            : throw new AlphaFactoryException(
                ErrorId.StoreCorrupt,
                $"The record '{file}' is gone or was edited, so its experiment cannot be resumed. Restore it from a "
                    + "backup, or start anew without -Resume."
            )
            {
                Target = file,
            };
    }

    private static AlphaFactoryException NothingToResume(
        AlphaStore store,
        List<Call> calls,
        ExperimentRecord wanted,
        string hash
    )
    {
        var name = wanted.Spec.Name;
        var why =
            calls.Find(call => call.InputsHash == hash) is { } same
                ? $"experiment '{same.Key}' of '{name}' is the same and has all its runs"
            : calls.Find(call => call.IsOpen) is { } open
                ? $"experiment '{open.Key}' of '{name}' was cut short, but {Difference(store, open, wanted)} changed since"
            : $"no experiment '{name}' was cut short";
        return new(
            ErrorId.SpecInvalid,
            $"There is nothing to resume: {why}. Give the same parameters, data (-Version) and policy as then, or "
                + "start anew without -Resume."
        )
        {
            Target = name,
        };
    }

    private static string Difference(AlphaStore store, Call open, ExperimentRecord wanted)
    {
        var changed = new List<string>();
        void Add(bool differs, string input)
        {
            if (differs)
            {
                changed.Add(input);
            }
        }

        Add(open.CodeHash != wanted.CodeHash, "the expression");
        Add(open.DataHash != wanted.DataHash, "the data");
        Add(open.PolicyHash != wanted.PolicyHash, "the risk policy");
        if (changed.Count == 0)
        {
            var then = new ExperimentStore(store).TryReadRecord(open.Key)?.Environment;
            Add(
                then is not null && !then.ComputesLike(wanted.Environment),
                "the module, .NET or the machine"
            );
        }

        return changed.Count > 0 ? string.Join(" and ", changed) : "the grid, the window or a convention";
    }

    private sealed record Call(
        long Id,
        string Key,
        string Status,
        string InputsHash,
        string SpecHash,
        long Done,
        string CodeHash,
        string DataHash,
        string PolicyHash
    )
    {
        /// <summary>Whether it was cut short, or is at work still.</summary>
        public bool IsOpen => Status is "Running" or "Cancelled";

        public static Call Read(SqliteDataReader row) =>
            new(
                row.GetInt64(0),
                row.GetString(1),
                row.GetString(2),
                row.GetString(3),
                row.GetString(4),
                row.GetInt64(5),
                row.GetString(6),
                row.GetString(7),
                row.GetString(8)
            );
    }
}
