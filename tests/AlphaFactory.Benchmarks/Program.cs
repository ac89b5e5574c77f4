using System.Globalization;
using System.Runtime.InteropServices;
using AlphaFactory.Benchmarks;

const string Usage = """
    features [--rows 5000000] [--repetitions 5] [--folder <where generated files are kept>] [--only ingest|scan|memory]
    registry [--alphas 100000] [--repetitions 15] [--folder <where stores are kept>] [--only search|register|start] [--shape <text>]
    """;

if (args is ["import-panel", var csv, var into])
{
    CoreOfModule.Find();
    FeatureBenchmark.Import(csv, into);
    Report.Line($"{FeatureBenchmark.PeakMemory()}");
    return 0;
}

if (args is not ["registry" or "features", ..])
{
    Console.Error.WriteLine(Usage);
    return 2;
}

string Option(string name, string otherwise)
{
    var at = Array.IndexOf(args, "--" + name);
    return at >= 0 && at + 1 < args.Length ? args[at + 1] : otherwise;
}

if (args[0] == "features")
{
    CoreOfModule.Find();
    await FeatureBenchmark.Run(Option);
    return 0;
}

var alphas = int.Parse(Option("alphas", "100000"), CultureInfo.InvariantCulture);
var repetitions = int.Parse(Option("repetitions", "15"), CultureInfo.InvariantCulture);
var folder = Directory
    .CreateDirectory(Option("folder", Path.Combine(Path.GetTempPath(), "alphafactory-benchmarks")))
    .FullName;
var only = Option("only", "");
var shape = Option("shape", "");

Report.Line(
    $"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors, {RuntimeInformation.FrameworkDescription}, {alphas:N0} alphas, {repetitions} repetitions"
);
using var engine = new Engine();
var store = GeneratedStore.Make(engine, folder, alphas, seed: 42);
if (only is "" or "search")
{
    using var search = new SearchBenchmark(engine, store, repetitions);
    search.Run(Shape.All(alphas).Where(each => each.Name.Contains(shape, StringComparison.Ordinal)));
}

if (only is "" or "register")
{
    RegisterBenchmark.Run(engine, folder, repetitions);
}

if (only is "" or "start")
{
    StartBenchmark.Run(store, repetitions);
}

return 0;
