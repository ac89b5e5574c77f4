namespace AlphaFactory.Core.Tests;

/// <summary>How many of something, as messages say it.</summary>
public sealed class AmountTests
{
    [Theory]
    [InlineData(0, "0 rows")]
    [InlineData(1, "1 row")]
    [InlineData(2, "2 rows")]
    [InlineData(1_234_567, "1,234,567 rows")]
    public void One_is_singular_and_thousands_are_grouped(long count, string text) =>
        Assert.Equal(text, Amount.Of(count, "row"));

    [Theory]
    [InlineData(1, "1 category")]
    [InlineData(3, "3 categories")]
    public void An_irregular_plural_is_given(long count, string text) =>
        Assert.Equal(text, Amount.Of(count, "category", "categories"));
}
