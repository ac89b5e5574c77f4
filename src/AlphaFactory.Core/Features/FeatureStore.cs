using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO.Enumeration;
using System.Text.Json;
using AlphaFactory.Core.Expressions;
using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Features;

/// <summary>The feature sets of a store: immutable versions, written once and read many times.</summary>
/// <param name="store">The store, which the caller keeps open.</param>
public sealed class FeatureStore(AlphaStore store)
{
    private const string Select =
        "SELECT name, version, rows, entities, time_from, time_to, time_column, entity_column, columns, "
        + "content_hash, created_at, known_column, quarantined FROM feature_sets";

    private readonly AlphaStore _store = store;

    /// <summary>
    /// Reads files into a new version of a set; when anything is wrong, nothing changes. Content that is there
    /// already gives the version that has it.
    /// </summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.PathNotFound"/>, <see cref="ErrorId.FileFormatInvalid"/>, <see cref="ErrorId.RowInvalid"/>,
    /// <see cref="ErrorId.DuplicateKey"/>, <see cref="ErrorId.SchemaMismatch"/>,
    /// <see cref="ErrorId.FeatureSetExists"/>, <see cref="ErrorId.NameInvalid"/>, or what a store that cannot be
    /// written gives.
    /// </exception>
    public ImportResult Import(ImportRequest request, OperationContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        return new FeatureImport(_store, this, request, context).Run();
    }

    /// <summary>
    /// Every version of the sets whose name matches a pattern of <c>*</c> and <c>?</c> (without case; null takes
    /// all), by name, the newest version last.
    /// </summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="version">The version; null takes all.</param>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.FeatureSetNotFound"/>: the pattern is a name, and there is no such set or version.
    /// </exception>
    public IReadOnlyList<FeatureSet> List(string? pattern = null, int? version = null)
    {
        if (version is not null && pattern is not null && !pattern.AsSpan().ContainsAny('*', '?'))
        {
            return [Find(pattern, version)];
        }

        var all = All();
        if (version is not null)
        {
            all.RemoveAll(set => set.Version != version);
        }

        if (pattern is null)
        {
            return all;
        }

        var found = all.FindAll(set => FileSystemName.MatchesSimpleExpression(pattern, set.Name));
        return found.Count > 0 || pattern.AsSpan().ContainsAny('*', '?')
            ? found
            : throw NotFound(pattern, all);
    }

