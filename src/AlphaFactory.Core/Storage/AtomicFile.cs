using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Polly;
using Polly.Retry;

namespace AlphaFactory.Core.Storage;

/// <summary>
/// Writes files and folders so that a reader, or the next process after a crash, finds the old one or the new
/// one and nothing between: everything goes to a temporary name in the same folder, is flushed, then renamed.
/// </summary>
public static partial class AtomicFile
{
    // What another machine left is given this long.
    private static readonly TimeSpan ForeignPatience = TimeSpan.FromDays(1);

    // Start times are rounded, and a file system's clock may be a little behind.
    private static readonly TimeSpan ClockSlack = TimeSpan.FromSeconds(5);

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private static readonly string Place = FindPlace();

    // A virus scanner or an indexer holds a new file for a moment on Windows.
    private static readonly ResiliencePipeline SharingViolations = new ResiliencePipelineBuilder()
        .AddRetry(
            new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<Exception>(IsPassing),
                MaxRetryAttempts = 6,
                Delay = TimeSpan.FromMilliseconds(10),
                BackoffType = DelayBackoffType.Exponential,
            }
        )
        .Build();

    /// <summary>Writes a text file (UTF-8, no byte-order mark).</summary>
    /// <inheritdoc cref="Write"/>
    public static void WriteText(string path, string text, bool overwrite = true) =>
        Write(path, stream => stream.Write(Utf8.GetBytes(text)), overwrite);

    /// <summary>Writes a file; missing parent folders are made.</summary>
    /// <param name="path">The file to appear.</param>
    /// <param name="write">Writes the content; when it throws, nothing appears.</param>
    /// <param name="overwrite">Whether a file that is there may be replaced.</param>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.DiskFull"/> or <see cref="ErrorId.StoreReadOnly"/>.
    /// </exception>
    /// <exception cref="IOException">The file is there and may not be replaced.</exception>
    public static void Write(string path, Action<Stream> write, bool overwrite = true)
    {
        ArgumentNullException.ThrowIfNull(write);
        Guard(
            path,
            target =>
            {
                using var file = new PendingFile(target);
                write(file.Stream);
                file.Publish(overwrite);
            }
        );
    }

    /// <summary>Makes a folder appear with all its files at once.</summary>
    /// <param name="path">The folder to appear; it must not exist.</param>
    /// <param name="fill">Writes the files into the temporary folder it is given; when it throws, nothing appears.</param>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.DiskFull"/> or <see cref="ErrorId.StoreReadOnly"/>.
    /// </exception>
    public static void CreateFolder(string path, Action<string> fill) =>
        PublishFolder(path, fill, MoveFolder);

    /// <summary>
    /// Makes a folder appear with all its files at once, in place of one of that name if there is one. Only for
    /// folders that are the product's own: whatever else the old one holds is gone.
    /// </summary>
    /// <inheritdoc cref="CreateFolder"/>
    public static void ReplaceFolder(string path, Action<string> fill) =>
        PublishFolder(path, fill, SwapFolder);

    /// <summary>
    /// Makes an empty folder beside <paramref name="path"/> under a temporary name, for work that is published
    /// later by <see cref="MoveFolder"/>.
    /// </summary>
    public static string CreateTemporaryFolder(string path)
    {
        var temporary = "";
        Guard(
            path,
            target =>
            {
                temporary = TemporaryName(target);
                Directory.CreateDirectory(temporary);
            }
        );
        return temporary;
    }

    /// <summary>Renames a folder whose files have been flushed to its final name.</summary>
    public static void MoveFolder(string temporary, string path) =>
        SharingViolations.Execute(() => Directory.Move(temporary, path));

    /// <summary>Flushes a file that a library wrote, so that a rename after it is safe.</summary>
    public static void Flush(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>
    /// Marks a folder as not yet, or no longer, part of the store: when this process dies before
    /// <see cref="Unmark"/>, whoever finds the folder knows that it is a leftover.
    /// </summary>
    /// <returns>The mark's path, an empty file in the folder.</returns>
    public static string Mark(string folder)
    {
        var mark = "";
        Guard(
            Path.Combine(folder, "mark"),
            target =>
            {
                mark = TemporaryName(target);
                using var stream = new FileStream(mark, FileMode.CreateNew);
                stream.Flush(flushToDisk: true);
            }
        );
        return mark;
    }

    /// <summary>Takes a mark out of the folder that it is in now. What cannot be deleted is swept later.</summary>
    public static void Unmark(string folder, string mark)
    {
        try
        {
            File.Delete(Path.Combine(folder, Path.GetFileName(mark)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The folder is complete whether or not the mark is in it.
        }
    }

    /// <summary>Whether a process has marked a folder, dead or alive.</summary>
    public static bool IsMarked(string folder) => Directory.EnumerateFiles(folder, ".*.tmp").Any(IsTemporary);

    /// <summary>Whether a file or folder name is a temporary one that a crash may have left.</summary>
    public static bool IsTemporary(string path) => TemporaryPattern().IsMatch(Path.GetFileName(path));

    /// <summary>Whether a file or folder is a temporary one of a process that is dead.</summary>
    public static bool IsLeftover(string path)
    {
        var match = TemporaryPattern().Match(Path.GetFileName(path));
        if (!match.Success)
        {
            return false;
        }

        var written = File.GetLastWriteTimeUtc(path);
        return match.Groups["place"] is { Success: true } place && place.Value != Place
            // Another machine or container: whether its process lives cannot be known here.
            ? written < DateTime.UtcNow - ForeignPatience
            : !IsAlive(int.Parse(match.Groups["process"].Value, CultureInfo.InvariantCulture), written);
    }

    /// <summary>
    /// Deletes what crashed writers left in a folder. What a living process writes stays; so does, for a day, what
    /// came from another machine or container.
    /// </summary>
    /// <returns>The paths that were deleted.</returns>
    public static IReadOnlyList<string> Sweep(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }

        return [.. Directory.EnumerateFileSystemEntries(folder, ".*.tmp").Where(IsLeftover).Where(TryDelete)];
    }

    /// <summary>Deletes a file or folder; somebody who is at it at the same moment is no error.</summary>
    /// <returns>Whether it was deleted here.</returns>
    internal static bool TryDelete(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
                return true;
            }

            var there = File.Exists(path);
            File.Delete(path);
            return there;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Runs work on files and gives a full disk and a read-only folder their error ids.</summary>
    public static void Guard(string path, Action<string> work)
    {
        var target = Path.GetFullPath(path);
        try
        {
            if (Path.GetDirectoryName(target) is { Length: > 0 } parent)
            {
                CreateParent(parent);
            }

            work(target);
        }
        catch (IOException error) when (IsDiskFull(error))
        {
            throw new AlphaFactoryException(
                ErrorId.DiskFull,
                $"There is no room left on the disk for '{target}'. Free some and try again; nothing was changed.",
                error
            );
        }
        catch (Exception error) when (error is UnauthorizedAccessException || IsReadOnlyDisk(error))
        {
            throw new AlphaFactoryException(
                ErrorId.StoreReadOnly,
                $"'{target}' cannot be written: {error.Message} Give this user the right to write there, "
                    + "or choose another place.",
                error
            );
        }
    }

    /// <summary>Renames a file that has been flushed to its final name.</summary>
    internal static void Publish(string temporary, string target, bool overwrite) =>
        SharingViolations.Execute(() => Rename(temporary, target, overwrite));

    private static void Rename(string temporary, string target, bool overwrite)
    {
        // On Unix, File.Move looks for the target first and renames after, and of two who look at once the second
        // replaces what the first has written. A link is made or refused in one step.
        if (!overwrite && !OperatingSystem.IsWindows())
        {
            const int AlreadyThere = 17;
            if (Link(Terminated(temporary), Terminated(target)) == 0)
            {
                File.Delete(temporary);
                return;
            }

            if (Marshal.GetLastPInvokeError() == AlreadyThere)
            {
                throw new IOException($"The file '{target}' already exists.");
            }
        }

        // Also for the file systems that know no links.
        File.Move(temporary, target, overwrite);
    }

    private static byte[] Terminated(string path) => Utf8.GetBytes(path + '\0');

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link(byte[] existing, byte[] added);

    private static void CreateParent(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (IOException error) when (!IsDiskFull(error))
        {
            throw new AlphaFactoryException(
                ErrorId.StoreReadOnly,
                $"The folder '{folder}' cannot be made: {error.Message} Choose another place.",
                error
            );
        }
    }

    private static void SwapFolder(string temporary, string target)
    {
        // No system renames a folder over a full one: the old one steps aside first. Somebody else may be doing
        // the same, so a step that finds the other's work starts again.
        const int Attempts = 10;
        var aside = TemporaryName(target);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (Directory.Exists(target))
                {
                    // Else a sweep takes what stepped aside for older than this process, and so for a leftover.
                    Directory.SetLastWriteTimeUtc(target, DateTime.UtcNow);
                    MoveFolder(target, aside);
                }

                MoveFolder(temporary, target);
                break;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                PutBack(aside, target);
                if (error is not IOException || attempt == Attempts)
                {
                    throw;
                }
            }
        }

        TryDeleteFolder(aside);
    }

    private static void PutBack(string aside, string target)
    {
        try
        {
            if (Directory.Exists(aside) && !Directory.Exists(target))
            {
                MoveFolder(aside, target);
            }
        }
        catch (IOException) when (Directory.Exists(target))
        {
            // Somebody else's folder is there now, and is newer than what stepped aside.
        }

        TryDeleteFolder(aside);
    }

    private static void DeleteFolder(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void TryDeleteFolder(string folder)
    {
        try
        {
            DeleteFolder(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A reader holds a file of it: its name says that it is a leftover, and the next sweep takes it.
        }
    }

    private static void PublishFolder(string path, Action<string> fill, Action<string, string> publish)
    {
        ArgumentNullException.ThrowIfNull(fill);
        Guard(
            path,
            target =>
            {
                var temporary = TemporaryName(target);
                try
                {
                    Directory.CreateDirectory(temporary);
                    fill(temporary);
                    publish(temporary, target);
                }
                catch
                {
                    DeleteFolder(temporary);
                    throw;
                }
            }
        );
    }

    /// <summary>A name beside a file or folder that tells by whom it is written.</summary>
    internal static string TemporaryName(string target) =>
        Path.Combine(
            Path.GetDirectoryName(target) ?? "",
            string.Create(
                CultureInfo.InvariantCulture,
                $".{Environment.ProcessId}-{Place}-{Guid.NewGuid().ToString("N")[..12]}.tmp"
            )
        );

    /// <summary>Where process ids mean what they mean here: this machine and, on Linux, this container.</summary>
    private static string FindPlace()
    {
        var container = OperatingSystem.IsLinux() ? new FileInfo("/proc/self/ns/pid").LinkTarget : null;
        var name = Utf8.GetBytes($"{Environment.MachineName}\n{container}");
        return Convert.ToHexStringLower(SHA256.HashData(name))[..8];
    }

    private static bool IsAlive(int process, DateTime written)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            // A process that began after the file was written has the number of one that is dead.
            return !found.HasExited && found.StartTime.ToUniversalTime() <= written + ClockSlack;
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (Exception error) when (error is InvalidOperationException or Win32Exception)
        {
            // It ended just now, or is somebody else's and may not be looked at.
            return error is Win32Exception;
        }
    }

    private static bool IsDiskFull(IOException error) =>
        // ENOSPC and EDQUOT on Unix; ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL on Windows.
        error.HResult
            is 28
                or 122
                or unchecked((int)0x80070070)
                or unchecked((int)0x80070027);

    private static bool IsReadOnlyDisk(Exception error) =>
        // EROFS on Unix; ERROR_WRITE_PROTECT on Windows.
        error is IOException { HResult: 30 or unchecked((int)0x80070013) };

    /// <summary>
    /// Whether somebody who holds a file for a moment may be what is in the way. Windows says so with a sharing
    /// violation, or with ERROR_ACCESS_DENIED when it is the target of a rename, or in a folder that is renamed.
    /// </summary>
    internal static bool IsPassing(Exception error) =>
        error is IOException or UnauthorizedAccessException
        && (
            // ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION.
            error.HResult
                is unchecked((int)0x80070020)
                    or unchecked((int)0x80070021)
            || (OperatingSystem.IsWindows() && error.HResult == unchecked((int)0x80070005))
        );

    [GeneratedRegex(
        @"\A\.(?<process>[0-9]{1,9})-(?:(?<place>[0-9a-f]{8})-)?[0-9a-f]{12}\.tmp\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex TemporaryPattern();
}
