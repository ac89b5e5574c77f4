using System.Diagnostics;
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

    // A write-ahead log that grew under a long read is cut back to 64 MiB.
    private const string WriterSettings =
        "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864";

    // How long to wait for others.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SqliteConnection _connection;
    private readonly FileStamp? _frozen;
    private bool _ready;

    // Each connection belongs to one thread, so SQLite need not lock it at every call. It heeds this unless somebody
    // has used it before.
    static AlphaStore()
    {
        SQLitePCL.Batteries_V2.Init();
        _ = SQLitePCL.raw.sqlite3_config(SQLitePCL.raw.SQLITE_CONFIG_MULTITHREAD);
        _ = SQLitePCL.raw.sqlite3_config(SQLitePCL.raw.SQLITE_CONFIG_MEMSTATUS, 0);
    }

    private AlphaStore(string root, StoreInfo info, SqliteConnection connection, FileStamp? frozen)
    {
        Root = root;
        Info = info;
        _connection = connection;
        _frozen = frozen;
    }

    /// <summary>The store's folder, a full path.</summary>
    public string Root { get; }

    /// <summary>What <c>store.json</c> says.</summary>
    public StoreInfo Info { get; }

    /// <summary>The database, a full path.</summary>
    public string DatabasePath => Path.Combine(Root, DatabaseFile);

    /// <summary>How many of the numbered changes of the schema the database has seen.</summary>
    public int SchemaVersion => Translate(() => Migrations.Version(_connection));

    /// <summary>How many numbered changes of the schema this module knows.</summary>
    public static int CurrentSchemaVersion => Migrations.Count;

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

    /// <summary>
    /// Opens a store to read from. A folder that this user cannot write is read as it is: then what another user
    /// writes in the meantime makes a read fail with <see cref="ErrorId.StoreLocked"/>.
    /// </summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.StoreNotFound"/>, <see cref="ErrorId.StoreTooNew"/>, <see cref="ErrorId.StoreCorrupt"/>,
    /// <see cref="ErrorId.StoreReadOnly"/> or <see cref="ErrorId.StoreLocked"/>.
    /// </exception>
    public static AlphaStore Open(string path)
    {
        var root = Path.GetFullPath(path);
        if (!Exists(root))
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

        var info = ReadInfo(root);
        try
        {
            return OpenDatabase(root, info, Access.Existing);
        }
        catch (AlphaFactoryException error) when (error.Id is ErrorId.StoreReadOnly or ErrorId.DiskFull)
        {
            return OpenDatabase(root, info, Access.AsItIs);
        }
    }

    /// <summary>
    /// Opens a copy that is being made of a store, and lets its database write ahead, as a store's does: the copy
    /// that SQLite makes does not.
    /// </summary>
    internal static AlphaStore OpenCopy(string folder)
    {
        var copy = OpenDatabase(folder, ReadInfo(folder), Access.Existing);
        _ = copy.Maintain(
            connection => connection.Scalar("PRAGMA journal_mode = WAL"),
            CancellationToken.None
        );
        return copy;
    }

    /// <summary>Opens a store to write to, and makes it if there is none.</summary>
    /// <exception cref="AlphaFactoryException">As <see cref="Open"/>, and <see cref="ErrorId.DiskFull"/>.</exception>
    public static AlphaStore OpenOrCreate(string path, TimeProvider? time = null)
    {
        var root = Path.GetFullPath(path);
        if (!Exists(root))
        {
            Create(root, time ?? TimeProvider.System);
        }

        return OpenDatabase(root, ReadInfo(root), Access.Existing);
    }

    /// <summary>Reads from the database; what is read is one consistent state.</summary>
    /// <exception cref="AlphaFactoryException">The database is locked, unreadable or corrupt.</exception>
    public T Read<T>(Func<SqliteConnection, T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        return Translate(() =>
        {
            Run(_connection, "BEGIN");
            try
            {
                return read(_connection);
            }
            finally
            {
                RollBack();
            }
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
        Run(_connection, "BEGIN");
        try
        {
            using var rows = read(_connection).GetEnumerator();
            Func<bool> next = rows.MoveNext;
            while (Next(next, cancellation))
            {
                yield return rows.Current;
            }
        }
        finally
        {
            RollBack();
        }
    }

    private bool Next(Func<bool> next, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            return Translate(next);
        }
        catch (AlphaFactoryException) when (cancellation.IsCancellationRequested)
        {
            cancellation.ThrowIfCancellationRequested();
            throw;
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
            BeginWriting();
            try
            {
                var result = write(_connection);
                _ = _connection.Execute("COMMIT");
                return result;
            }
            catch
            {
                RollBack();
                throw;
            }
        });
    }

    /// <summary>
    /// Takes the writer's lock, looking every few milliseconds: SQLite's own waiting looks ten times a second, and
    /// where many write all the time may find the lock taken again for as long as it has patience.
    /// </summary>
    private void BeginWriting()
    {
        MakeReady();
        var handle = _connection.Handle!;
        var waited = Stopwatch.StartNew();
        _ = SQLitePCL.raw.sqlite3_busy_timeout(handle, 0);
        try
        {
            var result = SQLitePCL.raw.sqlite3_exec(handle, "BEGIN IMMEDIATE");
            while (result == SQLitePCL.raw.SQLITE_BUSY && waited.Elapsed < Patience)
            {
                Thread.Sleep(Random.Shared.Next(1, 8));
                result = SQLitePCL.raw.sqlite3_exec(handle, "BEGIN IMMEDIATE");
            }

            SqliteException.ThrowExceptionForRC(result, handle);
        }
        finally
        {
            _ = SQLitePCL.raw.sqlite3_busy_timeout(handle, (int)Patience.TotalMilliseconds);
        }
    }

    /// <summary>
    /// Says how the database is to be written. Those who only read are spared it: that is a tenth of a search.
    /// </summary>
    private void MakeReady()
    {
        if (!_ready)
        {
            Run(_connection, WriterSettings);
            _ready = true;
        }
    }

    private static void Run(SqliteConnection connection, string sql) =>
        SqliteException.ThrowExceptionForRC(
            SQLitePCL.raw.sqlite3_exec(connection.Handle, sql),
            connection.Handle
        );

    /// <summary>Ends a transaction and undoes what it wrote, unless a failure has done so already.</summary>
    private void RollBack()
    {
        if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0)
        {
            _ = SQLitePCL.raw.sqlite3_exec(_connection.Handle, "ROLLBACK");
        }
    }

    /// <inheritdoc cref="Write{T}"/>
    public void Write(Action<SqliteConnection> write) =>
        Write(connection =>
        {
            write(connection);
            return true;
        });

    /// <summary>Runs statements outside of any transaction, for those that cannot run in one.</summary>
    /// <exception cref="AlphaFactoryException">The database is locked, read-only, full or corrupt.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the statement has changed nothing.</exception>
    internal T Maintain<T>(Func<SqliteConnection, T> work, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var interrupt = cancellation.Register(() =>
            SQLitePCL.raw.sqlite3_interrupt(_connection.Handle)
        );
        try
        {
            return Translate(() =>
            {
                MakeReady();
                return work(_connection);
            });
        }
        catch (AlphaFactoryException) when (cancellation.IsCancellationRequested)
        {
            cancellation.ThrowIfCancellationRequested();
            throw;
        }
    }

    /// <summary>Closes the database; no file of the store stays open.</summary>
    public void Dispose() => _connection.Dispose();

    /// <summary>
    /// Makes the database, then <c>store.json</c>, whose appearance is the moment the store exists: from then on an
    /// absent or empty database is a damaged one.
    /// </summary>
    private static void Create(string root, TimeProvider time)
    {
        var info = new StoreInfo(CurrentFormat, Guid.NewGuid(), time.GetUtcNow().UtcDateTime);
        var file = Path.Combine(root, InfoFile);
        AtomicFile.Guard(file, _ => OpenDatabase(root, info, Access.New).Dispose());
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

    private static StoreInfo ReadInfo(string root)
    {
        var file = Path.Combine(root, InfoFile);
        StoreInfo? info;
        try
        {
            info = StoreInfo.Parse(File.ReadAllText(file));
        }
        catch (JsonException error)
        {
            throw Corrupt(file, error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new AlphaFactoryException(
                ErrorId.StoreReadOnly,
                $"'{file}' cannot be read: {error.Message} Give this user the right to read the store's folder, "
                    + "or choose another store.",
                error
            )
            {
                Target = file,
            };
        }

        return info switch
        {
            null or { Format: < 1 } => throw Corrupt(file, null),
            { Format: > CurrentFormat } => throw TooNew(root, $"format {info.Format}"),
            _ => info,
        };
    }

    private static AlphaStore OpenDatabase(string root, StoreInfo info, Access access)
    {
        var path = Path.Combine(root, DatabaseFile);
        if (access != Access.New && new FileInfo(path) is not { Exists: true, Length: > 0 })
        {
            throw Corrupt(path, null);
        }

        // Without a log beside it the database is all there is, and SQLite need write nothing to read it.
        var frozen = access == Access.AsItIs && !FileStamp.HasLog(path) ? FileStamp.Of(path) : null;
        var connection = new SqliteConnection(ConnectionString(path, access, frozen is not null));
        var store = new AlphaStore(root, info, connection, frozen);
        try
        {
            store.Translate(() => Prepare(connection, root, access));
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        return store;
    }

    private static string ConnectionString(string path, Access access, bool frozen) =>
        new SqliteConnectionStringBuilder
        {
            DataSource = frozen ? new Uri(path).AbsoluteUri + "?immutable=1" : path,
            Mode = access switch
            {
                Access.New => SqliteOpenMode.ReadWriteCreate,
                Access.Existing => SqliteOpenMode.ReadWrite,
                _ => SqliteOpenMode.ReadOnly,
            },
            Pooling = false,
            DefaultTimeout = 30,
        }.ToString();

    private static bool Prepare(SqliteConnection connection, string root, Access access)
    {
        connection.Open();
        _ = SQLitePCL.raw.sqlite3_busy_timeout(connection.Handle, (int)Patience.TotalMilliseconds);
        var version = Migrations.Version(connection);
        if (version == Migrations.Count)
        {
            return true;
        }

        if (version > Migrations.Count)
        {
            throw TooNew(root, "a newer database");
        }

        if (access == Access.AsItIs)
        {
            throw new AlphaFactoryException(
                ErrorId.StoreReadOnly,
                $"The store at '{root}' was written by an older version of AlphaFactory and must be brought "
                    + "forward, but it cannot be written. Open it once as a user who may write there."
            )
            {
                Target = root,
            };
        }

        connection.Execute("PRAGMA journal_mode = WAL");
        Run(connection, WriterSettings);
        Migrations.Apply(connection);
        return true;
    }

    private T Translate<T>(Func<T> work)
    {
        try
        {
            var result = work();
            RequireFrozen(null);
            return result;
        }
        catch (SqliteException error)
        {
            RequireFrozen(error);
            throw Named(error);
        }
    }

    /// <summary>Fails when somebody changed a database that is read without locks.</summary>
    private void RequireFrozen(Exception? cause)
    {
        if (_frozen is not null && FileStamp.Of(DatabasePath) != _frozen)
        {
            throw new AlphaFactoryException(
                ErrorId.StoreLocked,
                $"The store at '{Root}' was changed by another user while it was read, and this user cannot write "
                    + "there, which a lock would need. Read it again.",
                cause
            )
            {
                Target = Root,
            };
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
            SQLitePCL.raw.SQLITE_FULL => DiskIsFull(error),
            // The index of the write-ahead log is a file of its own, which SQLite fails to enlarge in other words.
            SQLitePCL.raw.SQLITE_IOERR when HasNoRoom() => DiskIsFull(error),
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

    private AlphaFactoryException DiskIsFull(SqliteException error) =>
        new(
            ErrorId.DiskFull,
            $"There is no room left on the disk for the store at '{Root}'. Free some and try again; "
                + "nothing was changed.",
            error
        )
        {
            Target = Root,
        };

    private bool HasNoRoom()
    {
        const long LogIndexGrowth = 64 << 10;
        try
        {
            return new DriveInfo(Root).AvailableFreeSpace < LogIndexGrowth;
        }
        catch (Exception error)
            when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }

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

    private enum Access
    {
        /// <summary>Reads and writes, and makes the database.</summary>
        New,

        /// <summary>Reads and writes a database that is there.</summary>
        Existing,

        /// <summary>Reads and leaves every file as it is.</summary>
        AsItIs,
    }

    /// <summary>What changes about a database's file when anybody changes the database.</summary>
    private sealed record FileStamp(DateTime Written, long Length, bool Logged)
    {
        public static FileStamp Of(string path)
        {
            var file = new FileInfo(path);
            return new FileStamp(file.LastWriteTimeUtc, file.Exists ? file.Length : -1, HasLog(path));
        }

        public static bool HasLog(string path) =>
            new FileInfo(path + "-wal") is { Exists: true, Length: > 0 };
    }
}
