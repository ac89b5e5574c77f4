using System.Diagnostics;

namespace AlphaFactory.Core.Tests.Storage;

/// <summary>A small disk of its own, in memory. The test is skipped where it cannot be mounted.</summary>
internal sealed class MountedFolder : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly bool _mounted;

    public MountedFolder(int kilobytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has a tmpfs to mount.");
        _mounted = Run("mount", "-t", "tmpfs", "-o", $"size={kilobytes}k", "tmpfs", _folder.Path);
        if (!_mounted)
        {
            _folder.Dispose();
            Assert.Skip("This user may not mount a tmpfs.");
        }
    }

    public string File(params string[] names) => _folder.File(names);

    /// <summary>From now on nobody writes, root included.</summary>
    public void MakeReadOnly() => Assert.True(Run("mount", "-o", "remount,ro", _folder.Path));

    /// <summary>From now on the disk can be written again.</summary>
    public void MakeWritable() => Assert.True(Run("mount", "-o", "remount,rw", _folder.Path));

    /// <summary>Writes a file that leaves so little room.</summary>
    public void Fill(int kilobytesLeft)
    {
        using var stream = System.IO.File.Create(File("filler"));
        var free = new DriveInfo(_folder.Path).AvailableFreeSpace - kilobytesLeft * 1024L;
        stream.Write(new byte[Math.Max(0, free)]);
    }

    public void Dispose()
    {
        if (_mounted)
        {
            _ = Run("umount", _folder.Path);
        }

        _folder.Dispose();
    }

    private static bool Run(string command, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(command, arguments)
                {
                    UseShellExecute = false,
                    RedirectStandardError = true,
                }
            )!;
            _ = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
