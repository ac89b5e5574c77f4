using AlphaFactory.Core.Expressions;
using CsCheck;

namespace AlphaFactory.Core.Tests.Expressions;

/// <summary>What is computed once for a whole grid is what each of its sets gives alone, to the bit.</summary>
public sealed class SharedFormulaTests
{
    private const int Entities = 3;

    // More values than element-wise operators work on at once, and no multiple of it.
    private const int Bars = 500;

    private static readonly Panel Market = Formula.Market(Entities, ("a", Walk(1)), ("close", Walk(2)));

    public static TheoryData<string> Formulas =>
        [
            "sign(sma(close, $x) - sma(close, $y))",
            "rank(ts_std(returns, $x)) * -rank(ts_std(returns, $x)) + ts_max(a, $y)",
            "ts_std(close, $x) > 0.5 ? ema(a, $y) / (close - a) : delay(close ^ 2, $x) - $y",
            "correlation(a - sma(a, 4), close, $x) || !(a >= delay(a, $y))",
            "sma(close, 5) / close - 1",
            "$x + $y",
        ];

    [Theory]
    [MemberData(nameof(Formulas))]
    public void A_grid_gives_the_bits_of_each_set_alone_whatever_is_kept_and_on_any_threads(string formula)
    {
        var expression = AlphaExpression.Parse(formula);
        var sets =
            from x in Enumerable.Range(1, 6)
            from y in Enumerable.Range(1, 5)
            select Formula.Bind(("x", (long)x), ("y", (long)y));
        foreach (var budget in new[] { 0, 5 * Entities * Bars * sizeof(double), long.MaxValue })
        {
            foreach (var threads in new[] { 1, 2, 8 })
            {
                var cache = new SeriesCache(budget);
                var shared = new SharedFormula(expression, Market, ["x", "y"], cache);
                Parallel.ForEach(
                    sets,
                    new ParallelOptions { MaxDegreeOfParallelism = threads },
                    set =>
                    {
                        var room = new double[Entities * Bars];
                        var alone = AlphaExpression.Parse(Pasted(formula, set));
                        Formula.SameBits(
                            alone.Evaluate(Market, ParameterValues.None, CancellationToken.None),
                            shared.Evaluate(set, room, 1, CancellationToken.None),
                            $"{formula} with {set}, {budget} bytes, {threads} threads"
                        );
                    }
                );
                Assert.True(cache.Bytes <= budget);
            }
        }
    }

    [Fact]
    public void A_part_is_computed_once_for_all_sets_that_ask_for_it()
    {
        var computed = new List<string>();
        var cache = new SeriesCache(long.MaxValue);
        Gen.Int[0, 9]
            .Array[100]
            .Sample(
                parts =>
                {
                    foreach (var part in parts)
                    {
                        var values = cache.GetOrAdd(
                            $"part {part}",
                            () =>
                            {
                                computed.Add($"part {part}");
                                return [part];
                            }
                        );
                        Assert.Equal([part], values);
                    }
                },
                iter: 1
            );
        Assert.Equal(computed.Distinct(), computed);
    }

    [Fact]
    public void A_part_that_could_not_be_computed_is_computed_for_the_next_that_asks()
    {
        var cache = new SeriesCache(long.MaxValue);
        Assert.Throws<OperationCanceledException>(() =>
            cache.GetOrAdd("part", () => throw new OperationCanceledException())
        );
        Assert.Equal([1], cache.GetOrAdd("part", () => [1]));
    }

    [Theory]
    [MemberData(nameof(Formulas))]
    public void A_panel_shifted_in_time_gives_shifted_values(string formula)
    {
        if (formula.Contains("ema", StringComparison.Ordinal))
        {
            return; // An exponential mean begins at its first value by its definition.
        }

        const int Shift = 7;
        var expression = AlphaExpression.Parse(formula);
        var set = Formula.Bind(("x", 4L), ("y", 3L));
        var panel = Formula.Market(
            Entities,
            ("a", Shifted(Market, "a", Shift)),
            ("close", Shifted(Market, "close", Shift))
        );
        var before = expression.Evaluate(Market, set, CancellationToken.None);
        var after = expression.Evaluate(panel, set, CancellationToken.None);
        for (var entity = 0; entity < Entities; entity++)
        {
            Formula.SameBits(
                before.AsSpan(entity * Bars, Bars),
                after.AsSpan(entity * (Bars + Shift) + Shift, Bars),
                $"{formula}, entity {entity}"
            );
        }
    }

    private static string Pasted(string formula, ParameterValues set) =>
        set.Aggregate(
            formula,
            (text, value) => text.Replace($"${value.Key}", $"{value.Value}", StringComparison.Ordinal)
        );

    /// <summary>Missing values first, then the panel's.</summary>
    private static double[] Shifted(Panel panel, string column, int bars) =>
        [
            .. Enumerable
                .Range(0, Entities)
                .SelectMany(entity =>
                    Enumerable
                        .Repeat(double.NaN, bars)
                        .Concat(panel.Column(column).Slice(entity * Bars, Bars).ToArray())
                ),
        ];

    // A random walk with a hole every forty bars or so.
    private static double[] Walk(int seed)
    {
        var random = new Random(seed);
        var price = 10.0;
        return
        [
            .. Enumerable
                .Range(0, Entities * Bars)
                .Select(_ =>
                {
                    price += random.NextDouble() - 0.5;
                    return random.Next(40) == 0 ? double.NaN : Math.Round(price, 2);
                }),
        ];
    }
}
