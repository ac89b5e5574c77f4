using System.Diagnostics;

namespace AlphaFactory.Benchmarks;

/// <summary>Benchmarks that run in a process of their own.</summary>
internal static class ChildProcess
{
    /// <summary>Runs this program with other arguments.</summary>
    /// <returns>What it printed.</returns>
    public static string Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, UseShellExecute = false };
        start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.Trim()
            : throw new InvalidOperationException($"{arguments[0]} ended with {process.ExitCode}: {output}");
    }
}
