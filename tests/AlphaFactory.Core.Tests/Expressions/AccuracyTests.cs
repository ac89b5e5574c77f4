using System.Numerics;
using AlphaFactory.Core.Expressions;

namespace AlphaFactory.Core.Tests.Expressions;

/// <summary>Rolling statistics over long histories, held against decimal arithmetic with 28 digits.</summary>
public sealed class AccuracyTests
{
    private const int Bars = 5000;

    // A price that walks between about 1,000 and 10,000 in 128ths, exact in decimal and in binary.
    private static readonly decimal[] Prices = Walk();
    private static readonly Panel Market = Formula.One(("close", [.. Prices.Select(price => (double)price)]));

    [Theory]
    [InlineData(2)]
    [InlineData(20)]
    [InlineData(250)]
    public void Means_and_deviations_do_not_drift(int window)
    {
        var means = Formula.Evaluate($"sma(close, {window})", Market);
        var sums = Formula.Evaluate($"ts_sum(close, {window})", Market);
        var deviations = Formula.Evaluate($"ts_std(close, {window})", Market);
        for (var end = window; end <= Bars; end += 7)
        {
            var prices = Prices.AsSpan(end - window, window).ToArray();
            var mean = prices.Sum() / window;
            var variance = prices.Sum(price => (price - mean) * (price - mean)) / (window - 1);
            Assert.Equal((double)mean, means[end - 1], (double)mean * 1e-15);
            Assert.Equal((double)prices.Sum(), sums[end - 1], (double)prices.Sum() * 1e-15);
            Assert.Equal(
                Math.Sqrt((double)variance),
                deviations[end - 1],
                Math.Sqrt((double)variance) * 1e-12
            );
        }
    }

    [Fact]
    public void A_window_that_is_constant_but_for_rounding_has_no_correlation()
    {
        double[] x = [.. Enumerable.Range(0, 40).Select(bar => 100 + (bar % 3 * 1.5e-14 * 100))];
        double[] y = [.. Enumerable.Range(0, 40).Select(bar => (double)(bar % 3))];
        Assert.All(
            Formula.Evaluate("correlation(x, y, 5)", Formula.One(("x", x), ("y", y))),
            correlation => Assert.Equal(double.NaN, correlation)
        );
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(1.0 / 3)]
    [InlineData(-98765.4321)]
    [InlineData(1e-9)]
    [InlineData(1e300)]
    public void A_constant_stretch_has_its_own_mean_no_deviation_and_no_correlation(double value)
    {
        // Noise before it, so that nothing is left over in a running sum.
        double[] x =
        [
            .. Enumerable.Range(0, 60).Select(bar => Math.Sin(bar) * value),
            .. Enumerable.Repeat(value, 60),
        ];
        double[] y = [.. Enumerable.Range(0, 120).Select(bar => (double)(bar % 7))];
        var panel = Formula.One(("x", x), ("y", y));
        foreach (var window in new[] { 2, 3, 7, 49 })
        {
            var constant = 60 + window - 1;
            Assert.All(
                Formula.Evaluate($"ts_mean(x, {window})", panel)[constant..],
                mean => Assert.Equal(value, mean)
            );
            Assert.All(
                Formula.Evaluate($"ts_std(x, {window})", panel)[constant..],
                std => Assert.Equal(0, std)
            );
            Assert.All(
                Formula.Evaluate($"correlation(x, y, {window})", panel)[constant..],
                correlation => Assert.Equal(double.NaN, correlation)
            );
            Assert.All(
                Formula.Evaluate($"correlation(x * 1.1 - 0.7 * x, y, {window})", panel)[constant..],
                correlation => Assert.Equal(double.NaN, correlation)
            );
            Assert.All(
                Formula.Evaluate($"sign(sma(x, {window}) - sma(x, 2))", panel)[constant..],
                sign => Assert.Equal(0, sign)
            );
        }
    }

