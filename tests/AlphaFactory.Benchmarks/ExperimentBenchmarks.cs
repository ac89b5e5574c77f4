using System.Runtime.InteropServices;

namespace AlphaFactory.Benchmarks;

/// <summary>Grids and formulas against hand-written kernels, and grids as they grow.</summary>
internal static class ExperimentBenchmarks
{
    /// <summary>Runs them, or a part.</summary>
    public static void Run(Options options)
    {
        var repetitions = options.Number("repetitions", 7);
        Report.Line(
            $"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors, {RuntimeInformation.FrameworkDescription}, {repetitions} repetitions"
        );
        if (options.Only is "" or "grid")
        {
            GridBenchmark.Run(options.Folder, repetitions);
        }

        if (options.Only is "" or "factors")
        {
            FactorBenchmark.Run(options.Folder, repetitions);
        }

        if (options.Only is "" or "scale")
        {
            ScaleBenchmark.Run(options.Folder, options.Number("combinations", 1_000_000), repetitions);
        }
    }
}
