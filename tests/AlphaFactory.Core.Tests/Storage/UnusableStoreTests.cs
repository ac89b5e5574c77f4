using System.Security.Cryptography;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Maintenance;
using AlphaFactory.Core.Registry;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Tests.Storage;

/// <summary>A folder that cannot be written, a full disk, a damaged or absent database: named, and left as it was.</summary>
public sealed class UnusableStoreTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_store_on_a_disk_that_nobody_can_write_is_read_tested_and_backed_up()
    {
        using var disk = new MountedFolder(8192);
        var path = disk.File("store");
        Make(path);
        disk.MakeReadOnly();
        var before = Hashes(path);

        using (var store = AlphaStore.Open(path))
        {
            Assert.Equal(
                20,
                new AlphaRegistry(store).Search(new AlphaQuery(), OperationContext.Silent).Count()
            );
            Assert.Empty(new StoreChecker(store).Run(OperationContext.Silent));
            _ = new StoreBackup(store).Write(_folder.File("backup"), force: false, OperationContext.Silent);
            AssertRefused(ErrorId.StoreReadOnly, () => Register(store, 1));
            AssertRefused(
                ErrorId.StoreReadOnly,
                () => _ = new StoreOptimizer(store).Run((_, _) => true, OperationContext.Silent).ToList()
            );
        }

        AssertRefused(ErrorId.StoreReadOnly, () => AlphaStore.OpenOrCreate(path).Dispose());
        AssertRefused(ErrorId.StoreReadOnly, () => AlphaStore.OpenOrCreate(disk.File("new")).Dispose());
        using var backup = AlphaStore.OpenOrCreate(_folder.File("backup"));
        Register(backup, 1);
        Assert.Equal(before, Hashes(path));
    }

    [Fact]
    public void What_another_user_writes_while_a_store_is_read_as_it_is_is_noticed()
    {
        using var disk = new MountedFolder(8192);
        var path = disk.File("store");
        Make(path);
        disk.MakeReadOnly();
        using var reader = AlphaStore.Open(path);
        Assert.Equal(20, Count(reader));
        disk.MakeWritable();
        using (var writer = AlphaStore.OpenOrCreate(path))
        {
            Register(writer, 5);
        }

        AssertRefused(ErrorId.StoreLocked, () => Count(reader));
        using var again = AlphaStore.Open(path);
        Assert.Equal(25, Count(again));
    }

    [Fact]
    public void A_full_disk_is_named_changes_nothing_and_reading_goes_on()
    {
        using var disk = new MountedFolder(4096);
        var path = disk.File("store");
        Make(path);
        disk.Fill(kilobytesLeft: 100);
        using (var store = AlphaStore.OpenOrCreate(path))
        {
            AssertRefused(ErrorId.DiskFull, () => Register(store, 1000));
            Assert.Equal(20, Count(store));
            AssertRefused(
                ErrorId.DiskFull,
                () => new StoreBackup(store).Write(disk.File("backup"), force: false, OperationContext.Silent)
            );
            Assert.False(Directory.Exists(disk.File("backup")));
        }

        disk.Fill(kilobytesLeft: 0);
        AssertRefused(
            ErrorId.DiskFull,
            () =>
            {
                using var store = AlphaStore.OpenOrCreate(path);
                Register(store, 1);
            }
        );
        AssertRefused(ErrorId.DiskFull, () => AlphaStore.OpenOrCreate(disk.File("new")).Dispose());
        Assert.False(AlphaStore.Exists(disk.File("new")));
        using (var reader = AlphaStore.Open(path))
        {
            Assert.Equal(20, Count(reader));
            Assert.Empty(new StoreChecker(reader).Run(OperationContext.Silent));
        }

        File.Delete(disk.File("filler"));
        using var after = AlphaStore.OpenOrCreate(path);
        Register(after, 1);
        Assert.Equal(21, Count(after));
        Assert.Empty(new StoreChecker(after).Run(OperationContext.Silent));
    }

    [Fact]
    public void A_backup_that_finds_no_room_names_the_disk_that_is_full()
    {
        using var disk = new MountedFolder(64);
        var path = _folder.File("store");
        Make(path);
        using var store = AlphaStore.Open(path);

        var error = Assert.Throws<AlphaFactoryException>(() =>
            new StoreBackup(store).Write(disk.File("backup"), force: false, OperationContext.Silent)
        );

        Assert.Equal(ErrorId.DiskFull, error.Id);
        Assert.Contains($"'{disk.File("backup")}'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(path, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(disk.File()));
    }

    [Fact]
    public void An_import_into_a_full_disk_leaves_no_trace()
    {
        using var disk = new MountedFolder(4096);
        var path = disk.File("store");
        Make(path);
        var csv = _folder.Write(
            "big.csv",
            "date,entity,x\n"
                + string.Concat(
                    Enumerable
                        .Range(0, 60_000)
                        .Select(i => FormattableString.Invariant($"2020-01-01,e{i},{i * 0.7182818}\n"))
                )
        );
        disk.Fill(kilobytesLeft: 300);
        using var store = AlphaStore.OpenOrCreate(path);

        AssertRefused(
            ErrorId.DiskFull,
            () =>
                new FeatureStore(store).Import(
                    new ImportRequest
                    {
                        Name = "big",
                        Paths = [csv],
                        Time = "date",
                        Entity = "entity",
                    },
                    OperationContext.Silent
                )
        );

        Assert.Empty(new FeatureStore(store).List());
        Assert.Empty(Directory.EnumerateFileSystemEntries(store.FeaturesFolder));
        Assert.Empty(new StoreChecker(store).Run(OperationContext.Silent));
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public void A_database_that_is_empty_or_gone_is_no_empty_store(string? content)
    {
        var path = _folder.File("store");
        Make(path);
        var database = Path.Combine(path, "registry.db");
        File.Delete(database);
        if (content is not null)
        {
            File.WriteAllText(database, content);
        }

        AssertRefused(ErrorId.StoreCorrupt, () => AlphaStore.Open(path).Dispose());
        AssertRefused(ErrorId.StoreCorrupt, () => AlphaStore.OpenOrCreate(path).Dispose());

        Assert.Equal(content is not null, File.Exists(database));
    }

    [Fact]
    public void A_store_whose_making_was_cut_short_is_made_by_the_next_writer()
    {
        var path = _folder.File("store");
        Make(path);
        File.Delete(Path.Combine(path, "store.json"));

        AssertRefused(ErrorId.StoreNotFound, () => AlphaStore.Open(path).Dispose());
        using var store = AlphaStore.OpenOrCreate(path);
        Assert.Equal(20, Count(store));
    }

    private static void Make(string path)
    {
        using var store = AlphaStore.OpenOrCreate(path);
        Register(store, 20);
    }

    private static void Register(AlphaStore store, int count) =>
        _ = new AlphaRegistry(store)
            .Register(
                Enumerable
                    .Range(0, count)
                    .Select(i => new AlphaDraft { Name = $"a{i}", Description = new string('x', 2000) }),
                OperationContext.Silent
            )
            .ToList();

    private static int Count(AlphaStore store) =>
        new AlphaRegistry(store).Search(new AlphaQuery(), OperationContext.Silent).Count();

    private static void AssertRefused(ErrorId id, Action action)
    {
        var error = Assert.Throws<AlphaFactoryException>(action);
        Assert.Equal(id, error.Id);
        Assert.False(string.IsNullOrWhiteSpace(error.Message));
    }

    private static List<string> Hashes(string path) =>
        [
            .. Directory
                .EnumerateFiles(path, "*", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Select(file => file + Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))),
        ];
}
