using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;

namespace AlphaFactory.Cmdlets.Tests;

/// <summary>What a finished process left behind.</summary>
internal sealed record ProcessResult(int ExitCode, string Output, string Error)
{
    /// <summary>What is on standard error apart from warnings.</summary>
    public string ErrorButWarnings =>
        string.Join(
            '\n',
            Error
                .ReplaceLineEndings("\n")
                .Split('\n')
                .Where(line => !line.StartsWith("WARNING: ", StringComparison.Ordinal))
        );

    /// <summary>This result; anything on standard error fails the test with its text.</summary>
    public ProcessResult WithoutError
    {
        get
        {
            Assert.Equal("", Error);
            return this;
        }
    }
}

/// <summary>The built Host as a process of its own, with redirected streams.</summary>
internal sealed class HostProcess : IDisposable
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly Task<string> _error;

    private HostProcess(Process process)
    {
        _process = process;
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>What the process writes, for a test that waits for a line of it.</summary>
    public StreamReader Output => _process.StandardOutput;

    /// <summary>Starts the Host. Its standard input stays open until it is closed or written by the caller.</summary>
    public static HostProcess Start(
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string?>? environment = null,
        string? workingDirectory = null
    )
    {
        var start = new ProcessStartInfo(DotNet)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = workingDirectory ?? Repository.Root,
        };
        start.ArgumentList.Add(Repository.HostAssembly);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment ?? ImmutableDictionary<string, string?>.Empty)
        {
            start.Environment[name] = value;
        }

        return new HostProcess(Process.Start(start)!);
    }

    /// <summary>Runs the Host to its end, with no standard input.</summary>
    public static ProcessResult Run(params string[] arguments) => Run(arguments, input: "");

    /// <summary>Runs the Host to its end.</summary>
    public static ProcessResult Run(
        IEnumerable<string> arguments,
        string input = "",
        IReadOnlyDictionary<string, string?>? environment = null,
        string? workingDirectory = null
    )
    {
        using var host = Start(arguments, environment, workingDirectory);
        return host.Finish(input);
    }

    /// <summary>Sends a POSIX signal, by its number.</summary>
    public void Signal(int number)
    {
        using var shell = Process.Start(
            "/bin/sh",
            ["-c", FormattableString.Invariant($"kill -{number} {_process.Id}")]
        );
        shell.WaitForExit();
    }

    /// <summary>Writes the standard input, closes it, and waits for the end.</summary>
    public ProcessResult Finish(string input = "")
    {
        try
        {
            _process.StandardInput.Write(input);
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The Host ended without reading its input.
        }

        var output = _process.StandardOutput.ReadToEndAsync();
        if (!_process.WaitForExit(TimeLimit))
        {
            _process.Kill(entireProcessTree: true);
            throw new TimeoutException(
                $"The Host did not end within {TimeLimit}. Standard error:\n{_error.Result}"
            );
        }

        return new ProcessResult(_process.ExitCode, output.Result, _error.Result);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    /// <summary>The dotnet that runs this test, wherever it is installed.</summary>
    private static string DotNet
    {
        get
        {
            var runtime = new DirectoryInfo(Path.GetDirectoryName(typeof(object).Assembly.Location)!);
            var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
            return Path.Combine(runtime.Parent!.Parent!.Parent!.FullName, name);
        }
    }
}
