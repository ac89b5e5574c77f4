using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Benchmarks;

/// <summary>
/// Writes alphas into the registry's own tables with raw prepared statements: what registering is held against,
/// and how the large registry is made.
/// </summary>
internal sealed class RawWriter : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, long> _tags = new(StringComparer.Ordinal);
    private readonly long[] _metrics;
    private readonly long[] _parameters;
    private readonly long _metricSet;
    private readonly SqliteCommand _name;
    private readonly SqliteCommand _notLatest;
    private readonly SqliteCommand _alpha;
    private readonly SqliteCommand _metric;
    private readonly SqliteCommand _tag;
    private readonly SqliteCommand _parameter;
    private readonly SqliteCommand _audit;

    /// <summary>Prepares the statements; the vocabulary of metrics and parameters is written at once.</summary>
    public RawWriter(SqliteConnection connection)
    {
        _connection = connection;
        _metrics =
        [
            .. GeneratedAlpha.MetricNames.Select(name =>
                Id(
                    "INSERT INTO metrics (name) VALUES ($1) ON CONFLICT DO UPDATE SET name = name RETURNING id",
                    name
                )
            ),
        ];
        _parameters =
        [
            .. new[] { "fast", "slow", "kind" }.Select(name =>
                Id(
                    "INSERT INTO parameters (key, name) VALUES (upper($1), $1) "
                        + "ON CONFLICT DO UPDATE SET name = name RETURNING id",
                    name
                )
            ),
        ];
        _metricSet = Id(
            "INSERT INTO metric_sets (names) VALUES ($1) ON CONFLICT DO UPDATE SET names = names RETURNING id",
            string.Join(',', GeneratedAlpha.MetricNames)
        );
        _name = Prepare(
            "INSERT INTO alpha_names VALUES ($1, 1) "
                + "ON CONFLICT DO UPDATE SET last_version = last_version + 1 RETURNING last_version",
            1
        );
        _notLatest = Prepare("UPDATE alphas SET latest = 0 WHERE name = $1 AND version = $2", 2);
        _alpha = Prepare(
            "INSERT INTO alphas (name, version, latest, stage, created_at, metric_set, metric_values, tags, parameters, "
                + "author, code_hash, data_hash, description, git_commit, git_dirty, module_version, user, machine) "
                + "VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, 'bench', $9, $10, $11, "
                + "'0123456789abcdef0123456789abcdef01234567', 1, '1.1.0', 'bench', 'bench') RETURNING id",
            11
        );
        _metric = Prepare("INSERT INTO alpha_metrics VALUES ($1, $2, $3)", 3);
        _tag = Prepare("INSERT INTO alpha_tags VALUES ($1, $2)", 2);
        _parameter = Prepare("INSERT INTO alpha_parameters VALUES ($1, $2, $3, $4)", 4);
        _audit = Prepare(
            "INSERT INTO audit_log (at, who, action, name, version, detail) VALUES ($1, 'bench', 'register', $2, $3, '{}')",
            3
        );
    }

    /// <summary>Writes one alpha, in the transaction that is open.</summary>
    public void Write(GeneratedAlpha alpha)
    {
        var version = (long)Bind(_name, alpha.Name).ExecuteScalar()!;
        if (version > 1)
        {
            Bind(_notLatest, alpha.Name, version - 1).ExecuteNonQuery();
        }

        var parameters = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"fast":{{alpha.Fast}},"kind":"{{alpha.Kind}}","slow":{{alpha.Slow}}}"""
        );
        var id = (long)
            Bind(
                    _alpha,
                    alpha.Name,
                    version,
                    (long)alpha.Stage,
                    alpha.CreatedAt,
                    _metricSet,
                    Values(alpha.Metrics),
                    string.Join(';', alpha.Tags),
                    parameters,
                    alpha.CodeHash,
                    alpha.DataHash,
                    alpha.Description
                )
                .ExecuteScalar()!;
        for (var i = 0; i < alpha.Metrics.Length; i++)
        {
            Bind(_metric, _metrics[i], id, alpha.Metrics[i]).ExecuteNonQuery();
        }

        foreach (var tag in alpha.Tags)
        {
            Bind(_tag, Tag(tag), id).ExecuteNonQuery();
        }

        Bind(_parameter, _parameters[0], id, 1L, alpha.Fast).ExecuteNonQuery();
        Bind(_parameter, _parameters[1], id, 1L, alpha.Slow).ExecuteNonQuery();
        Bind(_parameter, _parameters[2], id, 2L, alpha.Kind.ToUpperInvariant()).ExecuteNonQuery();
        Bind(_audit, alpha.CreatedAt, alpha.Name, version).ExecuteNonQuery();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var command in new[] { _name, _notLatest, _alpha, _metric, _tag, _parameter, _audit })
        {
            command.Dispose();
        }
    }

    private static byte[] Values(double[] metrics)
    {
        var values = new byte[metrics.Length * sizeof(double)];
        for (var i = 0; i < metrics.Length; i++)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(values.AsSpan(i * sizeof(double)), metrics[i]);
        }

        return values;
    }

    private static SqliteCommand Bind(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }

        return command;
    }

    private long Tag(string tag)
    {
        if (!_tags.TryGetValue(tag, out var id))
        {
            id = Id(
                "INSERT INTO tags (key, tag) VALUES (upper($1), $1) ON CONFLICT DO UPDATE SET tag = tag RETURNING id",
                tag
            );
            _tags.Add(tag, id);
        }

        return id;
    }

    private long Id(string sql, string value)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("$1", value);
        return (long)command.ExecuteScalar()!;
    }

    private SqliteCommand Prepare(string sql, int parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 1; i <= parameters; i++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = "$" + i.ToString(CultureInfo.InvariantCulture);
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
