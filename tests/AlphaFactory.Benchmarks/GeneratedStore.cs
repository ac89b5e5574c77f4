using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Benchmarks;

/// <summary>A store with many alphas, made by the module and filled in bulk.</summary>
internal static class GeneratedStore
{
    /// <summary>The database of a store.</summary>
    public static string Database(string store) => Path.Combine(store, "registry.db");

    /// <summary>Makes the store unless the folder has it already.</summary>
    /// <returns>The store's folder.</returns>
    public static string Make(Engine engine, string folder, int alphas, int seed)
    {
        var store = Path.Combine(
            folder,
            string.Create(CultureInfo.InvariantCulture, $"store-{alphas}-{seed}")
        );
        if (File.Exists(store + ".done"))
        {
            return store;
        }

        var time = Stopwatch.StartNew();
        MakeEmpty(engine, store);
        using (var connection = Open(Database(store)))
        {
            Execute(
                connection,
                "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000"
            );
            var indexes = Secondary(connection);
            indexes.ForEach(index => Execute(connection, $"DROP INDEX {index.Name}"));
            Fill(connection, GeneratedAlpha.Sequence(alphas, seed));
            indexes.ForEach(index => Execute(connection, index.Sql));
            Execute(connection, "PRAGMA journal_mode = WAL");
        }

        File.WriteAllText(store + ".done", "");
        var seconds = time.Elapsed.TotalSeconds;
        var megabytes = new FileInfo(Database(store)).Length / 1e6;
        Report.Line($"Generated {alphas:N0} alphas in {seconds:F0} s ({megabytes:F0} MB).");
        return store;
    }

    /// <summary>Makes a store without alphas by the module's own cmdlet, so that the schema is the module's.</summary>
    public static void MakeEmpty(Engine engine, string store)
    {
        if (Directory.Exists(store))
        {
            Directory.Delete(store, recursive: true);
        }

        engine.Run("Register-Alpha -Name first -Store $args[0]", store);
        using var connection = Open(Database(store));
        Execute(
            connection,
            "DELETE FROM alphas; DELETE FROM alpha_names; DELETE FROM metric_sets; DELETE FROM audit_log"
        );
    }

    /// <summary>Opens a database.</summary>
    public static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString()
        );
        connection.Open();
        return connection;
    }

    /// <summary>Runs statements.</summary>
    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 0;
        command.ExecuteNonQuery();
    }

    private static void Fill(SqliteConnection connection, IEnumerable<GeneratedAlpha> alphas)
    {
        Execute(connection, "BEGIN");
        using (var writer = new RawWriter(connection))
        {
            foreach (var alpha in alphas)
            {
                writer.Write(alpha);
            }
        }

        Execute(connection, "COMMIT");
    }

    // Those that writing does not need: built afterwards in one sort each.
    private static List<(string Name, string Sql)> Secondary(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND sql NOT LIKE '%UNIQUE%' "
            + "AND (tbl_name LIKE 'alpha%' OR tbl_name = 'audit_log') ORDER BY name";
        using var reader = command.ExecuteReader();
        var indexes = new List<(string, string)>();
        while (reader.Read())
        {
            indexes.Add((reader.GetString(0), reader.GetString(1)));
        }

        return indexes;
    }
}
