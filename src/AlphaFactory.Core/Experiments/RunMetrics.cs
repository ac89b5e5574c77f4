using System.Buffers.Binary;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Experiments;

/// <summary>The metrics of a run as the database keeps them: a double for each of the experiment's metric names.</summary>
internal static class RunMetrics
{
    /// <summary>The SQL function that gives the metric at a place, NULL when there is none or it is NaN.</summary>
    public const string Function = "run_metric";

    // A NaN that no arithmetic gives: the run does not have the metric.
    private const long Absent = 0x7FF8_0000_0000_0001;

    /// <summary>The names as the database keeps them.</summary>
    public static string Join(IEnumerable<string> names) => string.Join(',', names);

    /// <summary>Reads what <see cref="Join"/> wrote.</summary>
    public static string[] Split(string names) => names.Split(',', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Writes the metrics of a run.</summary>
    public static byte[] Write(IReadOnlyList<string> names, MetricValues metrics)
    {
        var bytes = new byte[names.Count * sizeof(double)];
        for (var place = 0; place < names.Count; place++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(
                bytes.AsSpan(place * sizeof(double)),
                metrics.TryGetValue(names[place], out var value)
                    ? BitConverter.DoubleToInt64Bits(value)
                    : Absent
            );
        }

        return bytes;
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static MetricValues Read(IReadOnlyList<string> names, byte[] bytes)
    {
        var values = new List<KeyValuePair<string, double>>(names.Count);
        for (var place = 0; place < names.Count; place++)
        {
            var bits = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(place * sizeof(double)));
            if (bits != Absent)
            {
                values.Add(KeyValuePair.Create(names[place], BitConverter.Int64BitsToDouble(bits)));
            }
        }

        return new MetricValues(values);
    }

    /// <summary>The metric at a place; null when there is none or it is NaN.</summary>
    public static double? At(ReadOnlySpan<byte> metrics, int place) =>
        BinaryPrimitives.ReadDoubleLittleEndian(metrics[(place * sizeof(double))..]) is var value
        && !double.IsNaN(value)
            ? value
            : null;

    /// <summary>Gives a connection the function.</summary>
    public static void Register(SqliteConnection connection) =>
        connection.CreateFunction<byte[]?, long?, double?>(
            Function,
            static (metrics, place) => metrics is not null && place is { } at ? At(metrics, (int)at) : null,
            isDeterministic: true
        );
}
