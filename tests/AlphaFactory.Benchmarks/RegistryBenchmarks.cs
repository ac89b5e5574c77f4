using System.Runtime.InteropServices;

namespace AlphaFactory.Benchmarks;

/// <summary>The registry against hand-written SQL.</summary>
internal static class RegistryBenchmarks
{
    /// <summary>Runs them, or a part.</summary>
    public static void Run(Options options)
    {
        var alphas = options.Number("alphas", 100_000);
        var repetitions = options.Number("repetitions", 15);
        var shape = options.Text("shape", "");
        Report.Line(
            $"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors, {RuntimeInformation.FrameworkDescription}, {alphas:N0} alphas, {repetitions} repetitions"
        );
        using var engine = new Engine();
        var store = GeneratedStore.Make(engine, options.Folder, alphas, seed: 42);
        if (options.Only is "" or "search")
        {
            new SearchBenchmark(engine, store, repetitions).Run(
                Shape.All(alphas).Where(each => each.Name.Contains(shape, StringComparison.Ordinal))
            );
        }

        if (options.Only is "" or "register")
        {
            RegisterBenchmark.Run(engine, options.Folder, repetitions);
        }

        if (options.Only is "" or "start")
        {
            StartBenchmark.Run(
                options.Text("host", Tree.HostAssembly),
                options.Text("import", ""),
                store,
                repetitions
            );
        }
    }
}
