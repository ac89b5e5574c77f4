using System.Globalization;
using Superpower;
using Superpower.Model;
using Superpower.Parsers;
using Op = AlphaFactory.Core.Filtering.FilterOperator;

namespace AlphaFactory.Core.Filtering;

/// <summary>The grammar of filters: <c>or</c> binds least, then <c>and</c>, then <c>not</c>.</summary>
internal sealed class FilterParser
{
    private static readonly TokenListParser<FilterToken, Token<FilterToken>> Value = Token
        .EqualTo(FilterToken.Number)
        .Or(Token.EqualTo(FilterToken.Text))
        .Or(Token.EqualTo(FilterToken.Flag));

    private static readonly TokenListParser<FilterToken, Func<FilterField, FilterNode>> Compare =
        from symbol in Token.EqualTo(FilterToken.Operator)
        from value in Value
        select Comparing(symbol, value);

    private static readonly TokenListParser<FilterToken, Func<FilterField, FilterNode>> Missing =
        from word in Token.EqualTo(FilterToken.Is)
        from not in Token.EqualTo(FilterToken.Not).Optional()
        from missing in Token.EqualTo(FilterToken.Missing)
        select (Func<FilterField, FilterNode>)(field => new FilterNode.Missing(field, not is not null));

    private static readonly TokenListParser<FilterToken, Func<FilterField, bool, FilterNode>> In =
        from word in Token.EqualTo(FilterToken.In)
        from open in Token.EqualTo(FilterToken.Open)
        from values in Value.AtLeastOnceDelimitedBy(Token.EqualTo(FilterToken.Comma))
        from close in Token.EqualTo(FilterToken.Close)
        select (Func<FilterField, bool, FilterNode>)(
            (field, negated) =>
                new FilterNode.In(
                    field,
                    negated,
                    [.. values.Select(value => FilterTyping.Value(field, Op.Equal, value))]
                )
        );

    private static readonly TokenListParser<FilterToken, Func<FilterField, bool, FilterNode>> Like =
        from word in Token.EqualTo(FilterToken.Like)
        from pattern in Token.EqualTo(FilterToken.Text)
        select (Func<FilterField, bool, FilterNode>)(
            (field, negated) =>
                new FilterNode.Like(field, negated, FilterTyping.Pattern(field, word, pattern))
        );

    private static readonly TokenListParser<FilterToken, Func<FilterField, FilterNode>> InOrLike =
        from not in Token.EqualTo(FilterToken.Not).Optional()
        from test in In.Or(Like)
        select (Func<FilterField, FilterNode>)(field => test(field, not is not null));

    private readonly TokenListParser<FilterToken, FilterNode> _filter;

    /// <summary>Makes the grammar of filters over some fields.</summary>
    public FilterParser(FilterFields fields)
    {
        var inner = Parse.Ref(() => _filter!);
        var field =
            from first in Token.EqualTo(FilterToken.Word)
            from rest in (
                from dot in Token.EqualTo(FilterToken.Dot)
                from name in Token.EqualTo(FilterToken.Word).Or(Token.EqualTo(FilterToken.Text))
                select name
            ).Many()
            select FilterTyping.Field(fields, first, rest);
        var test =
            from tested in field
            from comparison in Compare.Or(Missing).Or(InOrLike)
            select comparison(tested);
        var parenthesis =
            from open in Token.EqualTo(FilterToken.Open)
            from grouped in inner
            from close in Token.EqualTo(FilterToken.Close)
            select grouped;
        var factor =
            from nots in Token.EqualTo(FilterToken.Not).Many()
            from term in parenthesis.Or(test)
            select nots.Aggregate(term, (inside, _) => new FilterNode.Not(inside));
        var conjunction = factor
            .AtLeastOnceDelimitedBy(Token.EqualTo(FilterToken.And))
            .Select(terms => terms is [var only] ? only : new FilterNode.And(terms));
        _filter = conjunction
            .AtLeastOnceDelimitedBy(Token.EqualTo(FilterToken.Or))
            .Select(terms => terms is [var only] ? only : new FilterNode.Or(terms));
    }

    /// <summary>Reads a filter.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.FilterSyntax"/>.</exception>
    public FilterNode Read(string text)
    {
        if (text.Length > FilterSyntax.MaximumLength)
        {
            throw new AlphaFactoryException(
                ErrorId.FilterSyntax,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The filter has {text.Length} characters; at most {FilterSyntax.MaximumLength} can be read. "
                ) + "Pass long lists with the other parameters."
            );
        }

        var (tokens, failure) = FilterTokens.Cut(text);
        try
        {
            RequireSize(tokens);
            var result = _filter.TryParse(new TokenList<FilterToken>([.. tokens]));
            if (result.HasValue && result.Remainder.IsAtEnd && failure is null)
            {
                return result.Value;
            }

            var rest = result.Remainder;
            if (rest.IsAtEnd)
            {
                throw failure is { } place
                    ? FilterSyntax.Unreadable(text, tokens, place)
                    : FilterSyntax.Unexpected(text, tokens, null);
            }

            throw FilterSyntax.Unexpected(text, [.. tokens.Take(rest.Position)], tokens[rest.Position]);
        }
        catch (FilterTyping.Problem problem)
        {
            throw FilterSyntax.At(text, problem.Position, problem.Message);
        }
    }

    private static Func<FilterField, FilterNode> Comparing(
        Token<FilterToken> symbol,
        Token<FilterToken> value
    ) =>
        field =>
        {
            var comparison = symbol.ToStringValue() switch
            {
                "=" => Op.Equal,
                "<" => Op.Less,
                "<=" => Op.LessOrEqual,
                ">" => Op.Greater,
                ">=" => Op.GreaterOrEqual,
                _ => Op.NotEqual,
            };
            FilterTyping.RequireOperator(field, comparison, symbol);
            return new FilterNode.Compare(field, comparison, FilterTyping.Value(field, comparison, value));
        };

    // The parser calls itself for a parenthesis, and what reads the tree for a 'not' too.
    private static void RequireSize(IReadOnlyList<Token<FilterToken>> tokens)
    {
        var (depth, nots, comparisons) = (0, 0, 0);
        var groups = new Stack<int>();
        foreach (var token in tokens)
        {
            comparisons += token.Kind
                is FilterToken.Operator
                    or FilterToken.In
                    or FilterToken.Like
                    or FilterToken.Is
                ? 1
                : 0;
            nots = token.Kind is FilterToken.Not or FilterToken.Open ? nots : 0;
            switch (token.Kind)
            {
                case FilterToken.Not:
                    nots++;
                    break;
                case FilterToken.Open:
                    groups.Push(nots + 1);
                    depth += nots + 1;
                    nots = 0;
                    break;
                case FilterToken.Close when groups.Count > 0:
                    depth -= groups.Pop();
                    break;
            }

            if (depth + nots > FilterSyntax.MaximumDepth)
            {
                throw new FilterTyping.Problem(
                    token,
                    $"the filter nests more than {FilterSyntax.MaximumDepth} deep."
                );
            }

            if (comparisons > FilterSyntax.MaximumComparisons)
            {
                throw new FilterTyping.Problem(
                    token,
                    $"the filter has more than {FilterSyntax.MaximumComparisons} comparisons: write 'in (…)' "
                        + "for many values of one field."
                );
            }
        }
    }
}
