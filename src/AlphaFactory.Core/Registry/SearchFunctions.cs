using AlphaFactory.Core.Filtering;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Registry;

/// <summary>What searches need that SQLite cannot do: compare text without case in every script.</summary>
internal static class SearchFunctions
{
    /// <summary>The function that gives the key of a text (see <see cref="Filtering.TextKey"/>).</summary>
    public const string TextKey = "text_key";

    /// <summary>The function that says whether a text matches a pattern with wildcards.</summary>
    public const string Matches = "matches";

    /// <summary>Gives a connection the functions.</summary>
    public static void Register(SqliteConnection connection)
    {
        var patterns = new Dictionary<string, WildcardPattern>(StringComparer.Ordinal);
        connection.CreateFunction<string?, string?>(
            TextKey,
            text => text is null ? null : Filtering.TextKey.Of(text),
            isDeterministic: true
        );
        connection.CreateFunction<string?, string, bool?>(
            Matches,
            (text, pattern) => text is null ? null : Pattern(pattern).IsMatch(text),
            isDeterministic: true
        );

        WildcardPattern Pattern(string text)
        {
            if (!patterns.TryGetValue(text, out var pattern))
            {
                pattern = WildcardPattern.Parse(text);
                patterns.Add(text, pattern);
            }

            return pattern;
        }
    }
}
