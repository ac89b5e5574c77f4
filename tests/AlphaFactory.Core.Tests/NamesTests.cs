namespace AlphaFactory.Core.Tests;

public sealed class NamesTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("mom_20.v2-x")]
    [InlineData("0")]
    [InlineData("console")]
    [InlineData("COM10x")]
    public void A_good_name_is_given_back(string name) => Assert.Equal(name, Names.Require(name, "alpha"));

    [Fact]
    public void A_name_may_have_128_characters_and_no_more()
    {
        Assert.Equal(128, Names.Require(new string('a', 128), "alpha").Length);
        Assert.Throws<AlphaFactoryException>(() => Names.Require(new string('a', 129), "alpha"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("../x")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData(".hidden")]
    [InlineData("-x")]
    [InlineData("a b")]
    [InlineData("a'b")]
    [InlineData("a\n")]
    [InlineData("naïve")]
    [InlineData("dot.")]
    [InlineData("CON")]
    [InlineData("nul")]
    [InlineData("com1.txt")]
    [InlineData("LPT9")]
    [InlineData("a\0b")]
    public void A_bad_name_is_refused_and_the_message_says_what_it_names(string? name)
    {
        var error = Assert.Throws<AlphaFactoryException>(() => Names.Require(name, "feature set"));

        Assert.Equal(ErrorId.NameInvalid, error.Id);
        Assert.Contains("feature set", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(error.Message, char.IsControl);
    }

    [Theory]
    [InlineData("fx")]
    [InlineData("desk=london")]
    [InlineData("très bon 👍")]
    public void A_good_tag_is_given_back(string tag) => Assert.Equal(tag, Names.RequireTag(tag));

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a;b")]
    [InlineData("a\tb")]
    public void A_bad_tag_is_refused(string tag) =>
        Assert.Equal(
            ErrorId.NameInvalid,
            Assert.Throws<AlphaFactoryException>(() => Names.RequireTag(tag)).Id
        );
}
