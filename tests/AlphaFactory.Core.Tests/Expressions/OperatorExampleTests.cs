using AlphaFactory.Core.Expressions;

namespace AlphaFactory.Core.Tests.Expressions;

/// <summary>Each operator on numbers that can be worked out by hand.</summary>
public sealed class OperatorExampleTests
{
    private const double NaN = Formula.Missing;

    [Theory]
    [InlineData("x + 1", new[] { 1, NaN, 3 }, new[] { 2, NaN, 4 })]
    [InlineData("x - 1", new[] { 1, NaN, 3 }, new[] { 0, NaN, 2 })]
    [InlineData("x * 2", new[] { 1, NaN, 3 }, new[] { 2, NaN, 6 })]
    [InlineData("6 / x", new[] { 2, 0, NaN, -0d }, new[] { 3, NaN, NaN, NaN })]
    [InlineData("x / x", new[] { 2d, 0 }, new[] { 1, NaN })]
    [InlineData("-x", new[] { 2, NaN }, new[] { -2, NaN })]
    [InlineData("x ^ 2", new[] { -3, NaN }, new[] { 9, NaN })]
    [InlineData("-x ^ 2", new[] { 3d }, new[] { -9d })]
    [InlineData("2 ^ 3 ^ 2 + 0 * x", new[] { 1d }, new[] { 512d })]
    [InlineData("x ^ 0", new[] { 5, 0, NaN }, new[] { 1, 1, NaN })]
    [InlineData("1 ^ x", new[] { 5, NaN }, new[] { 1, NaN })]
    [InlineData("x ^ 0.5", new[] { 4d, -4 }, new[] { 2, NaN })]
    [InlineData("x > 2", new[] { 1, 2, 3, NaN }, new[] { 0, 0, 1, 0d })]
    [InlineData("x >= 2", new[] { 1, 2, 3, NaN }, new[] { 0, 1, 1, 0d })]
    [InlineData("x < 2", new[] { 1, 2, 3, NaN }, new[] { 1, 0, 0, 0d })]
    [InlineData("x <= 2", new[] { 1, 2, 3, NaN }, new[] { 1, 1, 0, 0d })]
    [InlineData("x == 2", new[] { 1, 2, 3, NaN }, new[] { 0, 1, 0, 0d })]
    [InlineData("x != 2", new[] { 1, 2, 3, NaN }, new[] { 1, 0, 1, 0d })]
    [InlineData("x && 1", new[] { 0, -2, NaN }, new[] { 0, 1, NaN })]
    [InlineData("x || 0", new[] { 0, -2, NaN }, new[] { 0, 1, NaN })]
    [InlineData("!x", new[] { 0, -2, NaN }, new[] { 1, 0, NaN })]
    [InlineData("!(x > 1)", new[] { 0, 2, NaN }, new[] { 1, 0, 1d })]
    [InlineData("x ? 10 : 20", new[] { 0, 1, NaN }, new[] { 20, 10, NaN })]
    [InlineData("x > 0 ? x : 0", new[] { -1, 1, NaN }, new[] { 0, 1, 0d })]
    [InlineData("if(x > 0, 1, 1 / 0)", new[] { -1d, 1 }, new[] { NaN, 1 })]
    [InlineData("abs(x)", new[] { -1, 1, NaN }, new[] { 1, 1, NaN })]
    [InlineData("log(x)", new[] { 1, 0, -1, NaN }, new[] { 0, NaN, NaN, NaN })]
    [InlineData("sign(x)", new[] { -5, 0, 5, NaN }, new[] { -1, 0, 1, NaN })]
    [InlineData("signedpower(x, 2)", new[] { -3, 3, 0, NaN }, new[] { -9, 9, 0, NaN })]
    [InlineData("min(x, 2)", new[] { 1, 3, NaN }, new[] { 1, 2, NaN })]
    [InlineData("max(x, 2)", new[] { 1, 3, NaN }, new[] { 2, 3, NaN })]
    [InlineData("x * 1e300 * 1e300", new[] { 1d, 0 }, new[] { NaN, 0 })]
    [InlineData("delay(x, 1)", new[] { 1, NaN, 3, 4 }, new[] { NaN, 1, NaN, 3 })]
    [InlineData("delay(x, 0)", new[] { 1, NaN }, new[] { 1, NaN })]
    [InlineData("delay(x, 9)", new[] { 1d, 2 }, new[] { NaN, NaN })]
    [InlineData("delta(x, 2)", new[] { 1d, 2, 4, 8 }, new[] { NaN, NaN, 3, 6 })]
    [InlineData("returns(x)", new[] { 4d, 5, 0, 3 }, new[] { NaN, 0.25, -1, NaN })]
    [InlineData("ts_sum(x, 2)", new[] { 1, 2, 4, NaN, 8, 16 }, new[] { NaN, 3, 6, NaN, NaN, 24 })]
    [InlineData("ts_mean(x, 2)", new[] { 1, 2, 4, NaN, 8, 16 }, new[] { NaN, 1.5, 3, NaN, NaN, 12 })]
    [InlineData("ts_mean(x, 3)", new[] { 1d, 2 }, new[] { NaN, NaN })]
    [InlineData("ts_mean(x, 2147483647)", new[] { 1d, 2 }, new[] { NaN, NaN })]
    [InlineData("ts_mean(4, 2) * x", new[] { 1d, 2 }, new[] { NaN, 8 })]
    [InlineData("ts_std(x, 3)", new[] { 1d, 2, 3, 3, 3 }, new[] { NaN, NaN, 1, 0.57735026918962576, 0 })]
    [InlineData("ts_std(x, 1)", new[] { 1d }, new[] { NaN })]
    [InlineData("ts_min(x, 2)", new[] { 3, 1, 2, NaN, 5, 4 }, new[] { NaN, 1, 1, NaN, NaN, 4 })]
    [InlineData("ts_max(x, 2)", new[] { 3, 1, 2, NaN, 5, 4 }, new[] { NaN, 3, 2, NaN, NaN, 5 })]
    [InlineData("ts_rank(x, 4)", new[] { 1d, 2, 2, 2, 5 }, new[] { NaN, NaN, NaN, 0.75, 1 })]
    [InlineData("ts_argmin(x, 3)", new[] { 2d, 1, 1, 3, 0 }, new[] { NaN, NaN, 2, 1, 3 })]
    [InlineData("ts_argmax(x, 3)", new[] { 1d, 2, 2, 0, 3 }, new[] { NaN, NaN, 2, 1, 3 })]
    [InlineData("ts_zscore(x, 3)", new[] { 1d, 2, 3, 3, 3 }, new[] { NaN, NaN, 1, 0.57735026918962576, NaN })]
    [InlineData("product(x, 3)", new[] { 1d, 2, 3, 4 }, new[] { NaN, NaN, 6, 24 })]
    [InlineData("decay_linear(x, 3)", new[] { 6d, 12, 18 }, new[] { NaN, NaN, 14 })]
    [InlineData(
        "ema(x, 3)",
        new[] { 8, 4, 2, 1, NaN, 6, 6, 6 },
        new[] { NaN, NaN, 4, 2.5, NaN, NaN, NaN, 6 }
    )]
    [InlineData("correlation(x, -2 * x, 3)", new[] { 1d, 2, 4, 4, 4 }, new[] { NaN, NaN, -1, -1, NaN })]
    [InlineData("covariance(x, 2 * x, 3)", new[] { 1d, 2, 3, 3, 3 }, new[] { NaN, NaN, 2, 2 / 3d, 0 })]
    [InlineData("x - x", new[] { double.PositiveInfinity, 1 }, new[] { NaN, 0 })]
    public void A_series_operator_gives_what_is_worked_out_by_hand(
        string formula,
        double[] x,
        double[] expected
    ) => AssertNear(expected, Formula.Of(formula, x));

