using AlphaFactory.Benchmarks;

const string Usage = """
    registry    [--alphas 100000] [--repetitions 15] [--folder <where stores are kept>] [--only search|register|start] [--shape <text>]
    experiments [--repetitions 7] [--folder <where stores are kept>] [--only grid|scale] [--combinations 1000000]
    """;

var options = new Options(args);
switch (args)
{
    case ["registry", ..]:
        RegistryBenchmarks.Run(options);
        return 0;
    case ["experiments", ..]:
        ExperimentBenchmarks.Run(options);
        return 0;
    case ["scale-one", ..]:
        // A process of its own, which the benchmark starts.
        ScaleBenchmark.RunOne(options.Text("store", ""), options.Number("combinations", 0));
        return 0;
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}
