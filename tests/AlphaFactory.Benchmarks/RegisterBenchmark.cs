using System.Diagnostics;
using System.Management.Automation;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Benchmarks;

/// <summary>
/// Registers the same alphas by pipeline and by raw prepared inserts into the same schema, 1,000 to a
/// transaction and with the same synchronous setting, in turn.
/// </summary>
internal static class RegisterBenchmark
{
    private const int Batch = 1000;
    private const int Round = 5 * Batch;

    private static readonly string[] Tables =
    [
        "alphas",
        "alpha_names",
        "alpha_metrics",
        "alpha_tags",
        "alpha_parameters",
        "audit_log",
    ];

    /// <summary>Runs some rounds and prints one line each, and the medians.</summary>
    public static void Run(Engine engine, string folder, int rounds)
    {
        var piped = Path.Combine(folder, "register-piped");
        var raw = Path.Combine(folder, "register-raw");
        GeneratedStore.MakeEmpty(engine, piped);
        GeneratedStore.MakeEmpty(engine, raw);
        using var connection = GeneratedStore.Open(GeneratedStore.Database(raw));
        GeneratedStore.Execute(
            connection,
            "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 30000"
        );
        var (cmdlet, inserts) = (new List<double>(), new List<double>());
        foreach (var chunk in GeneratedAlpha.Sequence((rounds + 1) * Round, seed: 7).Chunk(Round))
        {
            object[] items = [.. chunk.Select(Item)];
            cmdlet.Add(engine.Time("$args[0] | Register-Alpha -Store $args[1]", items, piped));
            var start = Stopwatch.GetTimestamp();
            Insert(connection, chunk);
            inserts.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        Verify(piped, connection);
        // The first round warms up.
        var (ours, theirs) = (Report.Median(cmdlet.Skip(1)), Report.Median(inserts.Skip(1)));
        Report.Line($"");
        Report.Line($"| {Round:N0} alphas | ms | alphas a second | ratio |");
        Report.Line($"|---|--:|--:|--:|");
        Report.Line(
            $"| Register-Alpha by pipeline | {ours:F0} | {Round / ours * 1000:F0} | {ours / theirs:F2} |"
        );
        Report.Line($"| raw prepared inserts | {theirs:F0} | {Round / theirs * 1000:F0} | 1.00 |");
    }

    private static PSObject Item(GeneratedAlpha alpha)
    {
        var item = new PSObject();
        item.Properties.Add(new PSNoteProperty("Name", alpha.Name));
        item.Properties.Add(new PSNoteProperty("Stage", alpha.Stage));
        item.Properties.Add(new PSNoteProperty("Tags", alpha.Tags));
        item.Properties.Add(
            new PSNoteProperty(
                "Metrics",
                new OrderedDictionary<string, double>(
                    GeneratedAlpha.MetricNames.Zip(alpha.Metrics, KeyValuePair.Create)
                )
            )
        );
        item.Properties.Add(
            new PSNoteProperty(
                "Parameters",
                new OrderedDictionary<string, object>
                {
                    ["fast"] = alpha.Fast,
                    ["kind"] = alpha.Kind,
                    ["slow"] = alpha.Slow,
                }
            )
        );
        item.Properties.Add(new PSNoteProperty("Description", alpha.Description));
        return item;
    }

    private static void Insert(SqliteConnection connection, IEnumerable<GeneratedAlpha> alphas)
    {
        foreach (var batch in alphas.Chunk(Batch))
        {
            GeneratedStore.Execute(connection, "BEGIN IMMEDIATE");
            using (var writer = new RawWriter(connection))
            {
                foreach (var alpha in batch)
                {
                    writer.Write(alpha);
                }
            }

            GeneratedStore.Execute(connection, "COMMIT");
        }
    }

    // Both must have written the same.
    private static void Verify(string piped, SqliteConnection raw)
    {
        using var other = GeneratedStore.Open(GeneratedStore.Database(piped));
        var sums = Tables
            .Select(table => $"SELECT COUNT(*) FROM {table}")
            .Append("SELECT SUM(value) FROM alpha_metrics")
            .Append("SELECT SUM(alpha_id * length(value)) FROM alpha_parameters")
            .Append("SELECT SUM(length(parameters) + length(tags) + length(metric_values)) FROM alphas")
            .Append("SELECT SUM(version * length(name) * latest * (stage + 1)) FROM alphas");
        foreach (var sql in sums)
        {
            if (!Equals(Scalar(other, sql), Scalar(raw, sql)))
            {
                throw new InvalidOperationException(
                    $"Register-Alpha and the raw inserts differ in: {sql}: {Scalar(other, sql)}, {Scalar(raw, sql)}"
                );
            }
        }
    }

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
