using System.Buffers.Binary;
using AlphaFactory.Core.Filtering;
using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Registry;

/// <summary>
/// Writes alphas inside one transaction. Statements are prepared once, and ids of metrics, tags and parameters
/// are looked up once: both hold no longer than the transaction.
/// </summary>
internal sealed class AlphaWriter : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly string _store;
    private readonly string _who;
    private readonly Dictionary<string, SqliteCommand> _commands = [];
    private readonly Dictionary<string, long> _metricSets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _metrics = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, long> _tags = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _parameters = new(StringComparer.Ordinal);

    /// <summary>Writes to a database whose writer's lock is held.</summary>
    public AlphaWriter(SqliteConnection connection, string store)
    {
        _connection = connection;
        _store = store;
        _who = AuditEntry.CurrentUser;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var command in _commands.Values)
        {
            command.Dispose();
        }
    }

    /// <summary>Adds the next version of the draft's name.</summary>
    public Alpha Register(AlphaDraft draft, DateTime now)
    {
        var (name, version) = NextVersion(draft.Name);
        var alpha = Insert(draft, name, version, latest: true, now);
        Audit(
            Sql.ToMicroseconds(now),
            AuditEntry.Register,
            name,
            version,
            draft.RunId is null ? "{}" : AuditEntry.Detail("run", draft.RunId)
        );
        return alpha;
    }

    /// <summary>
    /// Adds a version that the name does not have, as it was registered at another time. The versions that the name
    /// is given from now on come after it.
    /// </summary>
    public Alpha Import(AlphaDraft draft, long version, DateTime createdAt, DateTime now, string file)
    {
        var name = (string)
            Scalar(
                "INSERT INTO alpha_names VALUES ($1, $2) ON CONFLICT (name) DO UPDATE "
                    + "SET last_version = max(last_version, excluded.last_version) RETURNING name",
                draft.Name,
                version
            )!;
        var newest = Scalar("SELECT max(version) FROM alphas WHERE name = $1", name) as long?;
        if (newest < version)
        {
            Run("UPDATE alphas SET latest = 0 WHERE name = $1 AND version = $2", name, newest);
        }

        var alpha = Insert(draft, name, version, latest: !(newest > version), createdAt);
        Audit(Sql.ToMicroseconds(now), AuditEntry.Import, name, version, AuditEntry.Detail("file", file));
        return alpha;
    }

    private Alpha Insert(AlphaDraft draft, string name, long version, bool latest, DateTime createdAt)
    {
        var time = Sql.ToMicroseconds(createdAt);
        var id = (long)
            Scalar(
                "INSERT INTO alphas (name, version, latest, stage, created_at, metric_set, metric_values, tags, "
                    + "parameters, author, run_id, feature_set, feature_version, code_hash, data_hash, description, seed, "
                    + "git_commit, git_dirty, module_version, user, machine) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
                    + "$10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22) RETURNING id",
                name,
                version,
                latest ? 1L : 0L,
                (long)draft.Stage,
                time,
                MetricSet(draft.Metrics),
                Bytes(draft.Metrics),
                draft.Tags.ToString(),
                ParameterJson.Write(draft.Parameters),
                draft.Author,
                draft.RunId,
                draft.FeatureSet,
                draft.FeatureVersion,
                draft.CodeHash,
                draft.DataHash,
                draft.Description,
                draft.Seed,
                draft.Origin?.GitCommit,
                draft.Origin?.GitDirty is { } dirty ? (dirty ? 1L : 0L) : null,
                draft.Origin?.ModuleVersion,
                draft.Origin?.User,
                draft.Origin?.Machine
            )!;
        foreach (var (metric, value) in draft.Metrics)
        {
            Run("INSERT INTO alpha_metrics VALUES ($1, $2, $3)", Metric(metric), id, Comparable(value));
        }

        foreach (var (parameter, value) in draft.Parameters)
        {
            var (kind, key) = ParameterKey.Of(value);
            Run(
                "INSERT INTO alpha_parameters VALUES ($1, $2, $3, $4)",
                Parameter(parameter),
                id,
                (long)kind,
                key
            );
        }

        AddTags(id, draft.Tags);
        return draft.ToAlpha(name, version, createdAt, _store);
    }

    /// <summary>Adds an alpha's tags to the search table.</summary>
    public void AddTags(long alpha, IEnumerable<string> tags)
    {
        foreach (var tag in tags)
        {
            Run("INSERT INTO alpha_tags VALUES ($1, $2)", Tag(tag), alpha);
        }
    }

    /// <summary>Takes an alpha's tags out of the search table.</summary>
    public void RemoveTags(long alpha, IEnumerable<string> tags)
    {
        foreach (var tag in tags)
        {
            Run("DELETE FROM alpha_tags WHERE tag_id = $1 AND alpha_id = $2", Tag(tag), alpha);
        }
    }

    /// <summary>Records who did what.</summary>
    public void Audit(
        long time,
        string action,
        string name,
        long version,
        string detail,
        string? reason = null
    ) =>
        Run(
            "INSERT INTO audit_log (at, who, action, name, version, detail, reason) "
                + "VALUES ($1, $2, $3, $4, $5, $6, $7)",
            time,
            _who,
            action,
            name,
            version,
            detail,
            reason
        );

    /// <summary>Runs a statement that is prepared once.</summary>
    public int Run(string sql, params ReadOnlySpan<object?> values) =>
        Prepared(sql, values).ExecuteNonQuery();

    private static byte[] Bytes(MetricValues metrics)
    {
        var bytes = new byte[metrics.Count * sizeof(double)];
        var position = 0;
        foreach (var value in metrics.Values)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(position), value);
            position += sizeof(double);
        }

        return bytes;
    }

    private static double? Comparable(double value) => double.IsNaN(value) ? null : value;

    private (string Name, long Version) NextVersion(string name)
    {
        using var reader = Prepared(
                "INSERT INTO alpha_names VALUES ($1, 1) "
                    + "ON CONFLICT (name) DO UPDATE SET last_version = last_version + 1 RETURNING name, last_version",
                name
            )
            .ExecuteReader();
        reader.Read();
        var (spelled, version) = (reader.GetString(0), reader.GetInt64(1));
        reader.Close();
        if (version > 1)
        {
            Run(
                "UPDATE alphas SET latest = 0 WHERE name = $1 AND version = (SELECT max(version) FROM alphas WHERE name = $1)",
                spelled
            );
        }

        return (spelled, version);
    }

    private long MetricSet(MetricValues metrics)
    {
        var names = string.Join(',', metrics.Keys);
        return Id(_metricSets, names, "metric_sets", "names", names);
    }

    private long Metric(string name) => Id(_metrics, name, "metrics", "name", name);

    private long Tag(string tag) => Id(_tags, TextKey.Of(tag), "tags", "key", TextKey.Of(tag), "tag", tag);

    private long Parameter(string name) =>
        Id(_parameters, TextKey.Of(name), "parameters", "key", TextKey.Of(name), "name", name);

    private long Id(
        Dictionary<string, long> known,
        string cacheKey,
        string table,
        string column,
        string value,
        string? second = null,
        string? secondValue = null
    )
    {
        if (known.TryGetValue(cacheKey, out var id))
        {
            return id;
        }

        id =
            Scalar($"SELECT id FROM {table} WHERE {column} = $1", value) as long?
            ?? (long)(
                second is null
                    ? Scalar($"INSERT INTO {table} ({column}) VALUES ($1) RETURNING id", value)!
                    : Scalar(
                        $"INSERT INTO {table} ({column}, {second}) VALUES ($1, $2) RETURNING id",
                        value,
                        secondValue
                    )!
            );
        known.Add(cacheKey, id);
        return id;
    }

    private object? Scalar(string sql, params ReadOnlySpan<object?> values) =>
        Prepared(sql, values).ExecuteScalar();

    private SqliteCommand Prepared(string sql, params ReadOnlySpan<object?> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = _connection.Command(sql, values);
            _commands.Add(sql, command);
            return command;
        }

        for (var i = 0; i < values.Length; i++)
        {
            var parameter = command.Parameters[i];
            // The type is inferred anew: a column may take a number now and a text next.
            parameter.ResetSqliteType();
            parameter.Value = values[i] ?? DBNull.Value;
        }

        return command;
    }
}
