using AlphaFactory.Core.Expressions;

namespace AlphaFactory.Core.Tests.Expressions;

/// <summary>A panel that is large enough for several threads, and formulas that have parts in common.</summary>
public sealed class EvaluationTests
{
    private const int Entities = 37;
    private const int Bars = 1900;

    private static readonly Panel Market = Formula.Market(
        Entities,
        ("open", Walk(1)),
        ("close", Walk(2)),
        ("volume", Walk(3))
    );

    /// <summary>The same part alone, inside and outside of a rank, twice in a formula, and a column, a number.</summary>
    private static readonly AlphaExpression[] Formulas =
    [
        .. new[]
        {
            "rank(correlation(open, close, 10)) * correlation(open, close, 10)",
            "correlation(open, close, 10)",
            "rank(correlation(open, close, 10))",
            "rank(rank(returns) - zscore(delta(volume, 2))) + rank(returns)",
            "ts_rank(ts_std(returns, 5) ^ 2 - ts_std(returns, 5), 7) > 0.5 ? adv(3) : scale(close - open, 2)",
            "winsorize(close)",
            "close",
            "close",
            "1 / 3",
            "rank(5)",
            "ts_mean(2, 3) + ts_max(close, 20)",
        }.Select(AlphaExpression.Parse),
    ];

    [Fact]
    public void Formulas_together_have_the_bits_of_each_alone()
    {
        var together = Evaluator.Of(Formulas, Market, ParameterValues.None, CancellationToken.None);
        var values = new double[Entities * Bars];
        foreach (var (number, formula) in Formulas.Index())
        {
            together.Evaluate(number, values);
            Formula.SameBits(
                formula.Evaluate(Market, ParameterValues.None, CancellationToken.None),
                values,
                formula.Text
            );
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    public void Any_number_of_threads_gives_the_same_bits(int threads)
    {
        foreach (var formula in Formulas)
        {
            Formula.SameBits(Compute(formula, 1), Compute(formula, threads), formula.Text);
        }
    }

    [Fact]
    public void A_large_panel_has_the_values_of_each_entity_and_bar_alone()
    {
        const string OverTime = "ts_std(returns, 5) - ema(volume, 9) / ts_max(open, 4)";
        var whole = Formula.Evaluate(OverTime, Market);
        for (var entity = 0; entity < Entities; entity++)
        {
            var alone = Formula.One([
                .. Market.Columns.Select(name => (name, Market.Series(name, entity).ToArray())),
            ]);
            Formula.SameBits(
                Formula.Evaluate(OverTime, alone),
                whole.AsSpan(entity * Bars, Bars),
                $"entity {entity}"
            );
        }

        const string Across = "rank(close) + zscore(open) * scale(volume)";
        whole = Formula.Evaluate(Across, Market);
        for (var bar = 0; bar < Bars; bar += 97)
        {
            var alone = Formula.Market(
                Entities,
                [.. Market.Columns.Select(name => (name, At(Market.Column(name), bar)))]
            );
            Formula.SameBits(Formula.Evaluate(Across, alone), At(whole, bar), $"bar {bar}");
        }
    }

    private static double[] Compute(AlphaExpression formula, int threads)
    {
        var bound = formula.Bind(formula.Root, ParameterValues.None, new(SamePart.Comparer));
        var room = new double[Entities * Bars];
        new Evaluator(Market, [bound], null, threads, CancellationToken.None).Evaluate(0, room);
        return room;
    }

    private static double[] At(ReadOnlySpan<double> values, int bar)
    {
        var column = new double[Entities];
        for (var entity = 0; entity < Entities; entity++)
        {
            column[entity] = values[(entity * Bars) + bar];
        }

        return column;
    }

    // A random walk with a hole every fifty bars or so, and something infinite.
    private static double[] Walk(int seed)
    {
        var random = new Random(seed);
        var price = 50.0;
        double[] values =
        [
            .. Enumerable
                .Range(0, Entities * Bars)
                .Select(_ =>
                {
                    price = Math.Max(1, price + random.NextDouble() - 0.5);
                    return random.Next(50) == 0 ? double.NaN : Math.Round(price, 2);
                }),
        ];
        values[seed * 1000] = double.PositiveInfinity;
        return values;
    }
}
