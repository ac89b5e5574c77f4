using AlphaFactory.Benchmarks;

const string Usage = """
    features    [--rows 5000000] [--repetitions 5] [--folder <where generated files are kept>] [--only ingest|scan|memory]
    registry    [--alphas 100000] [--repetitions 15] [--folder <where stores are kept>] [--only search|register|start] [--shape <text>]
    experiments [--repetitions 7] [--folder <where stores are kept>] [--only grid|factors|scale] [--combinations 1000000]
    """;

CoreOfModule.Find();
var options = new Options(args);
switch (args)
{
    case ["features", ..]:
        await FeatureBenchmark.Run(options.Text);
        return 0;
    case ["registry", ..]:
        RegistryBenchmarks.Run(options);
        return 0;
    case ["experiments", ..]:
        ExperimentBenchmarks.Run(options);
        return 0;
    // Processes of their own, which the benchmarks start.
    case ["import-panel", var csv, var into]:
        FeatureBenchmark.Import(csv, into);
        Report.Line($"{FeatureBenchmark.PeakMemory()}");
        return 0;
    case ["scale-one", ..]:
        ScaleBenchmark.RunOne(
            options.Text("do", ""),
            options.Text("store", ""),
            options.Number("combinations", 0)
        );
        return 0;
    case ["factors-one", ..]:
        FactorBenchmark.RunOne(options.Text("store", ""), options.Number("case", 0));
        return 0;
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}
