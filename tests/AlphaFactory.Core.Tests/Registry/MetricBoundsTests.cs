using System.Globalization;
using AlphaFactory.Core.Registry;

namespace AlphaFactory.Core.Tests.Registry;

public sealed class MetricBoundsTests
{
    [Theory]
    [InlineData("sharpe=1.2", "sharpe=1.2")]
    [InlineData(" sharpe = 1.2 , ic_mean=-0.02", "sharpe=1.2; ic_mean=-0.02")]
    [InlineData("sharpe=1e-3", "sharpe=0.001")]
    [InlineData("sharpe=-Infinity", "sharpe=-Infinity")]
    public void Bounds_are_read_in_the_invariant_culture(string text, string bounds)
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.Equal(bounds, new MetricBounds(MetricBounds.Parse(text)).ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("sharpe", "'sharpe'")]
    [InlineData("sharpe=", "''")]
    [InlineData("=1", "'=1'")]
    [InlineData("sharpe=1,2", "'2'")]
    [InlineData("sharpe=1.2.3", "'1.2.3'")]
    [InlineData("sharpe=NaN", "NaN")]
    [InlineData("sharpe=1,Sharpe=2", "two bounds")]
    [InlineData("no name=1", "'no name'")]
    public void What_is_no_bound_is_an_error_that_says_how_to_write_one(string text, string told)
    {
        var error = Assert.Throws<AlphaFactoryException>(() => new MetricBounds(MetricBounds.Parse(text)));

        Assert.Equal(ErrorId.MetricBoundInvalid, error.Id);
        Assert.Contains(told, error.Message, StringComparison.Ordinal);
        Assert.Contains("sharpe=1.2,ic_mean=0.02", error.Message, StringComparison.Ordinal);
        Assert.Contains("@{sharpe=1.2", error.Message, StringComparison.Ordinal);
    }
}
