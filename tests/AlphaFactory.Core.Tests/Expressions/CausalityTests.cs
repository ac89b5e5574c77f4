using AlphaFactory.Core.Expressions;
using CsCheck;

namespace AlphaFactory.Core.Tests.Expressions;

/// <summary>No value knows anything of a later bar, and none depends on when the sample began.</summary>
public sealed class CausalityTests
{
    private const int Entities = 3;

    private static readonly Gen<double> Value = Gen.Frequency(
        (4, Gen.Double[-100, 100]),
        (3, Gen.Int[-2, 3].Select(whole => whole / 2d)),
        (1, Gen.Double[-1e9, 1e9]),
        (1, Gen.Const(double.NaN))
    );

    private static readonly Gen<Panel> Panels =
        from bars in Gen.Int[1, 40]
        from a in Value.Array[Entities * bars]
        from b in Value.Array[Entities * bars]
        select Formula.Market(Entities, ("a", a), ("b", b), ("close", b), ("volume", a));

    /// <summary>A formula an operator, straight from the table, and some that nest.</summary>
    public static TheoryData<string> Formulas =>
        [
            .. Operators
                .All.Where(called => called.Notation == Notation.Function)
                .Select(called => Formula.Call(called, 4)),
            "sign(sma(a, 2) - sma(a, 5))",
            "rank(correlation(a, delay(b, 1), 4)) * -1",
            "ts_std(returns, 3) > 0.1 ? zscore(ema(b, 3)) : a ^ 2 - b / a",
            "log(abs(a) + 1) - (a >= b || !(a == delay(a, 1)) && a != 2)",
        ];

    [Theory]
    [MemberData(nameof(Formulas))]
    public void Cutting_the_end_off_changes_no_bit_before_it(string formula)
    {
        var expression = AlphaExpression.Parse(formula);
        (from panel in Panels from bars in Gen.Int[0, panel.Bars] select (panel, bars)).Sample(
            sample =>
            {
                var (panel, bars) = sample;
                var whole = expression.Evaluate(panel, ParameterValues.None, CancellationToken.None);
                var cut = expression.Evaluate(
                    panel.Truncate(bars),
                    ParameterValues.None,
                    CancellationToken.None
                );
                for (var entity = 0; entity < Entities; entity++)
                {
                    var expected = whole.AsSpan(entity * panel.Bars, bars);
                    Formula.SameBits(
                        expected,
                        cut.AsSpan(entity * bars, bars),
                        $"{formula}, entity {entity}"
                    );
                }
            },
            iter: 100
        );
    }

    [Theory]
    [MemberData(nameof(Formulas))]
    public void Beginning_later_changes_nothing_once_the_windows_are_full(string formula)
    {
        if (formula.Contains("ema", StringComparison.Ordinal))
        {
            return; // An exponential mean remembers its first value by its definition.
        }

        var expression = AlphaExpression.Parse(formula);
        var full = expression.Lookback(ParameterValues.None) - 1;
        (from panel in Panels from bars in Gen.Int[0, panel.Bars] select (panel, bars)).Sample(
            sample =>
            {
                var (panel, skipped) = sample;
                var left = panel.Bars - skipped;
                if (left <= full)
                {
                    return;
                }

                var whole = expression.Evaluate(panel, ParameterValues.None, CancellationToken.None);
                var later = expression.Evaluate(
                    Without(panel, skipped),
                    ParameterValues.None,
                    CancellationToken.None
                );
                for (var entity = 0; entity < Entities; entity++)
                {
                    var expected = whole.AsSpan((entity * panel.Bars) + skipped + full, left - full);
                    var actual = later.AsSpan((entity * left) + full, left - full);
                    Formula.SameBits(expected, actual, $"{formula}, entity {entity}");
                }
            },
            iter: 100
        );
    }

    [Fact]
    public void Many_threads_get_the_same_bits()
    {
        var random = new Random(3);
        var panel = Formula.Market(
            Entities,
            ("a", [.. Enumerable.Range(0, 600).Select(_ => random.NextDouble())]),
            ("b", [.. Enumerable.Range(0, 600).Select(_ => random.NextDouble())])
        );
        var expression = AlphaExpression.Parse("rank(ts_std(a, 5)) + sma(b, 3) ^ 2 - correlation(a, b, 6)");
        var expected = expression.Evaluate(panel, ParameterValues.None, CancellationToken.None);
        Parallel.For(
            0,
            64,
            _ =>
                Formula.SameBits(
                    expected,
                    expression.Evaluate(panel, ParameterValues.None, CancellationToken.None),
                    "on another thread"
                )
        );
    }

    private static Panel Without(Panel panel, int first)
    {
        var left = panel.Bars - first;
        return new Panel(
            panel.Entities,
            [.. panel.Times.Skip(first)],
            panel.Columns.Select(name =>
            {
                var values = new double[Entities * left];
                for (var entity = 0; entity < Entities; entity++)
                {
                    panel.Series(name, entity)[first..].CopyTo(values.AsSpan(entity * left));
                }

                return KeyValuePair.Create(name, values);
            })
        );
    }
}
