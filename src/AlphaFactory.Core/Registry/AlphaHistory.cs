using System.Text;
using AlphaFactory.Core.Filtering;
using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Registry;

/// <summary>Reads the audit log.</summary>
internal static class AlphaHistory
{
    /// <summary>Entries one by one, the newest first.</summary>
    public static IEnumerable<AlphaHistoryEntry> Read(SqliteConnection connection, AlphaHistoryQuery query)
    {
        var where = new StringBuilder("1");
        var values = new List<object?>();
        AddName(where, values, query.Name);
        if (query.Versions.Count > 0)
        {
            And("version IN (SELECT value FROM json_each({0}))", $"[{string.Join(',', query.Versions)}]");
        }

        if (query.Since is { } since)
        {
            And("at >= {0}", Sql.ToMicroseconds(since));
        }

        if (query.Until is { } until)
        {
            And("at <= {0}", Sql.ToMicroseconds(until));
        }

        using var command = connection.Command(
            $"SELECT at, who, action, name, version, detail, reason FROM audit_log WHERE {where} "
                + $"ORDER BY id DESC LIMIT ${values.Count + 1} OFFSET ${values.Count + 2}",
            [.. values, query.First ?? -1, query.Skip]
        );
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            yield return Entry(row);
        }

        void And(string test, object value)
        {
            values.Add(value);
            where.Append(" AND ").Append(test.Replace("{0}", $"${values.Count}", StringComparison.Ordinal));
        }
    }

    /// <summary>Whether there is an entry of a name.</summary>
    public static bool Knows(SqliteConnection connection, string name) =>
        connection.Scalar("SELECT 1 FROM audit_log WHERE name = $1 LIMIT 1", name) is not null;

    private static void AddName(StringBuilder where, List<object?> values, string? name)
    {
        if (name is null)
        {
            return;
        }

        var pattern = WildcardPattern.Parse(name);
        values.Add(pattern.IsExact ? pattern.Prefix : pattern.ToNameGlob());
        where.Append(pattern.IsExact ? " AND name = $1" : " AND lower(name) GLOB $1");
    }

    private static AlphaHistoryEntry Entry(SqliteDataReader row)
    {
        var (what, before, after) = AuditEntry.Read(row.GetString(5));
        return new AlphaHistoryEntry
        {
            At = Sql.FromMicroseconds(row.GetInt64(0)),
            Who = row.GetString(1),
            Action = row.GetString(2),
            Name = row.GetString(3),
            Version = row.IsDBNull(4) ? null : row.GetInt32(4),
            What = what,
            Old = before,
            New = after,
            Reason = row.IsDBNull(6) ? null : row.GetString(6),
        };
    }
}
