using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Experiments;

/// <summary>The numbers of the runs of a call in order, of which removals leave gaps: kept as ranges, so that a million take no room.</summary>
internal sealed class RunNumbers
{
    // Where each range starts, and how many numbers come before it.
    private readonly List<(long First, long Before)> _ranges = [];

    private long _last;

    /// <summary>How many there are.</summary>
    public long Count { get; private set; }

    /// <summary>The number at an index from 0.</summary>
    public long this[long index]
    {
        get
        {
            var range = _ranges.BinarySearch(
                (0, index),
                Comparer<(long First, long Before)>.Create((a, b) => a.Before.CompareTo(b.Before))
            );
            var (first, before) = _ranges[range < 0 ? ~range - 1 : range];
            return first + index - before;
        }
    }

    /// <summary>A single one.</summary>
    public static RunNumbers Only(long number)
    {
        var numbers = new RunNumbers();
        numbers.Add(number);
        return numbers;
    }

    /// <summary>Those of a call.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="experiment">The call's number in it.</param>
    public static RunNumbers Of(SqliteConnection connection, long experiment)
    {
        var numbers = new RunNumbers();
        using var command = connection.Command(
            "SELECT number FROM runs WHERE experiment_id = $1 ORDER BY number",
            experiment
        );
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            numbers.Add(rows.GetInt64(0));
        }

        return numbers;
    }

    private void Add(long number)
    {
        if (Count == 0 || number != _last + 1)
        {
            _ranges.Add((number, Count));
        }

        _last = number;
        Count++;
    }
}
