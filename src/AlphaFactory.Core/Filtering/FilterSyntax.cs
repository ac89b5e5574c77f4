using System.Globalization;
using Superpower.Model;

namespace AlphaFactory.Core.Filtering;

/// <summary>Says what is wrong with a filter, and where.</summary>
internal static class FilterSyntax
{
    /// <summary>The longest filter, in characters.</summary>
    public const int MaximumLength = 32 * 1024;

    /// <summary>How deep parentheses and <c>not</c> may nest.</summary>
    public const int MaximumDepth = 32;

    /// <summary>How many comparisons a filter may have.</summary>
    public const int MaximumComparisons = 1000;

    /// <summary>An error that names the column, and shows the filter with a caret under the place.</summary>
    /// <param name="text">The whole filter.</param>
    /// <param name="position">The place, from 0; the length of the text for its end.</param>
    /// <param name="problem">What is wrong and what to do about it, as a sentence.</param>
    public static AlphaFactoryException At(string text, int position, string problem)
    {
        var (line, column) = TextPlace.Of(text, position);
        var place = line == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"line {line}, ");
        return new AlphaFactoryException(
            ErrorId.FilterSyntax,
            string.Create(CultureInfo.InvariantCulture, $"Filter, {place}column {column}: {problem}")
                + TextPlace.Show(text, position)
        )
        {
            Target = text,
        };
    }

    /// <summary>An error at a word that may not stand where it stands, or at the end.</summary>
    /// <param name="text">The whole filter.</param>
    /// <param name="before">The words before, which are right.</param>
    /// <param name="found">The word; null at the end of the filter.</param>
    public static AlphaFactoryException Unexpected(
        string text,
        IReadOnlyList<Token<FilterToken>> before,
        Token<FilterToken>? found
    )
    {
        var expected = FilterExpectations.Describe(before);
        if (found is not { } token)
        {
            var end = text.TrimEnd().Length;
            return At(text, end, $"the filter ends too soon; expected {expected}.");
        }

        var word = token.ToStringValue();
        return At(
            text,
            token.Position.Absolute,
            $"unexpected {Shown(word)}; expected {expected}.{Hint(before, token, word)}"
        );
    }

    /// <summary>An error at what is no word at all.</summary>
    public static AlphaFactoryException Unreadable(
        string text,
        IReadOnlyList<Token<FilterToken>> before,
        int position
    )
    {
        var rest = text.AsSpan(position);
        var hint = rest[0] switch
        {
            '\'' or '"' => "a text that starts here does not end: close it with the same quote, and write a "
                + "quote inside of it twice.",
            '=' => "write a single '=' to compare.",
            '&' => "write 'and'.",
            '|' => "write 'or'.",
            '!' => "write 'not', or '!=' for unequal.",
            '-' => "write = != < <= > >= to compare, and 'and', 'or', 'not' without a dash.",
            '%' or '*' or '?' or '[' => "patterns go in quotes after 'like'.",
            '$' => "PowerShell replaces variables in double quotes only: write \"sharpe > $limit\".",
            var letter when char.IsControl(letter) => "there is a control character.",
            var letter when char.IsHighSurrogate(letter) && rest.Length > 1 =>
                $"unexpected '{rest[..2]}'; expected {FilterExpectations.Describe(before)}.",
            var letter =>
                $"unexpected {Shown(letter.ToString())}; expected {FilterExpectations.Describe(before)}.",
        };
        return At(text, position, hint);
    }

    private static string Hint(
        IReadOnlyList<Token<FilterToken>> before,
        Token<FilterToken> token,
        string word
    ) =>
        (FilterExpectations.After(before), token.Kind) switch
        {
            (FilterExpectation.Value or FilterExpectation.Pattern, FilterToken.Word) =>
                $" Write '{word}' in quotes if it is a text.",
            (FilterExpectation.Conjunction, FilterToken.Comma) =>
                " Numbers have a point, as in 1.5; lists stand in 'in (…)'.",
            (FilterExpectation.Conjunction, FilterToken.Word) => Nearest.Hint(word, ["and", "or"]),
            (FilterExpectation.Comparison, FilterToken.Word) => Nearest.Hint(
                word,
                ["in", "like", "is", "not"]
            ),
            (FilterExpectation.Missing, FilterToken.Word) => Nearest.Hint(word, ["missing"]),
            (FilterExpectation.Field, FilterToken.Number or FilterToken.Text or FilterToken.Flag) =>
                " The value comes after the comparison: sharpe > 1.",
            (FilterExpectation.Field or FilterExpectation.NameAfterDot, not FilterToken.Close)
                when FilterTokens.IsKeyword(word) =>
                $" A metric of that name is written {FilterField.MetricPrefix}.{word}.",
            _ => "",
        };

    private static string Shown(string word) =>
        word is ['\'', ..] or ['"', ..] ? $"text {word}"
        : char.IsControl(word[0]) ? "control character"
        : $"'{word}'";
}
