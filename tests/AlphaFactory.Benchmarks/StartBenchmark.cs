using System.Diagnostics;

namespace AlphaFactory.Benchmarks;

/// <summary>What opening the store and a first search cost in a fresh process, beyond the engine and the import.</summary>
internal static class StartBenchmark
{
    /// <summary>
    /// Starts a host, an assembly or a program such as <c>pwsh</c>, with and without a search, in turn. A host that
    /// does not bring the module imports the manifest, if one is named.
    /// </summary>
    public static void Run(string host, string manifest, string store, int repetitions)
    {
        var import = manifest.Length > 0 ? $"Import-Module '{manifest}'; " : "";
        var (with, without) = (new List<double>(), new List<double>());
        for (var i = 0; i <= repetitions; i++)
        {
            without.Add(Time(host, import + "1"));
            with.Add(Time(host, $"{import}Get-Alpha -First 1 -Store '{store}'"));
        }

        // The first pair warms the disk's cache.
        var (engine, search) = (Report.Median(without.Skip(1)), Report.Median(with.Skip(1)));
        Report.Line($"");
        Report.Line($"| fresh process | median ms | least ms |");
        Report.Line($"|---|--:|--:|");
        Report.Line($"| the module imported, `1` | {engine:F0} | {without.Min():F0} |");
        Report.Line($"| the same, `Get-Alpha -First 1` | {search:F0} | {with.Min():F0} |");
        Report.Line($"| difference | {search - engine:F0} | {with.Min() - without.Min():F0} |");
    }

    private static double Time(string host, string command)
    {
        var isAssembly = Path.GetExtension(host) == ".dll";
        var start = new ProcessStartInfo(isAssembly ? "dotnet" : host)
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        if (isAssembly)
        {
            start.ArgumentList.Add(host);
        }

        start.ArgumentList.Add("-NoProfile");
        start.ArgumentList.Add("-Command");
        start.ArgumentList.Add(command);
        var time = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 && output.Length > 0
            ? Stopwatch.GetElapsedTime(time).TotalMilliseconds
            : throw new InvalidOperationException($"The Host ended with {process.ExitCode}: {output}");
    }
}