    [Fact]
    public void A_giant_leaves_nothing_behind_in_a_sum()
    {
        double[] x = [1, 2, 1e200, 3, 4, 5, -1e30, 6, 7, 8, 1e-20, 1e-21, 1e-22];
        Assert.Equal(
            [3, 1e200, 1e200, 7, 9, -1e30, -1e30, 13, 15, 8, 1.1e-20, 1.1e-21],
            Formula.Of("ts_sum(x, 2)", x)[1..],
            (expected, actual) => Math.Abs(expected - actual) <= 1e-15 * Math.Abs(expected)
        );
    }

    [Fact]
    public void A_sum_is_the_exact_sum_rounded_once()
    {
        var random = new Random(5);
        double[] x =
        [
            .. Enumerable
                .Range(0, 400)
                .Select(_ => (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-6, 7))),
        ];
        var sums = Formula.Of("ts_sum(x, 50)", x);
        for (var end = 50; end <= x.Length; end++)
        {
            Assert.Equal(ExactSum(x.AsSpan(end - 50, 50)), sums[end - 1]);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(9)]
    public void A_whole_power_is_the_same_beside_any_other_and_right_to_some_units_of_the_last_place(
        int power
    )
    {
        var random = new Random(power);
        double[] x =
        [
            .. Enumerable.Range(0, 50).Select(_ => (random.NextDouble() - 0.5) * 100),
            0,
            double.NaN,
            1e300,
        ];
        double[] y = [.. x.Select((_, i) => i % 3 == 0 ? power : i % 5)];
        var alone = Formula.Of($"x ^ {power}", x);
        var mixed = Formula.Evaluate("x ^ y", Formula.One(("x", x), ("y", y)));
        for (var i = 0; i < x.Length; i++)
        {
            var exact = Math.Pow(x[i], power);
            Assert.Equal(
                double.IsFinite(exact) ? exact : double.NaN,
                alone[i],
                (want, got) =>
                    double.IsNaN(want) ? double.IsNaN(got) : Math.Abs(got - want) <= 1e-15 * Math.Abs(want)
            );
            if (i % 3 == 0)
            {
                Formula.SameBits([alone[i]], [mixed[i]], $"{x[i]} ^ {power}");
            }
        }
    }

    [Fact]
    public void Perfect_correlation_is_one_and_never_more()
    {
        var panel = Formula.One(("close", [.. Prices.Select(price => (double)price)]));
        foreach (var value in Formula.Evaluate("correlation(close, 3 * close + 1, 15)", panel)[14..])
        {
            Assert.True(double.IsNaN(value) || value is > 1 - 1e-12 and <= 1);
        }
    }

    // In units of 2^-100, where every value of the test is a whole number.
    private static double ExactSum(ReadOnlySpan<double> values)
    {
        var sum = BigInteger.Zero;
        foreach (var value in values)
        {
            var exponent = Math.ILogB(value);
            var mantissa = new BigInteger(Math.ScaleB(value, 52 - exponent));
            sum += mantissa << (100 + exponent - 52);
        }

        // The nearest double by comparing with its neighbours.
        var near = Math.ScaleB((double)sum, -100);
        return new[] { Math.BitDecrement(near), near, Math.BitIncrement(near) }.MinBy(candidate =>
        {
            var exponent = Math.ILogB(candidate);
            var mantissa = new BigInteger(Math.ScaleB(candidate, 52 - exponent));
            return BigInteger.Abs((mantissa << (100 + exponent - 52)) - sum);
        });
    }

    private static decimal[] Walk()
    {
        var random = new Random(17);
        var prices = new decimal[Bars];
        var price = 5000m;
        for (var bar = 0; bar < Bars; bar++)
        {
            price = Math.Clamp(price + (random.Next(-3000, 3001) / 128m), 1000m, 10_000m);
            prices[bar] = price;
        }

        return prices;
    }
}
