using AlphaFactory.Core.Filtering;
using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Registry;

/// <summary>Changes and removes alphas inside one transaction, each with a row of the audit log.</summary>
internal sealed class AlphaEditor : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly string _store;
    private readonly AlphaWriter _writer;
    private readonly AlphaReader _reader;
    private readonly long _time;

    /// <summary>Edits a database whose writer's lock is held.</summary>
    public AlphaEditor(SqliteConnection connection, string store, DateTime now)
    {
        _connection = connection;
        _store = store;
        _writer = new AlphaWriter(connection, store);
        _reader = new AlphaReader(connection, store);
        _time = Sql.ToMicroseconds(now);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _writer.Dispose();
        _reader.Dispose();
    }

    /// <summary>Changes a version; what is so already is no change and leaves no trace.</summary>
    public Alpha Change(Alpha given, AlphaChange change)
    {
        var (id, alpha) = Require(given);
        if (change.Stage is { } stage && stage != alpha.Stage)
        {
            _writer.Run("UPDATE alphas SET stage = $1 WHERE id = $2", (long)stage, id);
            Audit(alpha, nameof(alpha.Stage), $"{alpha.Stage}", $"{stage}", change.Reason);
            alpha = alpha with { Stage = stage };
        }

        if (change.Description is { } description && description != alpha.Description)
        {
            _writer.Run("UPDATE alphas SET description = $1 WHERE id = $2", description, id);
            Audit(alpha, nameof(alpha.Description), alpha.Description, description, change.Reason);
            alpha = alpha with { Description = description };
        }

        return ChangeTags(id, alpha, change);
    }

    /// <summary>Removes a version. With the last one the name is free again.</summary>
    public Alpha Remove(Alpha given, string? reason)
    {
        var (id, alpha) = Require(given);
        foreach (var metric in alpha.Metrics.Keys)
        {
            _writer.Run(
                "DELETE FROM alpha_metrics WHERE metric_id = (SELECT id FROM metrics WHERE name = $1) AND alpha_id = $2",
                metric,
                id
            );
        }

        foreach (var parameter in alpha.Parameters.Keys)
        {
            _writer.Run(
                "DELETE FROM alpha_parameters "
                    + "WHERE parameter_id = (SELECT id FROM parameters WHERE key = $1) AND alpha_id = $2",
                TextKey.Of(parameter),
                id
            );
        }

        _writer.RemoveTags(id, alpha.Tags);
        _writer.Run("DELETE FROM alphas WHERE id = $1", id);
        _writer.Run(
            "UPDATE alphas SET latest = 1 WHERE name = $1 AND latest = 0 "
                + "AND version = (SELECT max(version) FROM alphas WHERE name = $1)",
            alpha.Name
        );
        _writer.Run(
            "DELETE FROM alpha_names WHERE name = $1 AND NOT EXISTS (SELECT 1 FROM alphas WHERE name = $1)",
            alpha.Name
        );
        _writer.Audit(_time, AuditEntry.Unregister, alpha.Name, alpha.Version, "{}", reason);
        return alpha;
    }

    private Alpha ChangeTags(long id, Alpha alpha, AlphaChange change)
    {
        var removed = alpha.Tags.Intersect(change.RemoveTags, StringComparer.OrdinalIgnoreCase).ToList();
        var added = change.AddTags.Except(alpha.Tags, StringComparer.OrdinalIgnoreCase).ToList();
        if (removed.Count + added.Count == 0)
        {
            return alpha;
        }

        var tags = new TagList([.. alpha.Tags.Except(removed, StringComparer.OrdinalIgnoreCase), .. added]);
        _writer.RemoveTags(id, removed);
        _writer.AddTags(id, added);
        _writer.Run("UPDATE alphas SET tags = $1 WHERE id = $2", tags.ToString(), id);
        Audit(alpha, nameof(alpha.Tags), $"{alpha.Tags}", $"{tags}", change.Reason);
        return alpha with { Tags = tags };
    }

    private void Audit(Alpha alpha, string what, string before, string after, string? reason) =>
        _writer.Audit(
            _time,
            AuditEntry.Set,
            alpha.Name,
            alpha.Version,
            AuditEntry.Change(what, before, after),
            reason
        );

    // A name that was free in the meantime may have the version once more: that is another alpha.
    private (long Id, Alpha Alpha) Require(Alpha given)
    {
        if (
            _connection.Scalar(
                "SELECT id FROM alphas WHERE name = $1 AND version = $2 AND created_at = $3",
                given.Name,
                given.Version,
                Sql.ToMicroseconds(given.CreatedAt)
            )
            is long id
        )
        {
            return (id, _reader.Read(id));
        }

        throw new AlphaFactoryException(
            ErrorId.AlphaNotFound,
            $"There is no alpha '{given}' of {given.CreatedAt:u} in the store at '{_store}' any more."
        )
        {
            Target = given.Name,
        };
    }
}