    // Three entities at one bar each.
    [Theory]
    [InlineData("rank(x)", new[] { 10d, 30, 20 }, new[] { 1 / 3d, 1, 2 / 3d })]
    [InlineData("rank(x)", new[] { 10d, 10, 20 }, new[] { 0.5, 0.5, 1 })]
    [InlineData("rank(x)", new[] { 10, NaN, 20 }, new[] { 0.5, NaN, 1 })]
    [InlineData("rank(x)", new[] { 7d, 7, 7 }, new[] { 2 / 3d, 2 / 3d, 2 / 3d })]
    [InlineData("rank(x)", new[] { NaN, NaN, NaN }, new[] { NaN, NaN, NaN })]
    [InlineData("scale(x)", new[] { 1d, -2, 1 }, new[] { 0.25, -0.5, 0.25 })]
    [InlineData("scale(x, 8)", new[] { 1, NaN, -1 }, new[] { 4, NaN, -4 })]
    [InlineData("scale(x)", new[] { 0d, 0, 0 }, new[] { NaN, NaN, NaN })]
    [InlineData("demean(x)", new[] { 1, NaN, 3 }, new[] { -1, NaN, 1 })]
    [InlineData("demean(x)", new[] { 0.1, 0.1, 0.1 }, new[] { 0d, 0, 0 })]
    [InlineData("zscore(x)", new[] { 1d, 2, 3 }, new[] { -1d, 0, 1 })]
    [InlineData("zscore(x)", new[] { 2d, 2, 2 }, new[] { NaN, NaN, NaN })]
    [InlineData("zscore(x)", new[] { 2, NaN, NaN }, new[] { NaN, NaN, NaN })]
    [InlineData("winsorize(x, 0.25)", new[] { 0d, 4, 100 }, new[] { 2d, 4, 52 })]
    [InlineData("winsorize(x, 0)", new[] { 0d, 4, 100 }, new[] { 0d, 4, 100 })]
    [InlineData("winsorize(x, 0.5)", new[] { 0d, 4, 100 }, new[] { 4d, 4, 4 })]
    public void A_cross_sectional_operator_gives_what_is_worked_out_by_hand(
        string formula,
        double[] x,
        double[] expected
    ) => AssertNear(expected, Formula.Evaluate(formula, Formula.Market(3, ("x", x))));

