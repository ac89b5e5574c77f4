using System.Globalization;
using AlphaFactory.Core.Expressions;
using CsCheck;

namespace AlphaFactory.Core.Tests.Expressions;

public sealed class AlphaExpressionParseTests
{
    [Theory]
    [InlineData("a - b - c", "(a - b) - c")]
    [InlineData("a / b * c", "(a / b) * c")]
    [InlineData("a + b * c", "a + (b * c)")]
    [InlineData("a ^ b ^ c", "a ^ (b ^ c)")]
    [InlineData("-a ^ 2", "-(a ^ 2)")]
    [InlineData("a ^ -b ^ 2 * 3", "(a ^ (-(b ^ 2))) * 3")]
    [InlineData("-a * b", "(-a) * b")]
    [InlineData("--a", "-(-a)")]
    [InlineData("!a > b", "(!a) > b")]
    [InlineData("a + 1 > b && c == d || e", "(((a + 1) > b) && (c == d)) || e")]
    [InlineData("a || b ? c : d ? e : f", "if(a || b, c, if(d, e, f))")]
    [InlineData("a ? b ? c : d : e", "if(a, if(b, c, d), e)")]
    [InlineData("SMA( Close , 1e1 )", "ts_mean(close, 10)")]
    [InlineData("ts_mean(close,10.0)", "ts_mean(close, 10)")]
    [InlineData("stddev(((close)), $N)", "ts_std(close, $n)")]
    [InlineData("1.50 + .5 + 1e-7", "(1.5 + 0.5) + 1E-07")]
    [InlineData("[close] + [Exchange rate] + [a]]b]", "(close + [exchange rate]) + [a]]b]")]
    [InlineData("returns + returns(x)", "returns(close) + returns(x)")]
    [InlineData("[returns]", "[returns]")]
    [InlineData("adv(20)", "ts_mean(close * volume, 20)")]
    [InlineData("scale(x) + scale(x, 2)", "scale(x, 1) + scale(x, 2)")]
    [InlineData("adj.close\n\t* été", "adj.close * été")]
    public void A_formula_has_one_canonical_text(string text, string canonical)
    {
        var expression = AlphaExpression.Parse(text);
        Assert.Equal(text, expression.Text);
        Assert.Equal(canonical, expression.Canonical);
        Assert.Equal(canonical, AlphaExpression.Parse(canonical).Canonical);
    }

    [Fact]
    public void What_a_formula_uses_is_listed_once_in_order()
    {
        var expression = AlphaExpression.Parse(
            "sma(close, $fast) > $limit * sma(Close, $slow) && delay([Exchange rate], $Fast) < $limit"
        );
        Assert.Equal(["close", "Exchange rate"], expression.Columns);
        Assert.Equal(["fast", "limit", "slow"], expression.Parameters);
        Assert.Equal(["fast", "slow"], expression.WindowParameters);
        Assert.Equal(["Fast"], expression.LagParameters);
        Assert.Equal(["close", "volume"], AlphaExpression.Parse("returns + adv(5)").Columns);
    }

    [Theory]
    [InlineData("", 1, 1, "empty")]
    [InlineData(" \n ", 1, 1, "empty")]
    [InlineData("close +", 1, 8, "ends too soon; expected a number")]
    [InlineData("(close", 1, 7, "expected an operator or ')'")]
    [InlineData("sma(close 3)", 1, 11, "unexpected '3'; expected an operator, ',' or ')'")]
    [InlineData("sma(close, )", 1, 12, "single quotes")]
    [InlineData("a ? b", 1, 6, "':'")]
    [InlineData("close)", 1, 6, "unexpected ')'")]
    [InlineData("close close", 1, 7, "unexpected 'close'")]
    [InlineData("a and b", 1, 3, "&&")]
    [InlineData("a = b", 1, 3, "==")]
    [InlineData("a & b", 1, 3, "&&")]
    [InlineData("a # b", 1, 3, "'#'")]
    [InlineData("a\0b", 1, 2, "control character")]
    [InlineData("$ n", 1, 1, "name of a parameter")]
    [InlineData("a + [b", 1, 5, "']'")]
    [InlineData("1e999", 1, 1, "too large")]
    [InlineData("a < b < c", 1, 7, "do not chain")]
    [InlineData("a < b == c", 1, 7, "do not chain")]
    [InlineData("smaa(close, 3)", 1, 1, "Did you mean 'sma'?")]
    [InlineData("close +\n  rnak(close)", 2, 3, "Did you mean 'rank'?")]
    [InlineData("sma(close)", 1, 1, "takes 2 arguments, not 1")]
    [InlineData("abs(a, b)", 1, 1, "takes 1 argument, not 2")]
    [InlineData("scale()", 1, 1, "takes 1 or 2 arguments, not 0")]
    [InlineData("sma(close, 2.5)", 1, 12, "whole number of bars, not 2.5")]
    [InlineData("sma(close, 0)", 1, 12, "at least 1, not 0")]
    [InlineData("sma(close, 1e10)", 1, 12, "too large")]
    [InlineData("sma(close, 1 + 1)", 1, 14, "not a formula")]
    [InlineData("sma(close, close)", 1, 12, "not a formula")]
    [InlineData("delay(close, -1)", 1, 14, "read the future")]
    [InlineData("delta(close, -$n)", 1, 14, "read the future")]
    [InlineData("winsorize(close, 0.7)", 1, 18, "from 0 to 0.5")]
    public void A_wrong_formula_is_refused_at_the_place(string text, int line, int column, string what)
    {
        var message = Formula.SyntaxError(() => AlphaExpression.Parse(text));
        Assert.StartsWith($"Expression, line {line}, column {column}: ", message, StringComparison.Ordinal);
        Assert.Contains(what, message, StringComparison.Ordinal);
        var lines = message.Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Equal(column + 2, lines[2].Length);
    }

