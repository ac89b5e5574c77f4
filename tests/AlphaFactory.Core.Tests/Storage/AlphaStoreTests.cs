using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Tests.Storage;

public sealed class AlphaStoreTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Root => _folder.File("store");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_reader_that_finds_no_store_says_where_it_looked_and_makes_none()
    {
        var error = Assert.Throws<AlphaFactoryException>(() => AlphaStore.Open(Root));

        Assert.Equal(ErrorId.StoreNotFound, error.Id);
        Assert.Contains(Root, error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Root));
    }

    [Fact]
    public void A_store_keeps_its_id_when_it_is_opened_again()
    {
        Guid id;
        using (var made = AlphaStore.OpenOrCreate(Root))
        {
            id = made.Info.Id;
        }

        using var opened = AlphaStore.Open(Root);
        Assert.Equal(id, opened.Info.Id);
        Assert.Equal(AlphaStore.CurrentFormat, opened.Info.Format);
    }

    [Fact]
    public async Task Many_who_make_the_same_store_at_once_all_get_it()
    {
        var ids = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(_ =>
                    Task.Run(() =>
                    {
                        using var store = AlphaStore.OpenOrCreate(Root);
                        return store.Info.Id;
                    })
                )
        );

        Assert.Single(ids.Distinct());
    }

    [Fact]
    public void A_write_that_fails_changes_nothing()
    {
        using var store = AlphaStore.OpenOrCreate(Root);
        store.Write(connection => connection.Execute("CREATE TABLE t (x INTEGER)"));

        Assert.Throws<InvalidDataException>(() =>
            store.Write(connection =>
            {
                connection.Execute("INSERT INTO t VALUES (1)");
                throw new InvalidDataException();
            })
        );

        Assert.Equal(0L, store.Read(connection => connection.Scalar("SELECT count(*) FROM t")));
    }

    [Fact]
    public void No_file_stays_open_after_dispose()
    {
        AlphaStore.OpenOrCreate(Root).Dispose();

        // Windows refuses to rename a folder in which a file is open.
        Directory.Move(Root, _folder.File("moved"));
        AlphaStore.Open(_folder.File("moved")).Dispose();
        Assert.False(File.Exists(_folder.File("moved", "registry.db-wal")));
    }

    [Fact]
    public void A_newer_folder_is_refused_and_left_as_it_was()
    {
        AlphaStore.OpenOrCreate(Root).Dispose();
        var file = _folder.File("store", "store.json");
        var newer = File.ReadAllText(file)
            .Replace("\"format\": 1", "\"format\": 99", StringComparison.Ordinal);
        File.WriteAllText(file, newer);

        Assert.Equal(
            ErrorId.StoreTooNew,
            Assert.Throws<AlphaFactoryException>(() => AlphaStore.Open(Root)).Id
        );
        Assert.Equal(
            ErrorId.StoreTooNew,
            Assert.Throws<AlphaFactoryException>(() => AlphaStore.OpenOrCreate(Root)).Id
        );
        Assert.Equal(newer, File.ReadAllText(file));
    }

    [Fact]
    public void A_newer_database_is_refused()
    {
        using (var store = AlphaStore.OpenOrCreate(Root))
        {
            store.Write(connection => connection.Execute("PRAGMA user_version = 9999"));
        }

        Assert.Equal(
            ErrorId.StoreTooNew,
            Assert.Throws<AlphaFactoryException>(() => AlphaStore.Open(Root)).Id
        );
    }

    [Theory]
    [InlineData("store.json", "")]
    [InlineData("store.json", "{")]
    [InlineData("store.json", "null")]
    [InlineData("store.json", "{\"format\":0}")]
    [InlineData("store.json", "{\"format\":\"x\"}")]
    [InlineData("registry.db", "this is not a database, but it is long enough to be looked at as one")]
    public void A_damaged_file_is_named(string name, string content)
    {
        AlphaStore.OpenOrCreate(Root).Dispose();
        File.WriteAllText(_folder.File("store", name), content);

        var error = Assert.Throws<AlphaFactoryException>(() => AlphaStore.Open(Root));

        Assert.Equal(ErrorId.StoreCorrupt, error.Id);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(_folder.File("store", name)));
    }

    [Fact]
    public void A_damaged_page_is_found_when_it_is_read()
    {
        using (var store = AlphaStore.OpenOrCreate(Root))
        {
            store.Write(connection =>
            {
                connection.Execute("CREATE TABLE t (x TEXT)");
                connection.Execute(
                    "INSERT INTO t SELECT hex(randomblob(2000)) FROM (VALUES (1), (2), (3), (4))"
                );
            });
        }

        var database = _folder.File("store", "registry.db");
        using (var stream = File.OpenWrite(database))
        {
            stream.Position = stream.Length - 8192;
            stream.Write(Enumerable.Repeat((byte)0xA5, 8192).ToArray());
        }

        using var damaged = AlphaStore.Open(Root);
        var error = Assert.Throws<AlphaFactoryException>(() =>
            damaged.Read(connection => connection.Query(row => row.GetString(0), "SELECT x FROM t"))
        );
        Assert.Equal(ErrorId.StoreCorrupt, error.Id);
    }

    [Fact]
    public void The_store_is_a_sqlite_database_in_wal_mode_that_any_tool_opens()
    {
        AlphaStore.OpenOrCreate(Root).Dispose();

        using var connection = new SqliteConnection(
            $"Data Source={_folder.File("store", "registry.db")};Pooling=False"
        );
        connection.Open();
        Assert.Equal("wal", connection.Scalar("PRAGMA journal_mode"));
        Assert.Equal("ok", connection.Scalar("PRAGMA integrity_check"));
    }
}
