using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Maintenance;

/// <summary>What SQLite itself can say about the database.</summary>
internal static class DatabaseCheck
{
    private const string Ok = "ok";

    /// <summary>Every page, index, constraint and reference.</summary>
    public static IEnumerable<StoreFinding> Run(SqliteConnection connection, string path)
    {
        foreach (var problem in Texts(connection, "PRAGMA integrity_check(1000)"))
        {
            if (problem != Ok)
            {
                yield return IsIndexOnly(problem)
                    ? StoreFinding.Mendable(
                        StoreFindingKind.IndexDamaged,
                        path,
                        $"An index of the database does not agree with its table: {problem}."
                    )
                    : StoreFinding.Damage(
                        StoreFindingKind.DatabaseDamaged,
                        path,
                        $"The database is damaged: {problem}."
                    );
            }
        }

        using var command = connection.Command("PRAGMA foreign_key_check");
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            var number = row.IsDBNull(1) ? "of a table without numbers" : row.GetString(1);
            yield return StoreFinding.Damage(
                StoreFindingKind.ReferenceBroken,
                path,
                $"Row {number} of table '{row.GetString(0)}' refers to a row of '{row.GetString(2)}' that is not there."
            );
        }
    }

    /// <summary>SQLite's own words for what REINDEX mends.</summary>
    private static bool IsIndexOnly(string problem) =>
        (
            problem.StartsWith("row ", StringComparison.Ordinal)
            && problem.Contains(" missing from index ", StringComparison.Ordinal)
        ) || problem.StartsWith("wrong # of entries in index ", StringComparison.Ordinal);

    private static IEnumerable<string> Texts(SqliteConnection connection, string sql)
    {
        using var command = connection.Command(sql);
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            yield return row.GetString(0);
        }
    }
}
