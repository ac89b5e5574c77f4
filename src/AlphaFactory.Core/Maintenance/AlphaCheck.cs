using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Maintenance;

/// <summary>Whether the alphas are whole, and the tables made from them agree with them.</summary>
internal static class AlphaCheck
{
    /// <summary>The names whose newest version is not marked so, or others are too.</summary>
    public const string WrongLatest =
        "SELECT name, max(version) FROM alphas GROUP BY name "
        + "HAVING sum(latest) <> 1 OR max(version) <> max(CASE WHEN latest = 1 THEN version END)";

    /// <summary>The names whose counter is absent or behind.</summary>
    public const string WrongCounter =
        "SELECT a.name, max(a.version) FROM alphas a LEFT JOIN alpha_names n ON n.name = a.name "
        + "GROUP BY a.name HAVING n.last_version IS NULL OR n.last_version < max(a.version)";

    // Every version that came is there, unless the log says later that it, or its whole name, went.
    private const string Missing = """
        SELECT l.name, l.version FROM audit_log l
        WHERE l.action IN ('register', 'import') AND l.version IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM alphas a WHERE a.name = l.name AND a.version = l.version)
          AND NOT EXISTS (SELECT 1 FROM audit_log gone WHERE gone.name = l.name AND gone.id > l.id
                          AND gone.action = 'unregister' AND (gone.version IS NULL OR gone.version = l.version))
        ORDER BY l.id
        """;

    /// <summary>Reads every alpha once.</summary>
    public static IEnumerable<StoreFinding> Run(
        SqliteConnection connection,
        string path,
        CancellationToken cancellation
    )
    {
        var tables = new SearchTables(connection);
        foreach (var alpha in AlphaContent.All(connection))
        {
            cancellation.ThrowIfCancellationRequested();
            if (alpha.Problem is { } problem)
            {
                yield return StoreFinding.Damage(
                    StoreFindingKind.AlphaDamaged,
                    path,
                    $"Alpha '{alpha.Name}' version {alpha.Version} {problem}."
                );
            }

            tables.Expect(alpha);
        }

        foreach (var problem in tables.Compare(connection, cancellation))
        {
            yield return StoreFinding.Mendable(StoreFindingKind.SearchTableStale, path, problem);
        }

        foreach (var (name, version) in Names(connection, WrongLatest))
        {
            yield return StoreFinding.Mendable(
                StoreFindingKind.LatestFlagWrong,
                path,
                $"The newest version of alpha '{name}' is {version}, and it is not the one that is marked so."
            );
        }

        foreach (var (name, version) in Names(connection, WrongCounter))
        {
            yield return StoreFinding.Mendable(
                StoreFindingKind.VersionCounterWrong,
                path,
                $"Alpha '{name}' has version {version}, and the counter of its versions is behind that."
            );
        }

        foreach (var (name, version) in Names(connection, Missing))
        {
            yield return StoreFinding.Damage(
                StoreFindingKind.AlphaMissing,
                path,
                $"Alpha '{name}' version {version} was registered and never removed, and is not there."
            );
        }
    }

    /// <summary>A query's names and versions.</summary>
    public static List<(string Name, long Version)> Names(SqliteConnection connection, string sql) =>
        connection.Query(row => (row.GetString(0), row.GetInt64(1)), sql);
}
