using Superpower.Model;

namespace AlphaFactory.Core.Filtering;

/// <summary>What may come next in a filter.</summary>
internal enum FilterExpectation
{
    /// <summary>A field, <c>not</c> or a parenthesis.</summary>
    Field,

    /// <summary>The name after <c>param.</c> or <c>metric.</c></summary>
    NameAfterDot,

    /// <summary>A comparison.</summary>
    Comparison,

    /// <summary>A value.</summary>
    Value,

    /// <summary>A pattern.</summary>
    Pattern,

    /// <summary>The parenthesis of a list.</summary>
    ListStart,

    /// <summary>The next value of a list, or its end.</summary>
    ListNext,

    /// <summary><c>in</c> or <c>like</c> after <c>not</c>.</summary>
    InOrLike,

    /// <summary><c>missing</c> or <c>not missing</c>.</summary>
    Missing,

    /// <summary><c>missing</c>.</summary>
    OnlyMissing,

    /// <summary><c>and</c>, <c>or</c>, a closing parenthesis or the end.</summary>
    Conjunction,
}

/// <summary>Says what may come after the first words of a filter, for error messages and for completion.</summary>
internal static class FilterExpectations
{
    /// <summary>What may come after these words, which are right so far.</summary>
    public static FilterExpectation After(IReadOnlyList<Token<FilterToken>> before) =>
        Kind(before, 1) switch
        {
            null or FilterToken.And or FilterToken.Or => FilterExpectation.Field,
            FilterToken.Open => Kind(before, 2) == FilterToken.In
                ? FilterExpectation.Value
                : FilterExpectation.Field,
            FilterToken.Not => Kind(before, 2) switch
            {
                FilterToken.Is => FilterExpectation.OnlyMissing,
                FilterToken.Word or FilterToken.Text => FilterExpectation.InOrLike,
                _ => FilterExpectation.Field,
            },
            FilterToken.Dot => FilterExpectation.NameAfterDot,
            FilterToken.Word => FilterExpectation.Comparison,
            FilterToken.Text when Kind(before, 2) == FilterToken.Dot => FilterExpectation.Comparison,
            FilterToken.Operator or FilterToken.Comma => FilterExpectation.Value,
            FilterToken.Like => FilterExpectation.Pattern,
            FilterToken.In => FilterExpectation.ListStart,
            FilterToken.Is => FilterExpectation.Missing,
            FilterToken.Missing or FilterToken.Close => FilterExpectation.Conjunction,
            _ => IsInList(before) ? FilterExpectation.ListNext : FilterExpectation.Conjunction,
        };

    /// <summary>What may come after these words, in words.</summary>
    public static string Describe(IReadOnlyList<Token<FilterToken>> before) =>
        After(before) switch
        {
            FilterExpectation.Field => "a metric, a property, param.NAME, 'not' or '('",
            FilterExpectation.NameAfterDot => "a name, in quotes if it has other characters than letters, "
                + "digits and '_'",
            FilterExpectation.Comparison => "one of = != < <= > >=, 'in', 'like' or 'is missing'",
            FilterExpectation.Value => "a number, a 'text', true or false",
            FilterExpectation.Pattern => "a 'pattern*' in quotes",
            FilterExpectation.ListStart => "'('",
            FilterExpectation.ListNext => "',' or ')'",
            FilterExpectation.InOrLike => "'in' or 'like'",
            FilterExpectation.Missing => "'missing' or 'not missing'",
            FilterExpectation.OnlyMissing => "'missing'",
            _ => OpenGroups(before) > 0 ? "'and', 'or' or ')'" : "'and', 'or' or the end",
        };

    /// <summary>How many parentheses are open.</summary>
    public static int OpenGroups(IReadOnlyList<Token<FilterToken>> before) =>
        before.Count(token => token.Kind == FilterToken.Open)
        - before.Count(token => token.Kind == FilterToken.Close);

    private static bool IsInList(IReadOnlyList<Token<FilterToken>> before)
    {
        for (var back = 2; Kind(before, back) == FilterToken.Comma; back += 2)
        {
            if (Kind(before, back + 2) == FilterToken.Open)
            {
                return true;
            }
        }

        return Kind(before, 2) == FilterToken.Open;
    }

    // The kind of a word counted from the end, from 1.
    private static FilterToken? Kind(IReadOnlyList<Token<FilterToken>> tokens, int fromEnd) =>
        fromEnd <= tokens.Count ? tokens[^fromEnd].Kind : null;
}
