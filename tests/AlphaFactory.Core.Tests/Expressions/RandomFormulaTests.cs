using System.Globalization;
using AlphaFactory.Core.Expressions;
using CsCheck;

namespace AlphaFactory.Core.Tests.Expressions;

/// <summary>
/// Random formulas, written with as few parentheses as the rules of precedence allow, against an interpreter
/// that knows nothing but a tree: one value at a time, no parsing, no vectors.
/// </summary>
public sealed class RandomFormulaTests
{
    private const int Bars = 12;
    private const int Entities = 3;

    private static readonly Gen<Tree> Leaves = Gen.Frequency(
        (4, Gen.OneOf("a", "b", "Exchange rate").Select(name => new Tree("column", [], Name: name))),
        (2, Gen.Int[0, 8].Select(number => new Tree("number", [], Number: number / 4d))),
        (1, Gen.Const(new Tree("parameter", [], Name: "k")))
    );

    private static readonly Gen<Tree> Trees = Gen.Recursive<Tree>(
        (depth, inner) =>
            depth >= 4
                ? Leaves
                : Gen.Frequency(
                    (2, Leaves),
                    (
                        6,
                        Gen.Select(
                            Gen.OneOf("||", "&&", "<", "<=", ">", ">=", "==", "!=", "+", "-", "*", "/", "^"),
                            inner,
                            inner,
                            (symbol, left, right) => new Tree(symbol, [left, right])
                        )
                    ),
                    (
                        2,
                        Gen.Select(
                            Gen.OneOf("neg", "!"),
                            inner,
                            (symbol, operand) => new Tree(symbol, [operand])
                        )
                    ),
                    (1, Gen.Select(inner, inner, inner, (c, x, y) => new Tree("?", [c, x, y]))),
                    (
                        2,
                        Gen.Select(
                            Gen.OneOf("abs", "sign", "log", "rank"),
                            inner,
                            (name, operand) => new Tree(name, [operand])
                        )
                    ),
                    (
                        1,
                        Gen.Select(
                            Gen.OneOf("min", "max"),
                            inner,
                            inner,
                            (name, left, right) => new Tree(name, [left, right])
                        )
                    ),
                    (
                        2,
                        Gen.Select(
                            Gen.OneOf(
                                "delay",
                                "delta",
                                "ts_min",
                                "ts_max",
                                "ts_rank",
                                "ts_argmin",
                                "ts_argmax"
                            ),
                            inner,
                            Gen.Int[1, 4],
                            (name, operand, window) => new Tree(name, [operand], Window: window)
                        )
                    )
                )
    );

    private static readonly Gen<double[]> Series = Gen.Frequency(
        (8, Gen.Int[-4, 12].Select(whole => whole / 2d)),
        (2, Gen.Double[-3, 3]),
        (1, Gen.Const(double.NaN))
    ).Array[Entities * Bars];

    [Fact]
    public void A_formula_means_the_same_however_it_is_written()
    {
        Gen.Select(Trees, Gen.Int[0, int.MaxValue])
            .Sample(
                (tree, seed) =>
                {
                    var expression = AlphaExpression.Parse(tree.Tersely(new Random(seed)));
                    var spelledOut = AlphaExpression.Parse(tree.SpelledOut());
                    Assert.Equal(spelledOut.Canonical, expression.Canonical);
                    Assert.Equal(expression.Canonical, AlphaExpression.Parse(expression.Canonical).Canonical);
                },
                iter: 500
            );
    }

    [Fact]
    public void A_formula_is_worth_what_a_plain_interpreter_makes_of_it()
    {
        var parameters = Formula.Bind(("k", 1.5));
        Gen.Select(Trees, Series, Series, Series)
            .Sample(
                (tree, a, b, rate) =>
                {
                    var panel = Formula.Market(Entities, ("a", a), ("b", b), ("Exchange rate", rate));
                    var text = tree.Tersely(new Random(0));
                    var actual = Formula.Evaluate(text, panel, parameters);
                    double[] expected =
                    [
                        .. Enumerable
                            .Range(0, Entities * Bars)
                            .Select(i => Value(tree, panel, i / Bars, i % Bars)),
                    ];
                    Formula.SameBits([.. expected.Select(Plain)], [.. actual.Select(Plain)], text);
                },
                iter: 100
            );
    }

