using AlphaFactory.Core.Reporting;

namespace AlphaFactory.Core.Tests.Reporting;

public sealed class ReportingTests
{
    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(0.123456, "0.1235")]
    [InlineData(-1.5, "−1.5")]
    [InlineData(0.0000123, "1.23e-05")]
    [InlineData(12345.6, "12,346")]
    [InlineData(1e9, "1e+09")]
    [InlineData(double.NaN, "–")]
    [InlineData(null, "–")]
    public void Numbers_are_short(double? value, string expected) =>
        Assert.Equal(expected.Replace("e-", "e−", StringComparison.Ordinal), Figures.Number(value));

    [Theory]
    [InlineData(20_000, "20k")]
    [InlineData(-1_250_000, "−1.25M")]
    [InlineData(999, "999")]
    [InlineData(4.84e9, "4.84B")]
    public void Axes_have_short_numbers(double value, string expected) =>
        Assert.Equal(expected, Figures.Axis(value));

    [Theory]
    [InlineData(-0.0001, "0.000")]
    [InlineData(-0.25, "−0.250")]
    [InlineData(3.14159, "3.142")]
    public void Fixed_numbers_have_no_negative_zero(double value, string expected) =>
        Assert.Equal(expected, Figures.Fixed(value));

    [Theory]
    [InlineData(0.0, "< 0.001")]
    [InlineData(0.0421, "0.042")]
    [InlineData(null, "–")]
    public void Small_probabilities_are_bounded(double? value, string expected) =>
        Assert.Equal(expected, Figures.Probability(value));

    [Fact]
    public void Ticks_are_round_and_inside()
    {
        double[] expected = [0.6, 0.8, 1, 1.2, 1.4];

        Assert.Equal(expected, Figures.Ticks(0.55, 1.45, 4).Select(tick => Math.Round(tick, 12)));
        Assert.Equal([3.0], Figures.Ticks(3, 3, 4));
        Assert.Single(Figures.Ticks(double.NegativeInfinity, double.PositiveInfinity, 4));
    }

    [Fact]
    public void Texts_are_cut_between_characters_as_readers_count_them()
    {
        Assert.Equal("ab", Figures.Shorten("ab", 2));
        Assert.Equal("👩‍🔬…", Figures.Shorten("👩‍🔬👩‍🔬👩‍🔬", 2));
    }

    [Fact]
    public void Markup_is_escaped()
    {
        Assert.Equal("&lt;a href=&#39;x&#39;&gt;&amp;&quot;", Markup.Escape("<a href='x'>&\""));
        Assert.Equal("a\uFFFD\uFFFDb\uFFFD", Markup.Escape("a\u0000\u0007b\uD800"));
    }

    [Fact]
    public void Charts_draw_any_shares()
    {
        var flat = new ShareComparison([1, 1, 1], [], [0, 0], [0, 0]);
        var names = new ShareComparison([], ["<b>"], [1], [0]);

        var histogram = SvgCharts.Distribution("a", "t", "d", flat).Text;
        var categories = SvgCharts.Distribution("b", "t", "d", names).Text;

        Assert.DoesNotContain("NaN", histogram, StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;", categories, StringComparison.Ordinal);
    }

    [Fact]
    public void A_picture_without_bars_or_with_one_constant_is_drawn()
    {
        var picture = new ComparisonPicture
        {
            Title = "日本 <x>",
            Subtitle = "",
            Measure = "m",
            Bars = [],
            Panels = [new("p", true, new ShareComparison([0.9, 1, 1.1], [], [0, 1], [1, 0]))],
        };

        var empty = PngCharts.Draw(picture, TestContext.Current.CancellationToken);
        var bars = PngCharts.Draw(
            picture with
            {
                Limit = 0.2,
                Bars = [new("a", double.MaxValue, true), new("b", 0, false)],
            },
            TestContext.Current.CancellationToken
        );

        Assert.Equal([0x89, .. "PNG"u8], empty[..4]);
        Assert.NotEqual(empty, bars);
    }
}