    [Fact]
    public void Entities_never_look_into_each_other_through_time()
    {
        var panel = Formula.Market(2, ("x", [1, 2, 3, 10, 20, 30]));
        AssertNear([NaN, 1.5, 2.5, NaN, 15, 25], Formula.Evaluate("sma(x, 2)", panel));
        AssertNear([NaN, 1, 2, NaN, 10, 20], Formula.Evaluate("delay(x, 1)", panel));
        AssertNear([NaN, 1, 0.5, NaN, 1, 0.5], Formula.Evaluate("returns(x)", panel));
    }

    [Fact]
    public void Returns_and_adv_are_those_of_close_and_volume()
    {
        var panel = Formula.One(("Close", [2, 3, 6]), ("VOLUME", [10, 20, 30]));
        AssertNear([NaN, 0.5, 1], Formula.Evaluate("returns", panel));
        AssertNear([NaN, 40, 120], Formula.Evaluate("adv(2)", panel));
    }

    [Theory]
    [InlineData("x - y")]
    [InlineData("sign(x - y)")]
    [InlineData("x > y")]
    [InlineData("x < y")]
    [InlineData("x != y")]
    [InlineData("sign(sma(x, 3) - sma(x, 3) * 1.0000000000000004)")]
    public void Float_noise_is_no_difference(string formula)
    {
        var panel = Formula.One(("x", [0.3, 0.3, 0.3]), ("y", [0.1 + 0.2, 0.30000000000029, 0.1 + 0.2]));
        Assert.Equal(0, Formula.Evaluate(formula, panel)[^1]);
        Assert.Equal([1, 1, 1], Formula.Evaluate("x >= y && x <= y && x == y", panel));
    }

    [Fact]
    public void More_than_float_noise_is_a_difference()
    {
        var panel = Formula.One(("x", [1d, -1, 0, 1e-300]), ("y", [1 + 3e-12, -1 - 3e-12, 1e-300, 0]));
        Assert.Equal([-1, 1, -1, 1], Formula.Evaluate("sign(x - y)", panel));
        Assert.Equal([0, 1, 0, 1], Formula.Evaluate("x > y", panel));
    }

    [Fact]
    public void A_delta_within_noise_is_zero()
    {
        Assert.Equal([NaN, 0, 0], Formula.Of("delta(x, 1)", 0.3, 0.1 + 0.2, 0.3));
    }

