namespace AlphaFactory.Core.Tests;

public sealed class NearestTests
{
    [Theory]
    [InlineData("sam", "sma")]
    [InlineData("CLSOE", "close")]
    [InlineData("closee", "close")]
    [InlineData("std", "ts_std")]
    [InlineData("sharp_ratio", null)]
    [InlineData("x", null)]
    [InlineData("", null)]
    public void The_nearest_name_is_found_if_it_is_near(string typed, string? expected) =>
        Assert.Equal(expected, Nearest.Find(typed, ["rank", "sma", "close", "ts_std", "sharpe"]));

    [Fact]
    public void The_first_of_equals_is_taken() => Assert.Equal("bat", Nearest.Find("cat", ["bat", "hat"]));

    [Fact]
    public void A_very_long_name_has_no_neighbour() =>
        Assert.Null(Nearest.Find(new string('x', 100_000), [new string('x', 100_001), "x"]));
}
