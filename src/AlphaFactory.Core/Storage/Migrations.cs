using System.Globalization;
using System.Reflection;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Storage;

/// <summary>
/// Brings a database forward by the numbered scripts in <c>Migrations/</c>. The number of the last one that ran
/// is the database's <c>user_version</c>; scripts are never edited once released.
/// </summary>
internal static class Migrations
{
    private static readonly Assembly Assembly = typeof(Migrations).Assembly;

    // Resource names end in "NNN-name.sql", so ordinal order is the order in which they run.
    private static readonly string[] Scripts =
    [
        .. Assembly
            .GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>How many scripts there are.</summary>
    public static int Count => Scripts.Length;

    /// <summary>Runs what is pending, in one transaction.</summary>
    public static void Apply(SqliteConnection connection)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        // Another process may have been faster while we waited for the lock.
        for (var version = Version(connection); version < Scripts.Length; version++)
        {
            using var script = new StreamReader(Assembly.GetManifestResourceStream(Scripts[version])!);
            connection.Execute(script.ReadToEnd());
            connection.Execute(
                $"PRAGMA user_version = {(version + 1).ToString(CultureInfo.InvariantCulture)}"
            );
        }

        transaction.Commit();
    }

    /// <summary>How many scripts this database has seen.</summary>
    public static int Version(SqliteConnection connection) =>
        Convert.ToInt32(connection.Scalar("PRAGMA user_version"), CultureInfo.InvariantCulture);
}
