using System.Buffers.Binary;
using System.Runtime.InteropServices;
using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Experiments;

/// <summary>A run by its experiment's number in the database and its own, and the value it is ordered by.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RankedRun(long Experiment, long Number, double Value);

/// <summary>A bound on a metric.</summary>
/// <param name="Metric">Its name.</param>
/// <param name="Least">The lowest value, inclusive.</param>
/// <param name="Most">The highest value, inclusive.</param>
internal readonly record struct RunBound(string Metric, double Least, double Most);

/// <summary>
/// The metrics of runs by columns (<c>run_columns</c>): the best runs by a metric are found without reading the runs,
/// and what cannot be among them is passed over by the lowest and highest value of its batch.
/// </summary>
internal sealed class RunColumns(SqliteConnection connection)
{
    /// <summary>Adds the columns of a batch.</summary>
    /// <param name="experiment">The experiment's number in the database.</param>
    /// <param name="first">The number of the first run.</param>
    /// <param name="names">The experiment's metrics.</param>
    /// <param name="runs">The runs, in order.</param>
    public void Add(
        long experiment,
        long first,
        IReadOnlyList<string> names,
        IReadOnlyList<ExperimentRun> runs
    )
    {
        using var insert = connection.Command(
            """
            INSERT INTO run_columns (experiment_id, place, first, lowest, highest, data)
            VALUES ($1, $2, $3, $4, $5, $6)
            """,
            experiment,
            0L,
            first,
            null,
            null,
            null
        );
        for (var place = 0; place < names.Count; place++)
        {
            double[] values =
            [
                .. runs.Select(run =>
                    run.Metrics.TryGetValue(names[place], out var value) ? value : double.NaN
                ),
            ];
            var (lowest, highest) = Range(values);
            insert.Parameters[1].Value = (long)place;
            insert.Parameters[3].Value = (object?)lowest ?? DBNull.Value;
            insert.Parameters[4].Value = (object?)highest ?? DBNull.Value;
            insert.Parameters[5].Value = Bytes(values);
            insert.ExecuteNonQuery();
        }
    }

    /// <summary>Takes runs out, so that they are found no more.</summary>
    public void Remove(long experiment, IReadOnlyCollection<long> numbers)
    {
        var wanted = numbers.Order().ToArray();
        var columns = connection.Query(
            row => (Id: row.GetInt64(0), First: row.GetInt64(1), Count: row.GetInt64(2) / sizeof(double)),
            "SELECT rowid, first, length(data) FROM run_columns WHERE experiment_id = $1",
            experiment
        );
        foreach (var column in columns)
        {
            var from = Array.BinarySearch(wanted, column.First) is var found && found < 0 ? ~found : found;
            if (from == wanted.Length || wanted[from] >= column.First + column.Count)
            {
                continue;
            }

            var values = Values(
                (byte[])connection.Scalar("SELECT data FROM run_columns WHERE rowid = $1", column.Id)!
            );
            for (var i = from; i < wanted.Length && wanted[i] < column.First + column.Count; i++)
            {
                values[wanted[i] - column.First] = double.NaN;
            }

            var (lowest, highest) = Range(values);
            connection.Execute(
                "UPDATE run_columns SET lowest = $2, highest = $3, data = $4 WHERE rowid = $1",
                column.Id,
                lowest,
                highest,
                Bytes(values)
            );
        }
    }

    /// <summary>The best runs by a metric, equals in the order in which they were made.</summary>
    /// <param name="metric">The metric; runs in which it is missing or NaN are left out.</param>
    /// <param name="descending">Whether the largest come first.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="bounds">What else must hold.</param>
    /// <param name="experiments">A condition on <c>e</c>, the experiments.</param>
    /// <param name="values">The values of its parameters <c>$1</c>….</param>
    /// <param name="perPeriod">Whether the metric is taken per period and not a year.</param>
    public List<RankedRun> Best(
        string metric,
        bool descending,
        int count,
        IReadOnlyList<RunBound> bounds,
        string experiments,
        object?[] values,
        bool perPeriod = false
    )
    {
        var sign = descending ? -1 : 1;
        // The worst of those kept is the first to go.
        var kept = new PriorityQueue<RankedRun, RankedRun>(
            Comparer<RankedRun>.Create((a, b) => -Compare(a, b, sign))
        );
        foreach (var (experiment, names, periods) in Experiments(experiments, values))
        {
            var place = PlaceOf(names, metric);
            (int Place, RunBound Bound)[] also =
            [
                .. bounds.Select(bound => (PlaceOf(names, bound.Metric), bound)),
            ];
            if (place < 0 || Array.Exists(also, bound => bound.Place < 0))
            {
                continue;
            }

            var scale = perPeriod ? Math.Sqrt(periods) : 1;
            foreach (var (first, lowest, highest) in Batches(experiment, place))
            {
                var best = new RankedRun(experiment, first, (descending ? highest : lowest) / scale);
                if (kept.Count == count && Compare(best, kept.Peek(), sign) > 0)
                {
                    continue;
                }

                Take(experiment, first, place, scale, also, sign, count, kept);
            }
        }

        var runs = new List<RankedRun>(kept.Count);
        while (kept.TryDequeue(out var run, out _))
        {
            runs.Add(run);
        }

        runs.Reverse();
        return runs;
    }

