using System.Buffers.Binary;
using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AlphaFactory.Core.Registry;

/// <summary>Reads alphas by id, with statements that are prepared once.</summary>
internal sealed class AlphaReader : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _read;
    private readonly SqliteParameter _ids;
    private readonly Dictionary<long, string[]> _metricSets = [];
    private readonly List<string[]> _metricSetsInOrder = [];
    private readonly string _store;

    /// <summary>Reads from a database.</summary>
    public AlphaReader(SqliteConnection connection, string store)
    {
        _connection = connection;
        _store = store;
        _read = connection.Command(
            "SELECT name, version, stage, created_at, metric_set, metric_values, tags, parameters, author, run_id, "
                + "feature_set, feature_version, code_hash, data_hash, description, seed, git_commit, git_dirty, "
                + "module_version, user, machine, a.id FROM json_each($1) wanted CROSS JOIN alphas a ON a.id = wanted.value",
            ""
        );
        _ids = _read.Parameters[0];
    }

    /// <summary>The metric names of what was read so far, a list for each set of them, in the order of the first of each.</summary>
    public IEnumerable<string[]> MetricSets => _metricSetsInOrder;

    /// <inheritdoc/>
    public void Dispose() => _read.Dispose();

    /// <summary>The alpha of an id that a search in the same transaction gave.</summary>
    public Alpha Read(long id) => Read([id]).Single();

    /// <summary>The alphas of some ids, in their order: one statement for all costs a third of one for each.</summary>
    public IEnumerable<Alpha> Read(IReadOnlyList<long> ids)
    {
        _ids.Value = $"[{string.Join(',', ids)}]";
        using var rows = _read.ExecuteReader();
        var row = rows.Handle!;
        foreach (var id in ids)
        {
            // One that is not there gives no row, and the next one's or none comes in its place.
            if (!rows.Read() || raw.sqlite3_column_int64(row, 21) != id)
            {
                throw new AlphaFactoryException(
                    ErrorId.StoreCorrupt,
                    $"Searches of the store at '{_store}' find an alpha number {id}, which is not there. "
                        + "Run Repair-AlphaStore."
                )
                {
                    Target = _store,
                };
            }

            yield return Read(row);
        }
    }

    /// <summary>The names of a metric set, in the order of its alphas.</summary>
    public string[] MetricNames(long set)
    {
        if (!_metricSets.TryGetValue(set, out var names))
        {
            names = Split(
                (string)_connection.Scalar("SELECT names FROM metric_sets WHERE id = $1", set)!,
                ','
            );
            _metricSets.Add(set, names);
            _metricSetsInOrder.Add(names);
        }

        return names;
    }

    private Alpha Read(sqlite3_stmt row) =>
        new()
        {
            Name = Text(row, 0)!,
            Version = checked((int)raw.sqlite3_column_int64(row, 1)),
            Stage = (AlphaStage)raw.sqlite3_column_int64(row, 2),
            CreatedAt = Sql.FromMicroseconds(raw.sqlite3_column_int64(row, 3)),
            Metrics = Metrics(MetricNames(raw.sqlite3_column_int64(row, 4)), raw.sqlite3_column_blob(row, 5)),
            Tags = TagList.FromStored(Text(row, 6)!),
            Parameters = ParameterJson.Read(raw.sqlite3_column_blob(row, 7)),
            Author = Text(row, 8)!,
            RunId = Text(row, 9),
            FeatureSet = Text(row, 10),
            FeatureVersion = checked((int?)Number(row, 11)),
            CodeHash = Text(row, 12),
            DataHash = Text(row, 13),
            Description = Text(row, 14)!,
            Seed = Number(row, 15),
            GitCommit = Text(row, 16),
            GitDirty = Number(row, 17) is { } dirty ? dirty != 0 : null,
            ModuleVersion = Text(row, 18),
            User = Text(row, 19),
            Machine = Text(row, 20),
            Store = _store,
        };

    private static MetricValues Metrics(string[] names, ReadOnlySpan<byte> values)
    {
        if (names.Length == 0)
        {
            return MetricValues.None;
        }

        var metrics = new double[names.Length];
        for (var i = 0; i < metrics.Length; i++)
        {
            metrics[i] = BinaryPrimitives.ReadDoubleLittleEndian(values[(i * sizeof(double))..]);
        }

        return new MetricValues(names, metrics);
    }

    private static string[] Split(string text, char separator) =>
        text.Length == 0 ? [] : text.Split(separator);

    // By SQLite's own functions: the reader's take twice as long, and a page is mostly this.
    private static string? Text(sqlite3_stmt row, int column) =>
        raw.sqlite3_column_text(row, column).utf8_to_string();

    private static long? Number(sqlite3_stmt row, int column) =>
        raw.sqlite3_column_type(row, column) == raw.SQLITE_NULL
            ? null
            : raw.sqlite3_column_int64(row, column);
}
