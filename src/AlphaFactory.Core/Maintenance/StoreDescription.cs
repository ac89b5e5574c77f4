using System.Globalization;
using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Maintenance;

/// <summary>A store in numbers.</summary>
public sealed record StoreDescription
{
    /// <summary>The store's folder, a full path.</summary>
    public required string Path { get; init; }

    /// <summary>The store's own id; a backup has the same.</summary>
    public required Guid Id { get; init; }

    /// <summary>The version of the folder's format.</summary>
    public required int Format { get; init; }

    /// <summary>The number of the database's schema.</summary>
    public required int Schema { get; init; }

    /// <summary>The number of the schema that this module knows; an older database is brought forward when it is opened.</summary>
    public required int ModuleSchema { get; init; }

    /// <summary>When the store was made, UTC.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>When anything in the store was last registered, changed, imported, run or reported, UTC; null before the first.</summary>
    public required DateTime? ChangedAt { get; init; }

    /// <summary>How many alphas there are, each name counted once.</summary>
    public required long Alphas { get; init; }

    /// <summary>How many versions of alphas there are.</summary>
    public required long AlphaVersions { get; init; }

    /// <summary>How many calls of <c>Invoke-Experiment</c> are recorded.</summary>
    public required long Experiments { get; init; }

    /// <summary>How many runs are recorded.</summary>
    public required long Runs { get; init; }

    /// <summary>How many feature sets there are, each name counted once.</summary>
    public required long FeatureSets { get; init; }

    /// <summary>How many versions of feature sets there are.</summary>
    public required long FeatureVersions { get; init; }

    /// <summary>How many drift reports the history remembers.</summary>
    public required long DriftReports { get; init; }

    /// <summary>The size of the database and its log, in bytes.</summary>
    public required long DatabaseBytes { get; init; }

    /// <summary>The size of everything in the store's folder, in bytes.</summary>
    public required long TotalBytes { get; init; }

    /// <summary>How many leftovers of dead processes there are; <c>Optimize-AlphaStore</c> removes them.</summary>
    public required int Leftovers { get; init; }

    /// <summary>Describes a store as it is now.</summary>
    /// <exception cref="AlphaFactoryException">The store cannot be read.</exception>
    public static StoreDescription Of(AlphaStore store, OperationContext context)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(context);
        var total = 0L;
        foreach (var file in StoreFolder.Files(store.Root, context.Cancellation))
        {
            total += StoreFolder.Length(file);
        }

        var leftovers = StoreFolder.Leftovers(store.Root, context.Cancellation).Count();
        return store.Read(connection => new StoreDescription
        {
            Path = store.Root,
            Id = store.Info.Id,
            Format = store.Info.Format,
            Schema = Migrations.Version(connection),
            ModuleSchema = AlphaStore.CurrentSchemaVersion,
            CreatedAt = store.Info.Created,
            ChangedAt = LatestChange(connection),
            Alphas = Count(connection, "SELECT count(DISTINCT name) FROM alphas"),
            AlphaVersions = Count(connection, "SELECT count(*) FROM alphas"),
            Experiments = Count(connection, "SELECT count(*) FROM experiments"),
            Runs = Count(connection, "SELECT count(*) FROM runs"),
            FeatureSets = Count(connection, "SELECT count(DISTINCT name) FROM feature_sets"),
            FeatureVersions = Count(connection, "SELECT count(*) FROM feature_sets"),
            DriftReports = Count(connection, "SELECT count(*) FROM drift_reports"),
            DatabaseBytes =
                StoreFolder.Length(store.DatabasePath) + StoreFolder.Length(store.DatabasePath + "-wal"),
            TotalBytes = total,
            Leftovers = leftovers,
        });
    }

    private static long Count(SqliteConnection connection, string sql) =>
        Convert.ToInt64(connection.Scalar(sql), CultureInfo.InvariantCulture);

    private static DateTime? LatestChange(SqliteConnection connection) =>
        connection.Scalar(
            """
            SELECT max(at) FROM (
                SELECT max(at) AS at FROM audit_log UNION ALL SELECT max(created_at) FROM feature_sets
                UNION ALL SELECT max(created_at) FROM experiments UNION ALL SELECT max(created_at) FROM drift_reports
                UNION ALL SELECT max(created_at) FROM risk_events
            )
            """
        )
            is long at
            ? Sql.FromMicroseconds(at)
            : null;
}
