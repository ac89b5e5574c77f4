using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Storage;

/// <summary>
/// The one folder that holds everything: <c>store.json</c>, <c>registry.db</c> and the folders of feature sets,
/// experiments and reports. An instance owns one database connection and belongs to one thread at a time.
/// </summary>
public sealed class AlphaStore : IDisposable
{
    /// <summary>The environment variable that names the store when no parameter does.</summary>
    public const string EnvironmentVariable = "ALPHAFACTORY_STORE";

    /// <summary>The newest format of the folder that this version knows.</summary>
    public const int CurrentFormat = 1;

    private const string InfoFile = "store.json";
    private const string DatabaseFile = "registry.db";

    private readonly SqliteConnection _connection;

    private AlphaStore(string root, StoreInfo info, SqliteConnection connection)
    {
        Root = root;
        Info = info;
        _connection = connection;
    }

    /// <summary>The store's folder, a full path.</summary>
    public string Root { get; }

    /// <summary>What <c>store.json</c> says.</summary>
    public StoreInfo Info { get; }

    /// <summary>Where feature sets are.</summary>
    public string FeaturesFolder => Path.Combine(Root, "features");

    /// <summary>Where experiments are.</summary>
    public string ExperimentsFolder => Path.Combine(Root, "experiments");

    /// <summary>Where reports are.</summary>
    public string ReportsFolder => Path.Combine(Root, "reports");

    /// <summary>
    /// The store that a command without a path uses: <see cref="EnvironmentVariable"/>, else
    /// <c>alphafactory</c> in the user's local application data.
    /// </summary>
    public static string DefaultPath =>
        Environment.GetEnvironmentVariable(EnvironmentVariable) is { Length: > 0 } path
            ? path
            : Path.Combine(
                Environment.GetFolderPath(
                    Environment.SpecialFolder.LocalApplicationData,
                    Environment.SpecialFolderOption.DoNotVerify
                ),
                "alphafactory"
            );

    /// <summary>Whether there is a store at a path.</summary>
    public static bool Exists(string path) => File.Exists(Path.Combine(path, InfoFile));

    /// <summary>Opens a store to read from.</summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.StoreNotFound"/>, <see cref="ErrorId.StoreTooNew"/>, <see cref="ErrorId.StoreCorrupt"/>,
    /// <see cref="ErrorId.StoreReadOnly"/> or <see cref="ErrorId.StoreLocked"/>.
    /// </exception>
    public static AlphaStore Open(string path)
    {
        var root = Path.GetFullPath(path);
        if (!File.Exists(Path.Combine(root, InfoFile)))
        {
            throw new AlphaFactoryException(
                ErrorId.StoreNotFound,
                $"There is no store at '{root}'. Import data or register an alpha there to make one, "
                    + $"or name another with -Store or ${EnvironmentVariable}."
            )
            {
                Target = root,
            };
        }

        return OpenDatabase(root, ReadInfo(root));
    }

    /// <summary>Opens a store to write to, and makes it if there is none.</summary>
    /// <exception cref="AlphaFactoryException">As <see cref="Open"/>, and <see cref="ErrorId.DiskFull"/>.</exception>
    public static AlphaStore OpenOrCreate(string path, TimeProvider? time = null)
    {
        var root = Path.GetFullPath(path);
        var file = Path.Combine(root, InfoFile);
        if (!File.Exists(file))
        {
            var created = (time ?? TimeProvider.System).GetUtcNow().UtcDateTime;
            var info = new StoreInfo(CurrentFormat, Guid.NewGuid(), created);
            try
            {
                AtomicFile.WriteText(
                    file,
                    JsonSerializer.Serialize(info, StoreJson.Options) + "\n",
                    overwrite: false
                );
            }
            catch (IOException) when (File.Exists(file))
            {
                // Another process made the store at the same moment: it is as good as ours.
            }
        }

        return OpenDatabase(root, ReadInfo(root));
    }

    /// <summary>Reads from the database; what is read is one consistent state.</summary>
    /// <exception cref="AlphaFactoryException">The database is locked, unreadable or corrupt.</exception>
    public T Read<T>(Func<SqliteConnection, T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        return Translate(() =>
        {
            using var transaction = _connection.BeginTransaction(deferred: true);
            var result = read(_connection);
            transaction.Commit();
            return result;
        });
    }

