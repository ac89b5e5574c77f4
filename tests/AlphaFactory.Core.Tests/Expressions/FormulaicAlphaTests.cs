using System.Globalization;
using AlphaFactory.Core.Expressions;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Tests.Experiments;

namespace AlphaFactory.Core.Tests.Expressions;

/// <summary>
/// Formulas of "101 Formulaic Alphas" (Kakushadze 2016, appendix A) as the paper prints them, against
/// tests/reference/alphas.csv, which tests/reference/alphas.py computed with pandas.
/// </summary>
public sealed class FormulaicAlphaTests : IDisposable
{
    private const double Tolerance = 1e-9;

    private static readonly Dictionary<int, string> Formulas = new()
    {
        [4] = "(-1 * ts_rank(rank(low), 9))",
        [9] =
            "((0 < ts_min(delta(close, 1), 5)) ? delta(close, 1) : ((ts_max(delta(close, 1), 5) < 0) ? delta(close, 1) : (-1 * delta(close, 1))))",
        [10] =
            "rank(((0 < ts_min(delta(close, 1), 4)) ? delta(close, 1) : ((ts_max(delta(close, 1), 4) < 0) ? delta(close, 1) : (-1 * delta(close, 1)))))",
        [18] =
            "(-1 * rank(((stddev(abs((close - open)), 5) + (close - open)) + correlation(close, open, 10))))",
        [19] =
            "((-1 * sign(((close - delay(close, 7)) + delta(close, 7)))) * (1 + rank((1 + sum(returns, 250)))))",
        [20] =
            "(((-1 * rank((open - delay(high, 1)))) * rank((open - delay(close, 1)))) * rank((open - delay(low, 1))))",
        [23] = "(((sum(high, 20) / 20) < high) ? (-1 * delta(high, 2)) : 0)",
        [24] =
            "((((delta((sum(close, 100) / 100), 100) / delay(close, 100)) < 0.05) || ((delta((sum(close, 100) / 100), 100) / delay(close, 100)) == 0.05)) ? (-1 * (close - ts_min(close, 100))) : (-1 * delta(close, 3)))",
        [33] = "rank((-1 * ((1 - (open / close))^1)))",
        [34] = "rank(((1 - rank((stddev(returns, 2) / stddev(returns, 5)))) + (1 - rank(delta(close, 1)))))",
        [37] = "(rank(correlation(delay((open - close), 1), close, 200)) + rank((open - close)))",
        [38] = "((-1 * rank(ts_rank(close, 10))) * rank((close / open)))",
        [46] =
            "((0.25 < (((delay(close, 20) - delay(close, 10)) / 10) - ((delay(close, 10) - close) / 10))) ? (-1 * 1) : (((((delay(close, 20) - delay(close, 10)) / 10) - ((delay(close, 10) - close) / 10)) < 0) ? 1 : ((-1 * 1) * (close - delay(close, 1)))))",
        [49] =
            "(((((delay(close, 20) - delay(close, 10)) / 10) - ((delay(close, 10) - close) / 10)) < (-1 * 0.1)) ? 1 : ((-1 * 1) * (close - delay(close, 1))))",
        [51] =
            "(((((delay(close, 20) - delay(close, 10)) / 10) - ((delay(close, 10) - close) / 10)) < (-1 * 0.05)) ? 1 : ((-1 * 1) * (close - delay(close, 1))))",
        [53] = "(-1 * delta((((close - low) - (high - close)) / (close - low)), 9))",
        [54] = "((-1 * ((low - close) * (open^5))) / ((low - high) * (close^5)))",
        [101] = "((close - open) / ((high - low) + .001))",
    };

    private static readonly ILookup<string, string[]> Table = File.ReadLines(
            Repository.File("tests", "reference", "alphas.csv")
        )
        .Skip(1)
        .Select(line => line.Split(','))
        .ToLookup(row => row[0]);

    private readonly Lab _lab = new();

    public void Dispose() => _lab.Dispose();

    [Theory]
    [InlineData("sp500")]
    [InlineData("fx")]
    public void Every_formula_has_the_values_of_pandas(string name)
    {
        var set = BacktestReferenceTests.Import(_lab, name);
        var panel = new FeatureStore(_lab.Store).LoadPanel(
            set,
            new PanelRequest { Columns = ["open", "high", "low", "close"] },
            _lab.Context
        );
        var bars = panel.Times.Index().ToDictionary(bar => bar.Item, bar => bar.Index);
        var numbers = Table[name].Select(row => int.Parse(row[1], CultureInfo.InvariantCulture)).Distinct();
        Assert.Equal(Formulas.Keys, numbers.Order());
        foreach (var (number, formula) in Formulas)
        {
            var values = AlphaExpression
                .Parse(formula)
                .Evaluate(panel, ParameterValues.None, TestContext.Current.CancellationToken);
            var present = 0;
            foreach (
                var row in Table[name].Where(row => row[1] == number.ToString(CultureInfo.InvariantCulture))
            )
            {
                var entity =
                    panel.EntityCount == 1
                        ? 0
                        : panel.Entities.Index().First(each => each.Item == row[2]).Index;
                var bar = bars[
                    DateTime.Parse(
                        row[3],
                        CultureInfo.InvariantCulture,
                        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal
                    )
                ];
                var actual = values[entity * panel.Bars + bar];
                var expected =
                    row[4].Length == 0 ? double.NaN : double.Parse(row[4], CultureInfo.InvariantCulture);
                present += row[4].Length > 0 ? 1 : 0;
                Assert.True(
                    double.IsNaN(expected)
                        ? double.IsNaN(actual)
                        : Math.Abs(actual - expected) <= Tolerance * Math.Max(1, Math.Abs(expected)),
                    $"Alpha {number} of {row[2]} at {row[3]} is {actual:R}, not {expected:R}."
                );
            }

            Assert.True(present > 30, $"Alpha {number} has {present} values.");
        }
    }
}
