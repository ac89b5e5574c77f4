using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Tests.Experiments;

/// <summary>A store of its own with what an experiment needs.</summary>
internal sealed class Lab : IDisposable
{
    private readonly TempFolder _folder = new();

    public Lab()
    {
        Store = AlphaStore.OpenOrCreate(_folder.File("store"));
        Context = new OperationContext
        {
            Cancellation = TestContext.Current.CancellationToken,
            Warn = Warnings.Add,
        };
    }

    public AlphaStore Store { get; }

    public List<string> Warnings { get; } = [];

    public OperationContext Context { get; init; }

    public ExperimentStore Runs => new(Store);

    public static ExperimentSpec Crossover(string set = "prices") =>
        new()
        {
            Name = "crossover",
            FeatureSet = set,
            Expression = "sma(close, $fast) - sma(close, $slow)",
            Grid = ParameterGrid.Product([
                KeyValuePair.Create<string, IReadOnlyList<object?>>("fast", [2, 3, 5]),
                KeyValuePair.Create<string, IReadOnlyList<object?>>("slow", [8, 13]),
            ]),
        };

    public static ParameterValues Set(params (string Name, object Value)[] values) =>
        new(values.Select(value => KeyValuePair.Create(value.Name, value.Value)));

    /// <summary>Daily prices of a random walk, the same each time for a seed.</summary>
    public static double[] Walk(int bars, int seed)
    {
        var random = new Random(seed);
        var prices = new double[bars];
        var price = 100.0;
        for (var i = 0; i < bars; i++)
        {
            price *= 1 + (random.NextDouble() - 0.5) / 20;
            prices[i] = Math.Round(price, 4);
        }

        return prices;
    }

    /// <summary>Imports daily series named a, b, c…; NaN leaves the bar out.</summary>
    public FeatureSet ImportSeries(string name, params double[][] series)
    {
        var lines = new List<string> { "date,entity,close" };
        for (var entity = 0; entity < series.Length; entity++)
        {
            for (var bar = 0; bar < series[entity].Length; bar++)
            {
                if (!double.IsNaN(series[entity][bar]))
                {
                    lines.Add(
                        FormattableString.Invariant(
                            $"{Day(bar):yyyy-MM-dd},{(char)('a' + entity)},{series[entity][bar]:R}"
                        )
                    );
                }
            }
        }

        return Import(name, _folder.Write($"{name}.csv", string.Join('\n', lines) + "\n"), "entity");
    }

    public FeatureSet Import(string name, string path, string? entity, ImportMode mode = ImportMode.New) =>
        new FeatureStore(Store)
            .Import(
                new ImportRequest
                {
                    Name = name,
                    Paths = [path],
                    Time = "date",
                    Entity = entity,
                    Mode = mode,
                },
                Context
            )
            .Set;

    public string Write(string name, string text) => _folder.Write(name, text);

    public static DateTime Day(int bar) => new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddDays(bar);

    public List<ExperimentRun> Run(ExperimentSpec spec, int threads = 2) =>
        [.. new ExperimentRunner(Store).Run(spec, Context, new RunOptions { ThrottleLimit = threads })];

    public List<ExperimentRun> Find(RunQuery query) => [.. Runs.Find(query, Context.Cancellation).Runs];

    public List<ReproductionResult> Reproduce(string? name = null, string? runId = null) =>
        [.. new ExperimentReproducer(Store).Run(name, runId, Context)];

    public void Dispose()
    {
        Store.Dispose();
        _folder.Dispose();
    }
}