    /// <summary>
    /// Reads rows one by one from one consistent state of the database, which writers do not wait for. Cancelling
    /// stops a query in the middle. Until the sequence has ended or is disposed, the store does nothing else.
    /// </summary>
    /// <exception cref="AlphaFactoryException">The database is locked, unreadable or corrupt.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    internal IEnumerable<T> Stream<T>(
        Func<SqliteConnection, IEnumerable<T>> read,
        CancellationToken cancellation
    )
    {
        using var interrupt = cancellation.Register(() =>
            SQLitePCL.raw.sqlite3_interrupt(_connection.Handle)
        );
        using var transaction = Translate(() => _connection.BeginTransaction(deferred: true));
        using var rows = read(_connection).GetEnumerator();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                if (!Translate(rows.MoveNext))
                {
                    yield break;
                }
            }
            catch (AlphaFactoryException) when (cancellation.IsCancellationRequested)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            yield return rows.Current;
        }
    }

    /// <summary>Changes the database: all of it, or nothing when <paramref name="write"/> throws.</summary>
    /// <remarks>The writer's lock is held from the start, so what is read inside does not change before the commit.</remarks>
    /// <exception cref="AlphaFactoryException">The database is locked, read-only, full or corrupt.</exception>
    public T Write<T>(Func<SqliteConnection, T> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        return Translate(() =>
        {
            using var transaction = _connection.BeginTransaction(deferred: false);
            var result = write(_connection);
            transaction.Commit();
            return result;
        });
    }

    /// <inheritdoc cref="Write{T}"/>
    public void Write(Action<SqliteConnection> write) =>
        Write(connection =>
        {
            write(connection);
            return true;
        });

    /// <summary>Closes the database; no file of the store stays open.</summary>
    public void Dispose() => _connection.Dispose();

    private static StoreInfo ReadInfo(string root)
    {
        var file = Path.Combine(root, InfoFile);
        StoreInfo? info;
        try
        {
            info = JsonSerializer.Deserialize<StoreInfo>(File.ReadAllText(file), StoreJson.Options);
        }
        catch (JsonException error)
        {
            throw Corrupt(file, error);
        }

        return info switch
        {
            null or { Format: < 1 } => throw Corrupt(file, null),
            { Format: > CurrentFormat } => throw TooNew(root, $"format {info.Format}"),
            _ => info,
        };
    }

    private static AlphaStore OpenDatabase(string root, StoreInfo info)
    {
        var path = Path.Combine(root, DatabaseFile);
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = path,
                Pooling = false,
                ForeignKeys = true,
                DefaultTimeout = 30,
            }.ToString()
        );
        var store = new AlphaStore(root, info, connection);
        try
        {
            store.Translate(() =>
            {
                connection.Open();
                connection.Execute("PRAGMA busy_timeout = 30000");
                if (Migrations.Pending(connection))
                {
                    connection.Execute("PRAGMA journal_mode = WAL");
                    Migrations.Apply(connection);
                }

                connection.Execute("PRAGMA synchronous = FULL");
                return Migrations.IsNewer(connection) ? throw TooNew(root, "a newer database") : true;
            });
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        return store;
    }

    private T Translate<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException error)
        {
            throw Named(error);
        }
    }

    private AlphaFactoryException Named(SqliteException error) =>
        error.SqliteErrorCode switch
        {
            SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED => new(
                ErrorId.StoreLocked,
                $"Another process has held the store at '{Root}' for over 30 seconds. Try again when it is done.",
                error
            ),
            SQLitePCL.raw.SQLITE_READONLY
            or SQLitePCL.raw.SQLITE_CANTOPEN
            or SQLitePCL.raw.SQLITE_PERM
            or SQLitePCL.raw.SQLITE_AUTH => new(
                ErrorId.StoreReadOnly,
                $"The store at '{Root}' cannot be written ({error.Message}). Give this user the right to write "
                    + "there, or choose another store.",
                error
            ),
            SQLitePCL.raw.SQLITE_FULL => new(
                ErrorId.DiskFull,
                $"There is no room left on the disk for the store at '{Root}'. Free some and try again; "
                    + "nothing was changed.",
                error
            ),
            SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB => Corrupt(
                Path.Combine(Root, DatabaseFile),
                error
            ),
            _ => new(
                ErrorId.Unexpected,
                $"The database of the store at '{Root}' failed: {error.Message}",
                error
            ),
        };

    private static AlphaFactoryException Corrupt(string file, Exception? inner) =>
        new(ErrorId.StoreCorrupt, $"'{file}' is damaged. Restore it from a backup.", inner) { Target = file };

    private static AlphaFactoryException TooNew(string root, string what) =>
        new(
            ErrorId.StoreTooNew,
            $"The store at '{root}' has {what}, which this version of AlphaFactory does not know. Update the module."
        )
        {
            Target = root,
        };
}