    // One NaN and one zero.
    private static double Plain(double value) => double.IsNaN(value) ? double.NaN : value + 0d;

    private static double Value(Tree tree, Panel panel, int entity, int bar)
    {
        var value = Raw(tree, panel, entity, bar);
        return double.IsFinite(value) ? value : double.NaN;
    }

    private static double Raw(Tree tree, Panel panel, int entity, int bar)
    {
        double At(int place) => Value(tree.Parts[place], panel, entity, bar);
        double[] window =
            tree.Window == 0 || bar + 1 < tree.Window
                ? []
                :
                [
                    .. Enumerable
                        .Range(bar + 1 - tree.Window, tree.Window)
                        .Select(past => Value(tree.Parts[0], panel, entity, past)),
                ];
        var full = window.Length > 0 && !window.Any(double.IsNaN);
        switch (tree.Kind)
        {
            case "column":
                return panel.Series(tree.Name, entity)[bar];
            case "number":
                return tree.Number;
            case "parameter":
                return 1.5;
            case "+":
                return At(0) + At(1);
            case "-":
                return Difference(At(0), At(1));
            case "*":
                return At(0) * At(1);
            case "/":
                return At(0) / At(1);
            case "^":
                return Power(At(0), At(1));
            case "<":
                return Difference(At(0), At(1)) < 0 ? 1 : 0;
            case "<=":
                return Difference(At(0), At(1)) <= 0 ? 1 : 0;
            case ">":
                return Difference(At(0), At(1)) > 0 ? 1 : 0;
            case ">=":
                return Difference(At(0), At(1)) >= 0 ? 1 : 0;
            case "==":
                return Difference(At(0), At(1)) == 0 ? 1 : 0;
            case "!=":
                return Difference(At(0), At(1)) is < 0 or > 0 ? 1 : 0;
            case "&&":
                return double.IsNaN(At(0)) || double.IsNaN(At(1)) ? double.NaN
                    : At(0) != 0 && At(1) != 0 ? 1
                    : 0;
            case "||":
                return double.IsNaN(At(0)) || double.IsNaN(At(1)) ? double.NaN
                    : At(0) != 0 || At(1) != 0 ? 1
                    : 0;
            case "!":
                return double.IsNaN(At(0)) ? double.NaN
                    : At(0) == 0 ? 1
                    : 0;
            case "neg":
                return -At(0);
            case "?":
                return double.IsNaN(At(0)) ? double.NaN
                    : At(0) != 0 ? At(1)
                    : At(2);
            case "abs":
                return Math.Abs(At(0));
            case "sign":
                return double.IsNaN(At(0)) ? double.NaN : Math.Sign(At(0));
            case "log":
                return At(0) > 0 ? Math.Log(At(0)) : double.NaN;
            case "min":
                return Math.Min(At(0), At(1));
            case "max":
                return Math.Max(At(0), At(1));
            case "delay":
                return bar < tree.Window
                    ? double.NaN
                    : Value(tree.Parts[0], panel, entity, bar - tree.Window);
            case "delta":
                return bar < tree.Window
                    ? double.NaN
                    : Difference(At(0), Value(tree.Parts[0], panel, entity, bar - tree.Window));
            case "ts_min":
                return full ? window.Min() : double.NaN;
            case "ts_max":
                return full ? window.Max() : double.NaN;
            case "ts_argmin":
                return full ? 1 + Array.IndexOf(window, window.Min()) : double.NaN;
            case "ts_argmax":
                return full ? 1 + Array.IndexOf(window, window.Max()) : double.NaN;
            case "ts_rank":
                return full ? Percentile(window, window[^1]) : double.NaN;
            case "rank":
                double[] others =
                [
                    .. Enumerable
                        .Range(0, Entities)
                        .Select(other => Value(tree.Parts[0], panel, other, bar))
                        .Where(double.IsFinite),
                ];
                return double.IsNaN(At(0)) ? double.NaN : Percentile(others, At(0));
            default:
                throw new InvalidOperationException(tree.Kind);
        }
    }