    private void Take(
        long experiment,
        long first,
        int place,
        double scale,
        (int Place, RunBound Bound)[] bounds,
        int sign,
        int count,
        PriorityQueue<RankedRun, RankedRun> kept
    )
    {
        var column = Data(experiment, place, first);
        double[][] others = [.. bounds.Select(bound => Data(experiment, bound.Place, first))];
        for (var i = 0; i < column.Length; i++)
        {
            var run = new RankedRun(experiment, first + i, column[i] / scale);
            if (double.IsNaN(column[i]) || (kept.Count == count && Compare(run, kept.Peek(), sign) > 0))
            {
                continue;
            }

            var within = true;
            for (var bound = 0; bound < bounds.Length; bound++)
            {
                var value = others[bound][i];
                within &= value >= bounds[bound].Bound.Least && value <= bounds[bound].Bound.Most;
            }

            if (within)
            {
                kept.Enqueue(run, run);
                if (kept.Count > count)
                {
                    kept.Dequeue();
                }
            }
        }
    }

    private List<(long Id, string[] Names, double Periods)> Experiments(string condition, object?[] values) =>
        connection.Query(
            row => (row.GetInt64(0), RunMetrics.Split(row.GetString(1)), row.GetDouble(2)),
            $"SELECT e.id, e.metric_names, e.periods_per_year FROM experiments e WHERE {condition} ORDER BY e.id",
            values
        );

    private List<(long First, double Lowest, double Highest)> Batches(long experiment, int place) =>
        connection.Query(
            row => (row.GetInt64(0), row.GetDouble(1), row.GetDouble(2)),
            """
            SELECT first, lowest, highest FROM run_columns
            WHERE experiment_id = $1 AND place = $2 AND lowest IS NOT NULL ORDER BY first
            """,
            experiment,
            (long)place
        );

    private double[] Data(long experiment, int place, long first) =>
        Values(
            (byte[])
                connection.Scalar(
                    "SELECT data FROM run_columns WHERE experiment_id = $1 AND place = $2 AND first = $3",
                    experiment,
                    (long)place,
                    first
                )!
        );

    private static int PlaceOf(string[] names, string metric) =>
        Array.FindIndex(names, name => name.Equals(metric, StringComparison.OrdinalIgnoreCase));

    private static int Compare(RankedRun a, RankedRun b, int sign) =>
        a.Value.CompareTo(b.Value) is var value and not 0 ? sign * value
        : a.Experiment.CompareTo(b.Experiment) is var experiment and not 0 ? experiment
        : a.Number.CompareTo(b.Number);

    private static (double? Lowest, double? Highest) Range(double[] values)
    {
        var (lowest, highest) = (double.PositiveInfinity, double.NegativeInfinity);
        var any = false;
        foreach (var value in values)
        {
            if (!double.IsNaN(value))
            {
                (lowest, highest, any) = (Math.Min(lowest, value), Math.Max(highest, value), true);
            }
        }

        return any ? (lowest, highest) : (null, null);
    }

    private static byte[] Bytes(double[] values)
    {
        var bytes = new byte[values.Length * sizeof(double)];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(i * sizeof(double)), values[i]);
        }

        return bytes;
    }

    private static double[] Values(byte[] bytes)
    {
        var values = new double[bytes.Length / sizeof(double)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadDoubleLittleEndian(bytes.AsSpan(i * sizeof(double)));
        }

        return values;
    }
}
