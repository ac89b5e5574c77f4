using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Risk;

/// <summary>The log of everything denied in a store.</summary>
/// <param name="store">The store.</param>
public sealed class RiskEvents(AlphaStore store)
{
    /// <summary>Records the denials among verdicts, all or none: one event a finding that denies.</summary>
    /// <param name="verdicts">Verdicts, those that allow included.</param>
    /// <param name="source">The command that asked, such as <c>Test-AlphaRisk</c>.</param>
    /// <returns>How many events there are now more.</returns>
    /// <exception cref="AlphaFactoryException">The store cannot be written.</exception>
    public int Record(IEnumerable<RiskVerdict> verdicts, string source)
    {
        var denied = verdicts.Where(verdict => !verdict.Allowed).ToList();
        return denied.Count == 0 ? 0 : store.Write(connection => Record(connection, denied, source));
    }

    /// <summary>Lists events, the newest first.</summary>
    /// <exception cref="AlphaFactoryException">The store cannot be read.</exception>
    public IReadOnlyList<RiskEvent> List(RiskEventQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        // Names are ASCII, and so is what lower() knows. A name alone matches "name v1", "name v2"…
        const string sql = """
            SELECT created_at, target, code, severity, observed, limit_value, operator, unit, scope, message, remedy,
                   policy_name, policy_hash, source
            FROM risk_events
            WHERE ($1 IS NULL OR lower(code) GLOB lower($1))
              AND ($2 IS NULL OR lower(target) GLOB lower($2) OR lower(target) GLOB lower($2) || ' v[0-9]*')
              AND ($3 IS NULL OR created_at >= $3)
              AND ($4 IS NULL OR created_at <= $4)
            ORDER BY created_at DESC, id DESC
            LIMIT $5
            """;
        return store.Read(connection =>
            connection.Query(
                ReadEvent,
                sql,
                query.Code,
                query.Target,
                Microseconds(query.Since),
                Microseconds(query.Until),
                query.First ?? -1
            )
        );
    }

    /// <summary>Records within a transaction that the caller has begun.</summary>
    internal static int Record(SqliteConnection connection, IEnumerable<RiskVerdict> verdicts, string source)
    {
        const string sql = """
            INSERT INTO risk_events (created_at, target, code, severity, observed, limit_value, operator, unit, scope,
                                     message, remedy, policy_name, policy_hash, source)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            """;
        var events = 0;
        foreach (var verdict in verdicts)
        {
            foreach (var finding in verdict.Findings.Where(finding => finding.Denies))
            {
                events += connection.Execute(
                    sql,
                    Sql.ToMicroseconds(verdict.EvaluatedAt),
                    verdict.Target,
                    finding.Code,
                    finding.Severity.ToString(),
                    Number(finding.Observed),
                    Number(finding.Limit),
                    finding.Operator,
                    finding.Unit,
                    finding.Scope,
                    finding.Message,
                    finding.Remedy,
                    verdict.PolicyName,
                    verdict.PolicyHash,
                    source
                );
            }
        }

        return events;
    }

    // SQLite has no NaN; the message says it.
    private static double? Number(double? value) =>
        value is { } number && double.IsNaN(number) ? null : value;

    private static long? Microseconds(DateTime? time) => time is { } value ? Sql.ToMicroseconds(value) : null;

    private static RiskEvent ReadEvent(SqliteDataReader row) =>
        new()
        {
            CreatedAt = Sql.FromMicroseconds(row.GetInt64(0)),
            Target = row.GetString(1),
            Code = row.GetString(2),
            Severity = Enum.Parse<RiskOutcome>(row.GetString(3)),
            Observed = row.IsDBNull(4) ? null : row.GetDouble(4),
            Limit = row.IsDBNull(5) ? null : row.GetDouble(5),
            Operator = row.GetString(6),
            Unit = row.GetString(7),
            Scope = row.GetString(8),
            Message = row.GetString(9),
            Remedy = row.GetString(10),
            PolicyName = row.GetString(11),
            PolicyHash = row.GetString(12),
            Source = row.GetString(13),
        };
}