    private static double Percentile(double[] values, double value) =>
        (values.Count(other => other < value) + ((values.Count(other => other == value) + 1) / 2d))
        / values.Length;

    private static double Power(double x, double y) =>
        double.IsNaN(x) || double.IsNaN(y) ? double.NaN
        : y is 1 or 2 or 3 or 4 or 5 or 6 or 7 or 8
            ? Enumerable.Repeat(x, (int)y).Aggregate((product, factor) => product * factor)
        : Math.Pow(x, y);

    private static double Difference(double x, double y) =>
        Math.Abs(x - y) <= 1e-12 * Math.Max(Math.Abs(x), Math.Abs(y)) ? 0 : x - y;

    private sealed record Tree(string Kind, Tree[] Parts, string Name = "", double Number = 0, int Window = 0)
    {
        private static readonly Dictionary<string, int> Levels = new(StringComparer.Ordinal)
        {
            ["?"] = 0,
            ["||"] = 1,
            ["&&"] = 2,
            ["<"] = 3,
            ["<="] = 3,
            [">"] = 3,
            [">="] = 3,
            ["=="] = 3,
            ["!="] = 3,
            ["+"] = 4,
            ["-"] = 4,
            ["*"] = 5,
            ["/"] = 5,
            ["neg"] = 6,
            ["!"] = 6,
            ["^"] = 7,
        };

        private int Level => Levels.GetValueOrDefault(Kind, 8);

        public override string ToString() => SpelledOut();

        /// <summary>Parentheses around everything, long names, no choice of spelling.</summary>
        public string SpelledOut() =>
            Kind switch
            {
                "?" => $"if({string.Join(",", Parts.Select(part => part.SpelledOut()))})",
                "neg" => $"(-{Parts[0].SpelledOut()})",
                "!" => $"(!{Parts[0].SpelledOut()})",
                _ when Level < 8 => $"({Parts[0].SpelledOut()} {Kind} {Parts[1].SpelledOut()})",
                _ => Leaf(Number.ToString("0.00", CultureInfo.InvariantCulture), part => part.SpelledOut()),
            };

        /// <summary>Only the parentheses that are needed, odd spaces and spellings.</summary>
        public string Tersely(Random random)
        {
            var space = random.Next(4) switch
            {
                0 => " ",
                1 => "\n\t",
                _ => "",
            };
            return Kind switch
            {
                "?" => $"{Part(0, 1)}{space}?{Part(1, 0)}:{space}{Part(2, 0)}",
                "neg" => $"-{space}{Part(0, 6)}",
                "!" => $"!{space}{Part(0, 6)}",
                // A prefix operator after '^' needs no parentheses: nothing else can be meant.
                "^" => $"{Part(0, 8)}{space}^{space}{Part(1, 6)}",
                _ when Level == 3 => $"{Part(0, 4)}{space}{Kind} {Part(1, 4)}",
                _ when Level < 8 => $"{Part(0, Level)}{space}{Kind}{space}{Part(1, Level + 1)}",
                _ => Leaf(
                    Number.ToString("0.####e0", CultureInfo.InvariantCulture),
                    part => part.Tersely(random)
                ),
            };

            string Part(int place, int least) =>
                Parts[place].Level < least || (random.Next(9) == 0)
                    ? $"({Parts[place].Tersely(random)}{space})"
                    : Parts[place].Tersely(random);
        }

        private string Leaf(string number, Func<Tree, string> write) =>
            Kind switch
            {
                "number" => number,
                "parameter" => $"${Name}",
                "column" => Name.Contains(' ', StringComparison.Ordinal) ? $"[{Name}]" : Name,
                _ => $"{Kind}({string.Join(",", Parts.Select(write))}{(Window > 0 ? $",{Window}" : "")})",
            };
    }
}
