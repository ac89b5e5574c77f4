using System.Collections;
using System.Diagnostics;
using System.Globalization;
using AlphaFactory.Core;
using AlphaFactory.Core.Expressions;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Storage;
using AlphaFactory.Core.Tests.Expressions;

namespace AlphaFactory.Benchmarks;

/// <summary>
/// Many formulas over many symbols, as <c>Get-Feature -Expression</c> computes them: the panel is read from the feature
/// store, the formulas are evaluated over the whole history, and the rows of the last day come out.
/// </summary>
internal static class FactorBenchmark
{
    // What factor libraries begin with: momentum, reversal, volatility, distance, liquidity…, most of them ranked.
    private static readonly Dictionary<string, string> Factors = new()
    {
        ["momentum"] = "delay(close, 21) / delay(close, 252) - 1",
        ["reversal"] = "rank(-(close / delay(close, 5) - 1))",
        ["volatility"] = "ts_std(returns, 21)",
        ["distance"] = "ts_zscore(close, 60)",
        ["liquidity"] = "rank(adv(20))",
        ["attention"] = "zscore(volume / adv(20) * close)",
        ["place"] = "ts_rank(close, 20)",
        ["agreement"] = "-correlation(rank(open), rank(volume), 10)",
        ["drift"] = "decay_linear(rank(returns), 10)",
        ["age"] = "ts_argmax(close, 30) / 30",
        ["stochastic"] = "(close - ts_min(low, 14)) / (ts_max(high, 14) - ts_min(low, 14))",
        ["trend"] = "sma(close, 50) / sma(close, 200) - 1",
        ["convergence"] = "scale(demean((ema(close, 12) - ema(close, 26)) / close))",
        ["co_movement"] = "winsorize(covariance(returns, delta(volume, 1) / volume, 60))",
    };

    private static readonly Dictionary<string, string> Alphas = FormulaicAlphas.Formulas.ToDictionary(
        formula => string.Create(CultureInfo.InvariantCulture, $"alpha{formula.Key}"),
        formula => formula.Value
    );

    private static readonly (GeneratedMarket Market, Dictionary<string, string> Formulas)[] Cases =
    [
        (new GeneratedMarket(800, 3400), Factors),
        (new GeneratedMarket(3840, 3206), Alphas),
    ];

    /// <summary>Prints a table.</summary>
    public static void Run(string folder, int repetitions)
    {
        Report.Line($"");
        Report.Line(
            $"| formulas, symbols × bars | read ms | evaluate ms | both ms | CPU ms | Get-Feature ms | peak MB |"
        );
        Report.Line($"|---|--:|--:|--:|--:|--:|--:|");
        foreach (var (number, (market, formulas)) in Cases.Index())
        {
            var path = market.Store(folder);
            var rounds = Enumerable
                .Range(0, repetitions + 1)
                .Select(_ => Evaluate(path, formulas))
                .Skip(1)
                .ToList();
            var children = Enumerable.Range(0, repetitions).Select(_ => Child(path, number)).ToList();
            Report.Line(
                $"| {formulas.Count}, {market.Symbols} × {market.Bars} | {Report.Median(rounds.Select(round => round.Read)):F0} | {Report.Median(rounds.Select(round => round.Evaluate)):F0} | {Report.Median(rounds.Select(round => round.Read + round.Evaluate)):F0} | {Report.Median(rounds.Select(round => round.Processor)):F0} | {Report.Median(children.Select(child => child.Time)):F0} | {Report.Median(children.Select(child => child.Peak)) / 1e6:F0} |"
            );
        }
    }

    /// <summary>Has the rows of the last day, in this process, and prints the milliseconds and the most bytes of memory.</summary>
    public static void RunOne(string path, int number)
    {
        var (market, formulas) = Cases[number];
        using var engine = new Engine();
        var time = engine.Time(
            "Get-Feature $args[0] -Expression $args[1] -From $args[2] -Store $args[3]",
            GeneratedMarket.Set,
            new Hashtable(formulas),
            market.LastDay,
            path
        );
        Report.Line($"{time:R} {FeatureBenchmark.PeakMemory()}");
    }

    private static (double Read, double Evaluate, double Processor) Evaluate(
        string path,
        Dictionary<string, string> formulas
    )
    {
        using var store = AlphaStore.Open(path);
        var features = new FeatureStore(store);
        AlphaExpression[] parsed = [.. formulas.Values.Select(AlphaExpression.Parse)];
        var before = Environment.CpuUsage.TotalTime;
        var start = Stopwatch.GetTimestamp();
        var panel = features.LoadPanel(
            features.Find(GeneratedMarket.Set),
            new PanelRequest { Columns = [.. parsed.SelectMany(formula => formula.Columns).Distinct()] },
            OperationContext.Silent
        );
        var read = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        start = Stopwatch.GetTimestamp();
        var evaluator = Evaluator.Of(parsed, panel, ParameterValues.None, CancellationToken.None);
        var room = new double[panel.EntityCount * panel.Bars];
        for (var i = 0; i < parsed.Length; i++)
        {
            evaluator.Evaluate(i, room);
        }

        var evaluated = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return (read, evaluated, (Environment.CpuUsage.TotalTime - before).TotalMilliseconds);
    }

    private static (double Time, double Peak) Child(string path, int number)
    {
        var text = ChildProcess.Run(
            "factors-one",
            "--store",
            path,
            "--case",
            number.ToString(CultureInfo.InvariantCulture)
        );
        return
            text.Split(' ') is [var time, var peak]
            && double.TryParse(time, CultureInfo.InvariantCulture, out var took)
            && double.TryParse(peak, CultureInfo.InvariantCulture, out var bytes)
            ? (took, bytes)
            : throw new InvalidOperationException($"The child said: {text}");
    }
}
