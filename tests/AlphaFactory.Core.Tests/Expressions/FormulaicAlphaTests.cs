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
        Assert.Equal(FormulaicAlphas.Formulas.Keys, numbers.Order());
        foreach (var (number, formula) in FormulaicAlphas.Formulas)
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
