using AlphaFactory.Core.Provenance;
using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Experiments;

/// <summary>
/// The parameters of the runs of large calls by their records: which run has which follows from its number, so that none of
/// them has to be read.
/// </summary>
/// <param name="experiments">The folder of the experiments.</param>
/// <param name="least">A call with fewer runs is not worth reading its record.</param>
/// <param name="calls">The calls that a search is about: number in the database, id, hash of the record, planned runs.</param>
internal sealed class CallGrids(
    string experiments,
    long least,
    IReadOnlyList<(long Id, string Key, string Hash, long Planned)> calls
)
{
    /// <summary>A longer record, in bytes, has a list of sets, and takes longer to read than the runs do.</summary>
    private const long LongestRecord = 1_000_000;

    private readonly Dictionary<long, (string Key, string Hash)> _large = calls
        .Where(call => call.Planned >= least)
        .ToDictionary(call => call.Id, call => (call.Key, call.Hash));

    private readonly Dictionary<long, ExperimentSpec?> _read = [];

    /// <summary>Whether no call is large.</summary>
    public bool IsEmpty => _large.Count == 0;

    /// <summary>Whether the parameters of all runs are known by the grids.</summary>
    public bool CoverAll => calls.All(call => Of(call.Id) is not null);

    /// <summary>Those of the calls of a condition.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="experiments">The folder of the experiments.</param>
    /// <param name="least">A call with fewer runs is not worth reading its record.</param>
    /// <param name="condition">A condition on <c>e</c>, the experiments.</param>
    /// <param name="values">The values of its parameters <c>$1</c>….</param>
    public static CallGrids Of(
        SqliteConnection connection,
        string experiments,
        long least,
        string condition,
        object?[] values
    ) =>
        new(
            experiments,
            least,
            connection.Query(
                row => (row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetInt64(3)),
                $"SELECT id, key, spec_hash, planned FROM experiments e WHERE status <> 'Removed' AND {condition}",
                values
            )
        );

    /// <summary>
    /// The specification of a call whose runs have the parameters of its grid, by number; null for a call that is small, or
    /// whose record is gone or not as it was written.
    /// </summary>
    /// <param name="experiment">The call's number in the database.</param>
    public ExperimentSpec? Of(long experiment)
    {
        if (!_read.TryGetValue(experiment, out var spec))
        {
            _read.Add(experiment, spec = Read(experiment));
        }

        return spec;
    }

    private ExperimentSpec? Read(long experiment)
    {
        if (!_large.TryGetValue(experiment, out var call))
        {
            return null;
        }

        var file = Path.Combine(experiments, call.Key, ExperimentRecord.FileName);
        try
        {
            if (new FileInfo(file) is not { Exists: true, Length: <= LongestRecord })
            {
                return null;
            }

            var text = File.ReadAllText(file);
            // The one run of a walk-forward has no set of the grid.
            return
                ContentHash.OfText(text) == call.Hash
                && ExperimentRecord.FromJson(text, file).Spec is { WalkForward: null } spec
                ? spec
                : null;
        }
        catch (Exception error)
            when (error is IOException or UnauthorizedAccessException or AlphaFactoryException)
        {
            // What is recorded of each run says it as well.
            return null;
        }
    }
}
