using AlphaFactory.Core.Experiments;

namespace AlphaFactory.Core.Tests.Experiments;

public sealed class BarSpacingTests
{
    [Fact]
    public void Days_without_weekends_are_252_a_year() => Assert.Equal(252, Of(i => Lab.Day(i + i / 5 * 2)));

    [Fact]
    public void Weeks_months_and_quarters_are_known()
    {
        Assert.Equal(52, Of(i => Lab.Day(7 * i)));
        Assert.Equal(12, Of(i => Lab.Day(0).AddMonths(i)));
        Assert.Equal(4, Of(i => Lab.Day(0).AddMonths(3 * i)));
    }

    [Fact]
    public void Anything_else_is_not()
    {
        Assert.Null(Of(i => Lab.Day(0).AddHours(i)));
        Assert.Null(Of(i => Lab.Day(0).AddYears(i)));
        Assert.Null(Of(i => Lab.Day(3 * i)));
        Assert.Null(BarSpacing.PeriodsPerYear([Lab.Day(0)]));
    }

    private static double? Of(Func<int, DateTime> bar) =>
        BarSpacing.PeriodsPerYear([.. Enumerable.Range(0, 30).Select(bar)]);
}
