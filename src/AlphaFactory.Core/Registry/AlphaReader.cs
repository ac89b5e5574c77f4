using System.Buffers.Binary;
using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Registry;

/// <summary>Reads alphas by id, with statements that are prepared once.</summary>
internal sealed class AlphaReader : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _read;
    private readonly SqliteParameter _id;
    private readonly Dictionary<long, string[]> _metricSets = [];
    private readonly string _store;

    /// <summary>Reads from a database.</summary>
    public AlphaReader(SqliteConnection connection, string store)
    {
        _connection = connection;
        _store = store;
        _read = connection.Command(
            "SELECT a.name, a.version, a.stage, a.created_at, a.metric_set, d.metric_values, d.tags, d.parameters, "
                + "d.author, d.run_id, d.feature_set, d.feature_version, d.code_hash, d.data_hash, d.description, d.seed, "
                + "d.git_commit, d.git_dirty, d.module_version, d.user, d.machine "
                + "FROM alphas a CROSS JOIN alpha_details d ON d.id = a.id WHERE a.id = $1",
            0L
        );
        _id = _read.Parameters[0];
    }

    /// <inheritdoc/>
    public void Dispose() => _read.Dispose();

    /// <summary>The alpha of an id that a search in the same transaction gave.</summary>
    public Alpha Read(long id)
    {
        _id.Value = id;
        using var row = _read.ExecuteReader();
        if (!row.Read())
        {
            throw new AlphaFactoryException(
                ErrorId.StoreCorrupt,
                $"Alpha number {id} of the store at '{_store}' has no details. Restore it from a backup."
            )
            {
                Target = _store,
            };
        }

        return new Alpha
        {
            Name = row.GetString(0),
            Version = row.GetInt32(1),
            Stage = (AlphaStage)row.GetInt32(2),
            CreatedAt = Sql.FromMicroseconds(row.GetInt64(3)),
            Metrics = Metrics(MetricNames(row.GetInt64(4)), row.GetFieldValue<byte[]>(5)),
            Tags = Tags(row.GetString(6)),
            Parameters = ParameterJson.Read(row.GetString(7)),
            Author = row.GetString(8),
            RunId = Text(row, 9),
            FeatureSet = Text(row, 10),
            FeatureVersion = row.IsDBNull(11) ? null : row.GetInt32(11),
            CodeHash = Text(row, 12),
            DataHash = Text(row, 13),
            Description = row.GetString(14),
            Seed = row.IsDBNull(15) ? null : row.GetInt64(15),
            GitCommit = Text(row, 16),
            GitDirty = row.IsDBNull(17) ? null : row.GetInt64(17) != 0,
            ModuleVersion = Text(row, 18),
            User = Text(row, 19),
            Machine = Text(row, 20),
            Store = _store,
        };
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
        }

        return names;
    }

    private static MetricValues Metrics(string[] names, byte[] values)
    {
        if (names.Length == 0)
        {
            return MetricValues.None;
        }

        var metrics = new KeyValuePair<string, double>[names.Length];
        for (var i = 0; i < names.Length; i++)
        {
            var value = BinaryPrimitives.ReadDoubleLittleEndian(values.AsSpan(i * sizeof(double)));
            metrics[i] = KeyValuePair.Create(names[i], value);
        }

        return new MetricValues(metrics);
    }

    private static TagList Tags(string text) =>
        text.Length == 0 ? TagList.Empty : new TagList(Split(text, ';'));

    private static string[] Split(string text, char separator) =>
        text.Length == 0 ? [] : text.Split(separator);

    private static string? Text(SqliteDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetString(column);
}
