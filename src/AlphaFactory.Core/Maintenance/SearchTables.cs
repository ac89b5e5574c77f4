using System.Runtime.InteropServices;
using AlphaFactory.Core.Filtering;
using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Maintenance;

/// <summary>The tables that searches read: they say nothing that the alphas' details do not say.</summary>
internal sealed class SearchTables
{
    private readonly Dictionary<string, long> _metrics = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, long> _tags = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _parameters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Fingerprint> _expected = new(StringComparer.Ordinal)
    {
        ["alpha_metrics"] = default,
        ["alpha_tags"] = default,
        ["alpha_parameters"] = default,
    };

    /// <summary>Reads the ids of names.</summary>
    public SearchTables(SqliteConnection connection)
    {
        Load(connection, _metrics, "SELECT name, id FROM metrics");
        Load(connection, _tags, "SELECT key, id FROM tags");
        Load(connection, _parameters, "SELECT key, id FROM parameters");
    }

    /// <summary>Makes the tables again from the details of every alpha, inside the caller's transaction.</summary>
    /// <returns>How many alphas were read.</returns>
    public static long Rebuild(SqliteConnection connection, CancellationToken cancellation)
    {
        connection.Execute("DELETE FROM alpha_metrics");
        connection.Execute("DELETE FROM alpha_tags");
        connection.Execute("DELETE FROM alpha_parameters");
        var ids = new SearchTables(connection);
        using var metric = connection.Command("INSERT INTO alpha_metrics VALUES ($1, $2, $3)", 0L, 0L, 0.0);
        using var tag = connection.Command("INSERT INTO alpha_tags VALUES ($1, $2)", 0L, 0L);
        using var parameter = connection.Command(
            "INSERT INTO alpha_parameters VALUES ($1, $2, $3, $4)",
            0L,
            0L,
            0L,
            DBNull.Value
        );
        var count = 0L;
        foreach (var alpha in AlphaContent.All(connection).Where(alpha => alpha.Problem is null))
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var (name, value) in alpha.Metrics)
            {
                Run(metric, ids.Metric(connection, name), alpha.Id, Comparable(value));
            }

            foreach (var name in alpha.Tags)
            {
                Run(tag, ids.Tag(connection, name), alpha.Id);
            }

            foreach (var (name, value) in alpha.Parameters)
            {
                var (kind, key) = ParameterKey.Of(value);
                Run(parameter, ids.Parameter(connection, name), alpha.Id, (long)kind, key);
            }

            count++;
        }

        return count;
    }

    /// <summary>Takes what the tables must say about an alpha.</summary>
    public void Expect(AlphaContent alpha)
    {
        foreach (var (name, value) in alpha.Metrics)
        {
            Expect("alpha_metrics", Known(_metrics, name), alpha.Id, Comparable(value));
        }

        foreach (var tag in alpha.Tags)
        {
            Expect("alpha_tags", Known(_tags, TextKey.Of(tag)), alpha.Id);
        }

        foreach (var (name, value) in alpha.Parameters)
        {
            var (kind, key) = ParameterKey.Of(value);
            Expect("alpha_parameters", Known(_parameters, TextKey.Of(name)), alpha.Id, (long)kind, key);
        }
    }

    /// <summary>The tables that do not say what was expected, each with what is wrong.</summary>
    public IEnumerable<string> Compare(SqliteConnection connection, CancellationToken cancellation)
    {
        foreach (var (table, expected) in _expected)
        {
            var found = new Fingerprint();
            using var command = connection.Command($"SELECT * FROM {table}");
            using var row = command.ExecuteReader();
            var values = new object?[row.FieldCount];
            while (row.Read())
            {
                cancellation.ThrowIfCancellationRequested();
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = row.IsDBNull(i) ? null : row.GetValue(i);
                }

                found = found.With(values);
            }

            if (found != expected)
            {
                yield return found.Count == expected.Count
                    ? $"Table '{table}', which searches read, has other values than the alphas."
                    : FormattableString.Invariant(
                        $"Table '{table}', which searches read, has {Amount.Of(found.Count, "row")}, and the alphas make {expected.Count:N0}."
                    );
            }
        }
    }

    private static double? Comparable(double value) => double.IsNaN(value) ? null : value;

    private static long Known(Dictionary<string, long> ids, string name) => ids.GetValueOrDefault(name, -1);

    private static void Load(SqliteConnection connection, Dictionary<string, long> ids, string sql)
    {
        foreach (var (name, id) in connection.Query(row => (row.GetString(0), row.GetInt64(1)), sql))
        {
            ids[name] = id;
        }
    }

    private static void Run(SqliteCommand command, params ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            // The type is inferred anew: a column may take a number now and a text next.
            command.Parameters[i].ResetSqliteType();
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }

        command.ExecuteNonQuery();
    }

    private void Expect(string table, params ReadOnlySpan<object?> values) =>
        _expected[table] = _expected[table].With(values);

    private long Metric(SqliteConnection connection, string name) =>
        Id(connection, _metrics, name, "INSERT INTO metrics (name) VALUES ($1) RETURNING id", name);

    private long Tag(SqliteConnection connection, string tag) =>
        Id(
            connection,
            _tags,
            TextKey.Of(tag),
            "INSERT INTO tags (key, tag) VALUES ($1, $2) RETURNING id",
            TextKey.Of(tag),
            tag
        );

    private long Parameter(SqliteConnection connection, string name) =>
        Id(
            connection,
            _parameters,
            TextKey.Of(name),
            "INSERT INTO parameters (key, name) VALUES ($1, $2) RETURNING id",
            TextKey.Of(name),
            name
        );

    private static long Id(
        SqliteConnection connection,
        Dictionary<string, long> ids,
        string key,
        string insert,
        params ReadOnlySpan<object?> values
    )
    {
        if (!ids.TryGetValue(key, out var id))
        {
            id = (long)connection.Scalar(insert, values)!;
            ids.Add(key, id);
        }

        return id;
    }

    /// <summary>Of a set of rows, in whatever order: how many, and a sum of their hashes, which hold in this process only.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Fingerprint(long Count, long Sum)
    {
        public Fingerprint With(params ReadOnlySpan<object?> row)
        {
            var (low, high) = (new HashCode(), new HashCode());
            high.Add(row.Length);
            foreach (var value in row)
            {
                low.Add(value);
                high.Add(value);
            }

            return new(
                Count + 1,
                unchecked(Sum + (((long)high.ToHashCode() << 32) | (uint)low.ToHashCode()))
            );
        }
    }
}
