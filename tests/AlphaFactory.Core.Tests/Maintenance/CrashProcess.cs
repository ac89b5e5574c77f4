using System.Collections.Concurrent;
using System.Diagnostics;

namespace AlphaFactory.Core.Tests.Maintenance;

/// <summary>A process of <c>tests/AlphaFactory.Crash</c>, which uses Core alone.</summary>
internal sealed class CrashProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _error;
    private readonly Task _reading;
    private readonly BlockingCollection<string[]> _lines = [];

    private CrashProcess(Process process)
    {
        _process = process;
        _error = process.StandardError.ReadToEndAsync();
        _reading = ReadAsync();
    }

    public static CrashProcess Start(params IEnumerable<string> arguments)
    {
        var test = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var assembly = Repository.File(
            "tests",
            "AlphaFactory.Crash",
            "bin",
            test.Parent!.Name,
            test.Name,
            "AlphaFactory.Crash.dll"
        );
        var runtime = new DirectoryInfo(Path.GetDirectoryName(typeof(object).Assembly.Location)!);
        var dotnet = Path.Combine(
            runtime.Parent!.Parent!.Parent!.FullName,
            OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"
        );
        var start = new ProcessStartInfo(dotnet, [assembly, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Most of a short life would go into compiling what is thrown away.
        start.Environment["DOTNET_TieredPGO"] = "0";
        return new CrashProcess(Process.Start(start)!);
    }

    /// <summary>Waits until the process has said so many lines, or has ended.</summary>
    public void WaitForLines(int count, CancellationToken cancellation)
    {
        while (_lines.Count < count && !_lines.IsAddingCompleted)
        {
            cancellation.ThrowIfCancellationRequested();
            Thread.Sleep(1);
        }
    }

    /// <summary>Ends it as the system ends a process for want of memory: it is given no moment.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Ends its standard input, for those that work until then.</summary>
    public void EndInput() => _process.StandardInput.Close();

    /// <summary>Waits for its end, and gives all that it said in whole lines.</summary>
    public async Task<(int ExitCode, List<string[]> Said, string Error)> EndAsync(
        CancellationToken cancellation
    )
    {
        await _process.WaitForExitAsync(cancellation);
        await _reading;
        return (_process.ExitCode, [.. _lines], await _error);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
        _lines.Dispose();
    }

    private async Task ReadAsync()
    {
        var text = "";
        var buffer = new char[4096];
        while (await _process.StandardOutput.ReadAsync(buffer) is > 0 and var count)
        {
            text += new string(buffer, 0, count);
            // A line that the kill cut off acknowledges nothing.
            for (var end = text.IndexOf('\n'); end >= 0; end = text.IndexOf('\n'))
            {
                _lines.Add(text[..end].TrimEnd('\r').Split('\t'));
                text = text[(end + 1)..];
            }
        }

        _lines.CompleteAdding();
    }
}
