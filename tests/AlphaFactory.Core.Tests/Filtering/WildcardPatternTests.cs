using AlphaFactory.Core.Filtering;
using CsCheck;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Tests.Filtering;

/// <summary>Patterns with wildcards, and the same as SQLite reads them.</summary>
public sealed class WildcardPatternTests : IDisposable
{
    private readonly SqliteConnection _connection = new("Data Source=:memory:");

    public WildcardPatternTests() => _connection.Open();

    public void Dispose() => _connection.Dispose();

    [Theory]
    [InlineData("a*", "ABC", true)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a?c", "ac", false)]
    [InlineData("[a-c]x", "Bx", true)]
    [InlineData("a`*", "a*", true)]
    [InlineData("a`*", "ab", false)]
    [InlineData("[^-]", "^", true)]
    [InlineData("[^-]", "-", true)]
    [InlineData("[^-]", "a", false)]
    [InlineData("[`]x]", "]", true)]
    [InlineData("**?**", "", false)]
    [InlineData("*\u00E9*", "cafe", false)]
    public void SQLite_matches_what_the_pattern_does(string pattern, string text, bool matches)
    {
        Assert.Equal(matches, WildcardPattern.Parse(pattern).IsMatch(text));
        Assert.Equal(matches, Globs(pattern, text));
    }

    [Fact]
    public void SQLite_matches_every_ASCII_text_alike()
    {
        var letter = Gen.Char["aAbS19*?[]^-`.!\t~"];
        string[] wildcards = ["*", "?", "[a-b]", "[^-]", "[*?]", "[`]`[]", "[!-~]", "\u017F"];
        var pattern = Gen.OneOf(
                Gen.OneOf(wildcards),
                letter.Where(each => each is not ('[' or '`')).Select(each => each.ToString())
            )
            .Array[0, 6]
            .Select(string.Concat);
        var text = letter.Array[0, 6].Select(letters => new string(letters));

        Gen.Select(pattern, text)
            .Sample(
                (wanted, given) => WildcardPattern.Parse(wanted).IsMatch(given) == Globs(wanted, given),
                iter: 5_000,
                threads: 1
            );
    }

    [Fact]
    public void Many_stars_are_one() =>
        Assert.Equal("*a*", WildcardPattern.Parse(new string('*', 60_000) + "a**").ToAsciiGlob());

    private bool Globs(string pattern, string text)
    {
        if (WildcardPattern.Parse(pattern).ToAsciiGlob() is not { } glob)
        {
            return false;
        }

        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT lower($1) GLOB $2";
        command.Parameters.AddWithValue("$1", text);
        command.Parameters.AddWithValue("$2", glob);
        return (long)command.ExecuteScalar()! == 1;
    }
}
