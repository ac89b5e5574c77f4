using CsCheck;

namespace AlphaFactory.Core.Tests;

public sealed class UtcDateTests
{
    [Theory]
    [InlineData("2015-01-31", false, "2015-01-31T00:00:00.0000000Z")]
    [InlineData("2015-01-31", true, "2015-01-31T23:59:59.9999999Z")]
    [InlineData("2015-01-31T09:30:00", true, "2015-01-31T09:30:00.0000000Z")]
    [InlineData("2015-01-31T09:30:00Z", false, "2015-01-31T09:30:00.0000000Z")]
    [InlineData("2015-01-31T09:30:00+01:00", false, "2015-01-31T08:30:00.0000000Z")]
    [InlineData("2015-01-31 09:30:00", false, "2015-01-31T09:30:00.0000000Z")]
    [InlineData("2015-1-31", true, "2015-01-31T23:59:59.9999999Z")]
    [InlineData("2015-1-31", false, "2015-01-31T00:00:00.0000000Z")]
    [InlineData("2015-01-31 00:00", true, "2015-01-31T00:00:00.0000000Z")]
    [InlineData("20150131", false, "2015-01-31T00:00:00.0000000Z")]
    [InlineData("9999-12-31", true, "9999-12-31T23:59:59.9999999Z")]
    public void A_date_without_a_zone_is_utc(string text, bool upperEnd, string expected)
    {
        Assert.True(UtcDate.TryParse(text, upperEnd, out var value));
        Assert.Equal(DateTimeKind.Utc, value.Kind);
        Assert.Equal(expected, value.ToString("O"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("12:30")]
    [InlineData("31.01.2015")]
    [InlineData("yesterday")]
    [InlineData("2015-13-01")]
    public void What_is_no_date_is_refused(string text) => Assert.False(UtcDate.TryParse(text, false, out _));

    [Fact]
    public void What_is_written_reads_back_as_the_same_time() =>
        Gen.Long[0, DateTime.MaxValue.Ticks]
            .Select(ticks => new DateTime(ticks, DateTimeKind.Utc))
            .Sample(time => UtcDate.TryParse(UtcDate.Format(time), false, out var read) && read == time);
}