    [Fact]
    public void A_long_line_is_shown_around_the_place()
    {
        var text = string.Concat(Enumerable.Repeat("close + ", 60)) + "# + close";
        var lines = Formula.SyntaxError(() => AlphaExpression.Parse(text)).Split('\n');
        Assert.True(lines[1].Length < 110);
        Assert.Equal('#', lines[1][lines[2].IndexOf('^', StringComparison.Ordinal)]);
    }

    [Theory]
    [InlineData("clsoe + 1", "there is no column of numbers 'clsoe'. Did you mean 'close'?")]
    [InlineData("sma(close, $fsat)", "the parameter $fsat has no value. Did you mean 'fast'?")]
    [InlineData("rank + 1", "The operator of that name is written rank(x).")]
    [InlineData("adv(3)", "there is no column of numbers 'volume'")]
    public void An_unknown_name_is_named_with_the_nearest(string text, string what)
    {
        var expression = AlphaExpression.Parse(text);
        var message = Formula.SyntaxError(() => expression.Validate(["open", "close"], ["slow", "fast"]));
        Assert.Contains(what, message, StringComparison.Ordinal);
        Assert.Contains("line 1, column ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Known_names_are_compared_without_case()
    {
        AlphaExpression.Parse("sma(Close, $Fast)").Validate(["CLOSE"], ["FAST"]);
    }

    [Fact]
    public void Bare_returns_is_refused_where_a_column_has_that_name()
    {
        var expression = AlphaExpression.Parse("rank(returns)");
        Assert.Contains(
            "[returns]",
            Formula.SyntaxError(() => expression.Validate(["close", "returns"], [])),
            StringComparison.Ordinal
        );
        AlphaExpression.Parse("[returns] + returns(close)").Validate(["close", "returns"], []);
    }

    [Theory]
    [InlineData("(", "x", ")")]
    [InlineData("abs(", "x", ")")]
    [InlineData("-", "x", "")]
    [InlineData("x+", "x", "")]
    [InlineData("x^", "x", "")]
    [InlineData("x?x:", "x", "")]
    [InlineData("x?", "x", ":x")]
    [InlineData("if(x,x?x:x,", "x", ")")]
    public void Two_hundred_levels_are_read_and_ten_thousand_refused(string open, string inner, string close)
    {
        // A thread with a small stack, as a host may have.
        var thread = new Thread(
            () =>
            {
                var most = AlphaExpression.Parse(Nested(open == "if(x,x?x:x," ? 199 : 200));
                Assert.Equal(most.Canonical, AlphaExpression.Parse(most.Canonical).Canonical);
                Assert.Equal(
                    [1],
                    most.Evaluate(Formula.One(("x", [1])), ParameterValues.None, default),
                    Alike
                );
            },
            1024 * 1024
        );
        thread.Start();
        thread.Join();

        // Shortened to what may be read at all.
        var text = Nested(Math.Min(10_000, 60_000 / (open.Length + close.Length)));
        var message = Formula.SyntaxError(() => AlphaExpression.Parse(text));
        Assert.Contains("200 deep", message, StringComparison.Ordinal);

        string Nested(int levels) =>
            string.Concat(Enumerable.Repeat(open, levels))
            + inner
            + string.Concat(Enumerable.Repeat(close, levels));

        static bool Alike(double expected, double actual) => double.IsFinite(actual);
    }

    [Fact]
    public void A_text_too_long_is_refused()
    {
        Assert.Contains(
            "65536",
            Formula.SyntaxError(() => AlphaExpression.Parse(new string('x', 65_537))),
            StringComparison.Ordinal
        );
        AlphaExpression.Parse(new string('x', 65_536));
    }

    [Fact]
    public void The_culture_makes_no_difference()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.Equal("1.5 + 0.25", AlphaExpression.Parse("1.5 + .25").Canonical);
            Assert.Equal([1.75], Formula.Of("1.5 + .25", 0));
            Assert.Contains(
                "not 2.5",
                Formula.SyntaxError(() => AlphaExpression.Parse("sma(x, 2.5)")),
                StringComparison.Ordinal
            );
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Any_text_is_either_read_or_refused_with_a_reason()
    {
        string[] words =
        [
            "close",
            "sma",
            "(",
            ")",
            ",",
            "$n",
            "1",
            ".5",
            "-",
            "!",
            "?",
            ":",
            "^",
            "<=",
            "[a b]",
            "[",
            "\n",
            "é",
            "=",
            "\"",
            "\ud800",
        ];
        Gen.Int[0, words.Length - 1]
            .Array[0, 30]
            .Select(places => string.Concat(places.Select(place => words[place])))
            .Sample(text =>
            {
                try
                {
                    var canonical = AlphaExpression.Parse(text).Canonical;
                    return canonical == AlphaExpression.Parse(canonical).Canonical;
                }
                catch (AlphaFactoryException error)
                {
                    return error.Id == ErrorId.ExpressionSyntax
                        && error.Message.Contains("line", StringComparison.Ordinal);
                }
            });
    }
}
