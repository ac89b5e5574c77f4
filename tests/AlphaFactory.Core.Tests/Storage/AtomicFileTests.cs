using System.Collections.Concurrent;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Tests.Storage;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_appears_whole_with_its_parent_folders()
    {
        var path = _folder.File("a", "b", "c.txt");

        AtomicFile.WriteText(path, "ümlaut\n");

        Assert.Equal("ümlaut\n"u8.ToArray(), File.ReadAllBytes(path));
        Assert.Single(Directory.GetFileSystemEntries(_folder.File("a", "b")));
    }

    [Fact]
    public void A_writer_that_fails_leaves_the_old_file_and_nothing_else()
    {
        var path = _folder.Write("x.txt", "old");

        Assert.Throws<InvalidDataException>(() =>
            AtomicFile.Write(
                path,
                stream =>
                {
                    stream.Write("half"u8);
                    throw new InvalidDataException();
                }
            )
        );

        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Of_many_who_write_a_new_file_at_once_one_wins_and_the_others_are_told()
    {
        for (var round = 0; round < 50; round++)
        {
            var path = _folder.File($"new-{round}.txt");
            var wins = new ConcurrentBag<int>();
            Parallel.For(
                0,
                8,
                writer =>
                {
                    try
                    {
                        AtomicFile.WriteText(path, $"{writer}", overwrite: false);
                        wins.Add(writer);
                    }
                    catch (IOException)
                    {
                        // Told.
                    }
                }
            );

            Assert.Equal($"{Assert.Single(wins)}", File.ReadAllText(path));
        }
    }

    [Fact]
    public void A_file_that_may_not_be_replaced_stays()
    {
        var path = _folder.Write("x.txt", "old");

        Assert.Throws<IOException>(() => AtomicFile.WriteText(path, "new", overwrite: false));

        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_folder_appears_with_all_its_files_or_not_at_all()
    {
        var path = _folder.File("set");
        AtomicFile.CreateFolder(path, temporary => File.WriteAllText(Path.Combine(temporary, "a"), "1"));

        Assert.Throws<InvalidDataException>(() =>
            AtomicFile.CreateFolder(
                _folder.File("other"),
                temporary =>
                {
                    File.WriteAllText(Path.Combine(temporary, "a"), "1");
                    throw new InvalidDataException();
                }
            )
        );

        Assert.Equal([path], Directory.GetFileSystemEntries(_folder.Path));
        Assert.Equal("1", File.ReadAllText(Path.Combine(path, "a")));
    }

    [Fact]
    public void A_folder_takes_the_place_of_an_older_one_or_leaves_it_be()
    {
        var path = _folder.File("set");
        AtomicFile.ReplaceFolder(path, temporary => File.WriteAllText(Path.Combine(temporary, "old"), "1"));
        AtomicFile.ReplaceFolder(path, temporary => File.WriteAllText(Path.Combine(temporary, "new"), "2"));

        Assert.Throws<InvalidDataException>(() =>
            AtomicFile.ReplaceFolder(path, _ => throw new InvalidDataException())
        );

        Assert.Equal([Path.Combine(path, "new")], Directory.GetFileSystemEntries(path));
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Rivals_for_a_folder_leave_one_of_theirs_whole()
    {
        var path = _folder.File("set");

        Parallel.For(
            0,
            40,
            i =>
                AtomicFile.ReplaceFolder(
                    path,
                    temporary =>
                    {
                        File.WriteAllText(Path.Combine(temporary, "a"), $"{i}");
                        File.WriteAllText(Path.Combine(temporary, "b"), $"{i}");
                    }
                )
        );

        Assert.Equal(File.ReadAllText(Path.Combine(path, "a")), File.ReadAllText(Path.Combine(path, "b")));
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Sweeping_takes_what_the_dead_left_and_spares_the_living_and_the_user()
    {
        // Process ids end at 4,194,304 on Linux, and are multiples of four on Windows.
        var dead = _folder.Write(".999999999-0123456789ab.tmp", "");
        var living = _folder.Write($".{Environment.ProcessId}-0123456789ab.tmp", "");
        var users = _folder.Write("notes.tmp", "");

        var swept = AtomicFile.Sweep(_folder.Path);

        Assert.Equal([dead], swept);
        Assert.True(File.Exists(living));
        Assert.True(File.Exists(users));
    }

    [Fact]
    public void What_a_scanner_holds_for_a_moment_is_tried_again_on_windows()
    {
        const int AccessDenied = unchecked((int)0x80070005);
        Assert.True(AtomicFile.IsPassing(new IOException("shared", unchecked((int)0x80070020))));
        // A rename over an open file, and one of a folder with an open file in it.
        Assert.Equal(OperatingSystem.IsWindows(), AtomicFile.IsPassing(new UnauthorizedAccessException()));
        Assert.Equal(
            OperatingSystem.IsWindows(),
            AtomicFile.IsPassing(new IOException("denied", AccessDenied))
        );
        Assert.False(AtomicFile.IsPassing(new FileNotFoundException()));
    }

    [Fact]
    public void A_file_where_a_folder_must_be_is_an_error_and_stays()
    {
        var file = _folder.Write("x", "old");

        var error = Assert.Throws<AlphaFactoryException>(() =>
            AtomicFile.WriteText(Path.Combine(file, "y"), "new")
        );

        Assert.Equal(ErrorId.StoreReadOnly, error.Id);
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(file));
    }
}
