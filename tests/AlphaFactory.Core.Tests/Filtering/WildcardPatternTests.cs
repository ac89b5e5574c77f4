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
    [InlineData("a%c", "abc", false)]
    [InlineData("a_c", "a_C", true)]
    [InlineData("a`*", "a*", true)]
    [InlineData("a`*", "ab", false)]
    [InlineData("**?**", "", false)]
    public void SQLite_matches_what_the_pattern_does(string pattern, string text, bool matches)
    {
        Assert.Equal(matches, WildcardPattern.Parse(pattern).IsMatch(text));
        Assert.Equal(matches, Likes(pattern, text));
    }

    [Fact]
    public void SQLite_matches_every_ASCII_text_alike()
    {
        var letter = Gen.Char["aAbS1*?%_[]`.!\t"];
        var pattern = Gen.OneOf(
                Gen.OneOf("*", "?", "`*", "``", "`%"),
                letter.Where(each => each is not ('[' or '`')).Select(each => each.ToString())
            )
            .Array[0, 6]
            .Select(string.Concat);
        var text = letter.Array[0, 6].Select(letters => new string(letters));

        Gen.Select(pattern, text)
            .Sample(
                (wanted, given) => WildcardPattern.Parse(wanted).IsMatch(given) == Likes(wanted, given),
                iter: 5_000,
                threads: 1
            );
    }

    [Theory]
    [InlineData("[ab]*")]
    [InlineData("caf\u00E9")]
    [InlineData("\u017F")]
    public void What_SQLite_cannot_match_has_no_pattern_for_it(string pattern) =>
        Assert.Null(WildcardPattern.Parse(pattern).ToLike());

    [Fact]
    public void Many_stars_are_one() =>
        Assert.Equal("%a%", WildcardPattern.Parse(new string('*', 60_000) + "a**").ToLike());

    private bool Likes(string pattern, string text)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = $"SELECT $1 LIKE $2 ESCAPE '{WildcardPattern.LikeEscape}'";
        command.Parameters.AddWithValue("$1", text);
        command.Parameters.AddWithValue("$2", WildcardPattern.Parse(pattern).ToLike());
        return (long)command.ExecuteScalar()! == 1;
    }
}