    /// <summary>One version of a set.</summary>
    /// <param name="name">The name, without case.</param>
    /// <param name="version">The version; null takes the newest.</param>
    /// <param name="asOf">When no version is given: takes the one that was the newest then.</param>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.FeatureSetNotFound"/>: there is no such set or version, or was none then.
    /// </exception>
    public FeatureSet Find(string name, int? version = null, DateTime? asOf = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        var versions = _store.Read(connection => Versions(connection, name));
        if (versions.Count == 0)
        {
            throw NotFound(name, All());
        }

        return version is null
            ? Newest(versions, asOf)
            : versions.Find(set => set.Version == version)
                ?? throw new AlphaFactoryException(
                    ErrorId.FeatureSetNotFound,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Feature set '{versions[0].Name}' has no version {version}: its versions are {versions[0].Version} to {versions[^1].Version}."
                    )
                )
                {
                    Target = name,
                };
    }

    /// <summary>
    /// Reads rows on the way, sorted by entity (ordinal), then time. Of a set with a known time, the latest known of
    /// each entity and time, unless the query asks for the history.
    /// </summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.SchemaMismatch"/>: an unknown column or entity; <see cref="ErrorId.StoreCorrupt"/>: a
    /// file is missing or not as it was written.
    /// </exception>
    [SuppressMessage(
        "Performance",
        "CA1822",
        Justification = "A set is read through the store that holds it."
    )]
    public IEnumerable<FeatureRow> Read(FeatureQuery query, OperationContext context)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(context);
        return FeatureReading.Rows(query, context);
    }

    /// <summary>
    /// Joins sets to a spine, never with what was not there or not known yet: for each row of the spine, and each set,
    /// of the rows of the same entity whose time and known time are not after the row's, the one of the latest time;
    /// of several of that time the latest known; nothing where there is none or it is older than the tolerance. The
    /// spine's rows come in their order; the sets to look up are held in memory.
    /// </summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.SchemaMismatch"/>: the spine has not the time or the entities; <see cref="ErrorId.RowInvalid"/>:
    /// an object of the spine has no time; <see cref="ErrorId.StoreCorrupt"/>.
    /// </exception>
    [SuppressMessage(
        "Performance",
        "CA1822",
        Justification = "A set is read through the store that holds it."
    )]
    public IEnumerable<FeatureRow> Join(JoinRequest request, OperationContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        return new FeatureJoin(request, context).Rows();
    }

    /// <summary>
    /// Loads numbers by column, entity and bar. Entities are in ordinal order; a set without an entity column is
    /// one entity named as the set; what is missing is NaN. Entities that are asked for are in the panel even when
    /// they have no row in the interval; else those with rows are. Of a set with a known time, a bar has the row
    /// that was known latest.
    /// </summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.SchemaMismatch"/>: an unknown column or entity, or a column without numbers;
    /// <see cref="ErrorId.StoreCorrupt"/>: a file is missing or not as it was written.
    /// </exception>
    public Panel LoadPanel(FeatureSet set, PanelRequest request, OperationContext context) =>
        Load(set, request, context).Panel;

    /// <summary>Loads a panel as <see cref="LoadPanel"/> does, and says what its rows were like.</summary>
    /// <exception cref="AlphaFactoryException">As <see cref="LoadPanel"/>.</exception>
    [SuppressMessage(
        "Performance",
        "CA1822",
        Justification = "A set is read through the store that holds it."
    )]
    public LoadedPanel Load(FeatureSet set, PanelRequest request, OperationContext context)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        return FeatureReading.Panel(set, request, context);
    }

    /// <summary>
    /// Removes a version and gives it back as it was: its row first, so that nobody finds it any more, then its folder. What is left of the
    /// folder by a crash is swept by a later import. Its number is not given again.
    /// </summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.FeatureSetNotFound"/>: somebody removed it first; or what a store that cannot be written
    /// gives.
    /// </exception>
    public FeatureSet Remove(FeatureSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        if (Directory.Exists(set.Path))
        {
            // Whoever finds the folder without its row, after a crash, knows that it is a leftover.
            _ = AtomicFile.Mark(set.Path);
        }

        _store.Write(connection =>
        {
            if (
                connection.Execute(
                    "DELETE FROM feature_sets WHERE name = $1 AND version = $2",
                    set.Name,
                    set.Version
                ) == 0
            )
            {
                throw NotFound(set.ToString(), []);
            }

            connection.Execute(
                """
                INSERT INTO removed_feature_sets (name, last_version) VALUES ($1, $2)
                ON CONFLICT (name) DO UPDATE SET last_version = max(last_version, excluded.last_version)
                """,
                set.Name,
                set.Version
            );
        });
        AtomicFile.Guard(
            set.Path,
            path =>
            {
                if (!Directory.Exists(path))
                {
                    return;
                }

                // Beside the sets, where leftovers are swept from.
                var aside = AtomicFile.CreateTemporaryFolder(Path.Combine(_store.FeaturesFolder, set.Name));
                AtomicFile.MoveFolder(path, Path.Combine(aside, "version"));
                Directory.Delete(aside, recursive: true);
                var parent = Path.GetDirectoryName(path)!;
                if (!Directory.EnumerateFileSystemEntries(parent).Any())
                {
                    Directory.Delete(parent);
                }
            }
        );
        return set;
    }

    /// <summary>The newest version of a set, or null.</summary>
    internal FeatureSet? Latest(string name) =>
        _store.Read(connection => Versions(connection, name)).LastOrDefault();

    /// <summary>All versions of a set, the newest last.</summary>
    internal List<FeatureSet> Versions(SqliteConnection connection, string name) =>
        connection.Query(Map, Select + " WHERE name = $1 ORDER BY version", name);

    /// <summary>The number of the next version of a set. None is given twice, even when versions were removed.</summary>
    internal static int NextVersion(SqliteConnection connection, string name) =>
        Convert.ToInt32(
            connection.Scalar(
                """
                SELECT 1 + max(
                    coalesce((SELECT max(version) FROM feature_sets WHERE name = $1), 0),
                    coalesce((SELECT last_version FROM removed_feature_sets WHERE name = $1), 0))
                """,
                name
            ),
            CultureInfo.InvariantCulture
        );

    /// <summary>Adds the row that makes a version visible.</summary>
    internal FeatureSet Insert(
        SqliteConnection connection,
        string name,
        int version,
        FeatureManifest manifest
    )
    {
        var columns = manifest.Columns.Select(c => new FeatureColumn(c.Name, c.Type, c.Missing)).ToList();
        connection.Execute(
            """
            INSERT INTO feature_sets
                (name, version, rows, entities, time_from, time_to, time_column, entity_column, columns,
                 content_hash, created_at, known_column, quarantined)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            """,
            name,
            version,
            manifest.Rows,
            manifest.Entities,
            manifest.From is { } from ? Sql.ToMicroseconds(from) : null,
            manifest.To is { } to ? Sql.ToMicroseconds(to) : null,
            manifest.TimeColumn,
            manifest.EntityColumn,
            JsonSerializer.Serialize(columns, StoreJson.Options),
            manifest.ContentHash,
            Sql.ToMicroseconds(manifest.CreatedAt),
            manifest.KnownColumn,
            manifest.Quarantine?.Rows ?? 0
        );
        return Versions(connection, name)[^1];
    }

    private static FeatureSet Newest(List<FeatureSet> versions, DateTime? asOf)
    {
        if (asOf is not { } time)
        {
            return versions[^1];
        }

        var instant = UtcDate.FromDateTime(time);
        return versions.FindLast(set => set.CreatedAt <= instant)
            ?? throw new AlphaFactoryException(
                ErrorId.FeatureSetNotFound,
                $"Feature set '{versions[0].Name}' was not in the store at {UtcDate.Format(instant)}: version "
                    + FormattableString.Invariant($"{versions[0].Version} came at ")
                    + $"{UtcDate.Format(versions[0].CreatedAt)}. Give -Version too, to ask what that version says "
                    + "was known then."
            )
            {
                Target = versions[0].Name,
            };
    }

    private List<FeatureSet> All() =>
        _store.Read(connection => connection.Query(Map, Select + " ORDER BY name, version"));

    private FeatureSet Map(SqliteDataReader row)
    {
        var name = row.GetString(0);
        var version = row.GetInt32(1);
        var folder = "v" + version.ToString("D6", CultureInfo.InvariantCulture);
        return new FeatureSet
        {
            Name = name,
            Version = version,
            Rows = row.GetInt64(2),
            Entities = row.GetInt32(3),
            From = row.IsDBNull(4) ? null : Sql.FromMicroseconds(row.GetInt64(4)),
            To = row.IsDBNull(5) ? null : Sql.FromMicroseconds(row.GetInt64(5)),
            TimeColumn = row.GetString(6),
            EntityColumn = row.IsDBNull(7) ? null : row.GetString(7),
            Columns = JsonSerializer.Deserialize<List<FeatureColumn>>(row.GetString(8), StoreJson.Options)!,
            ContentHash = row.GetString(9),
            CreatedAt = Sql.FromMicroseconds(row.GetInt64(10)),
            KnownColumn = row.IsDBNull(11) ? null : row.GetString(11),
            Quarantined = row.GetInt64(12),
            Path = Path.Combine(_store.FeaturesFolder, name, folder),
        };
    }

    private static AlphaFactoryException NotFound(string name, List<FeatureSet> all) =>
        new(
            ErrorId.FeatureSetNotFound,
            $"There is no feature set '{name}'. "
                + Nearest.Hint(
                    name,
                    [.. all.Select(set => set.Name).Distinct(StringComparer.OrdinalIgnoreCase)],
                    "The store has",
                    "The store has none yet: use Import-Feature."
                )
        )
        {
            Target = name,
        };
}