    [Fact]
    public void Parameters_are_numbers_and_truths()
    {
        var panel = Formula.One(("x", [1, 2, 4]));
        var expression = AlphaExpression.Parse("$on ? sma(x, $n) * $k : 0");
        var token = TestContext.Current.CancellationToken;
        AssertNear(
            [NaN, 0.75, 1.5],
            expression.Evaluate(panel, Formula.Bind(("on", true), ("N", 2.0), ("k", 0.5)), token)
        );
        AssertNear(
            [0, 0, 0],
            expression.Evaluate(panel, Formula.Bind(("on", false), ("n", 2), ("k", 1)), token)
        );
    }

    [Theory]
    [InlineData("n", 2.5, "must be a whole number of bars, not 2.5 from $n")]
    [InlineData("n", 0, "at least 1, not 0 from $n")]
    [InlineData("n", -3, "at least 1, not -3 from $n")]
    [InlineData("n", double.NaN, "at least 1, not NaN from $n")]
    [InlineData("n", double.PositiveInfinity, "too large")]
    [InlineData("n", true, "must be a number, not True from $n")]
    [InlineData("n", "ten", "is a text")]
    [InlineData("m", 2, "the parameter $n has no value. Did you mean 'm'?")]
    public void A_window_that_cannot_be_is_refused_at_the_place(string name, object value, string what)
    {
        var parameters = Formula.Bind((name, value), ("other", 1));
        var message = Formula.SyntaxError(() =>
            Formula.Evaluate("1 + sma(x, $n)", Formula.One(("x", [1])), parameters)
        );
        if (name == "n")
        {
            Assert.Contains(what, message, StringComparison.Ordinal);
        }

        Assert.Contains("line 1, column 12: ", message, StringComparison.Ordinal);
        Assert.Throws<AlphaFactoryException>(() => AlphaExpression.Parse("sma(x, $n)").Lookback(parameters));
    }

    [Fact]
    public void A_negative_lag_from_a_parameter_is_refused() =>
        Assert.Contains(
            "read the future",
            Formula.SyntaxError(() =>
                Formula.Evaluate("delay(x, $n)", Formula.One(("x", [1])), Formula.Bind(("n", -1)))
            ),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("x", 1)]
    [InlineData("1 + 2", 1)]
    [InlineData("sma(x, $n)", 10)]
    [InlineData("sma(x, 3) - sma(x, $n)", 10)]
    [InlineData("sma(delay(x, 5), $n)", 15)]
    [InlineData("returns", 2)]
    [InlineData("ts_std(returns, 20)", 21)]
    [InlineData("rank(delta(x, 4))", 5)]
    [InlineData("ts_sum(ts_sum(x, 2147483647), 2147483647)", int.MaxValue)]
    public void Lookback_is_the_bars_before_there_is_a_value(string formula, int bars) =>
        Assert.Equal(bars, AlphaExpression.Parse(formula).Lookback(Formula.Bind(("n", 10))));

    [Fact]
    public void An_empty_panel_has_no_values()
    {
        Assert.Empty(Formula.Evaluate("rank(sma(x, 3)) + 1", Formula.One(("x", []))));
        Assert.Empty(Formula.Evaluate("rank(x)", new Panel([], [DateTime.UnixEpoch], [new("x", [])])));
    }

    [Fact]
    public void A_column_that_the_panel_lacks_is_refused()
    {
        var message = Formula.SyntaxError(() =>
            Formula.Evaluate("sma(clsoe, 3)", Formula.One(("close", [1])))
        );
        Assert.Contains(
            "column 5: there is no column of numbers 'clsoe'. Did you mean 'close'?",
            message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Stopping_ends_the_evaluation()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() =>
            AlphaExpression.Parse("x").Evaluate(Formula.One(("x", [1])), ParameterValues.None, stop.Token)
        );
    }

    [Fact]
    public void The_panel_is_left_as_it_was()
    {
        double[] x = [1, double.PositiveInfinity, 3, 4];
        double[] before = [.. x];
        Formula.Of("rank(-x) + delta(x, 1) + ema(x, 2)", x);
        Formula.Of("x", x)[0] = 7;
        Assert.Equal(before, x);
    }

    private static void AssertNear(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-14);
        }
    }
}
