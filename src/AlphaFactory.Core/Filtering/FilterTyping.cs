using System.Globalization;
using Superpower.Model;
using Op = AlphaFactory.Core.Filtering.FilterOperator;

namespace AlphaFactory.Core.Filtering;

/// <summary>What the fields of a filter are, and what each can be compared with.</summary>
internal static class FilterTyping
{
    /// <summary>The field of a name, and of the names after its dots.</summary>
    public static FilterField Field(
        FilterFields fields,
        Token<FilterToken> first,
        IReadOnlyList<Token<FilterToken>> rest
    )
    {
        var name = first.ToStringValue();
        if (rest.Count == 0)
        {
            return fields.Property(name) ?? Metric(fields, first, name);
        }

        if (name.Equals(FilterField.ParameterPrefix, StringComparison.OrdinalIgnoreCase))
        {
            return FilterField.Parameter(string.Join('.', rest.Select(Name)));
        }

        return name.Equals(FilterField.MetricPrefix, StringComparison.OrdinalIgnoreCase) && rest.Count == 1
            ? Metric(fields, rest[0], Name(rest[0]))
            : throw new Problem(
                first,
                $"there is no '{name}.'; a parameter is written {FilterField.ParameterPrefix}.NAME, and a metric "
                    + $"{FilterField.MetricPrefix}.NAME or NAME."
            );
    }

    /// <summary>Fails unless a field can be compared so.</summary>
    public static void RequireOperator(FilterField field, Op comparison, Token<FilterToken> symbol)
    {
        var ordered =
            field.Kind is not (FilterKind.Set or FilterKind.Latest or FilterKind.Flag or FilterKind.Store);
        if (!ordered && comparison is not (Op.Equal or Op.NotEqual))
        {
            throw new Problem(
                symbol,
                $"'{field}' is {field.What}, which has no order: compare it with = or !=."
            );
        }
    }

    /// <summary>The value of a word that a field is compared with.</summary>
    public static object Value(FilterField field, Op comparison, Token<FilterToken> token)
    {
        var value = Value(token);
        var fits = field.Kind switch
        {
            FilterKind.Parameter => true,
            FilterKind.Metric or FilterKind.Version or FilterKind.Number => value is long or double,
            FilterKind.Latest or FilterKind.Flag => value is bool,
            FilterKind.Date => value is string date
                && UtcDate.TryParse(date, upperEnd: comparison == Op.LessOrEqual, out _),
            FilterKind.Choice => value is string choice
                && field.Choices.Contains(choice, StringComparer.OrdinalIgnoreCase),
            _ => value is string,
        };
        if (!fits)
        {
            throw new Problem(
                token,
                $"'{field}' is {field.What}, not {FilterNode.Literal(value)}.{Hint(field, value)}"
            );
        }

        return value;
    }

    /// <summary>The pattern that a field is compared with.</summary>
    public static string Pattern(FilterField field, Token<FilterToken> like, Token<FilterToken> token)
    {
        if (
            field.Kind
            is FilterKind.Metric
                or FilterKind.Version
                or FilterKind.Number
                or FilterKind.Latest
                or FilterKind.Flag
                or FilterKind.Date
        )
        {
            throw new Problem(
                like,
                $"'{field}' is {field.What}, and 'like' compares texts: use = != < <= > >=."
            );
        }

        var pattern = (string)Value(token);
        try
        {
            WildcardPattern.Parse(pattern);
        }
        catch (AlphaFactoryException error)
        {
            throw new Problem(token, error.Message);
        }

        // Nothing could match, and other products write '%'.
        return field.Kind == FilterKind.Name && pattern.Contains('%')
            ? throw new Problem(
                token,
                "no name has a '%' in it: write '*' for any text and '?' for any character."
            )
            : pattern;
    }

    private static FilterField Metric(FilterFields fields, Token<FilterToken> token, string name)
    {
        try
        {
            return fields.Metric(Names.RequireMetric(name));
        }
        catch (AlphaFactoryException error)
        {
            throw new Problem(token, error.Message);
        }
    }

    private static string Name(Token<FilterToken> token) =>
        token.Kind == FilterToken.Text ? (string)Value(token) : token.ToStringValue();

    private static object Value(Token<FilterToken> token)
    {
        var text = token.ToStringValue();
        switch (token.Kind)
        {
            case FilterToken.Flag:
                return text.Equals("true", StringComparison.OrdinalIgnoreCase);
            case FilterToken.Text:
                return TextKey.IsStorable(FilterTokens.Unquote(text))
                    ? FilterTokens.Unquote(text)
                    : throw new Problem(
                        token,
                        "the text has a NUL or half of a surrogate pair in it. Take it out."
                    );
            default:
                return Number(token, text);
        }
    }

    private static object Number(Token<FilterToken> token, string text)
    {
        if (text.EndsWith(FilterTokens.Infinity, StringComparison.OrdinalIgnoreCase))
        {
            return text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
        {
            return whole;
        }

        var number = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(number)
            ? number
            : throw new Problem(
                token,
                $"the number is too large: write {FilterTokens.Infinity} for infinity."
            );
    }

    private static string Hint(FilterField field, object value) =>
        (field.Kind, value) switch
        {
            (FilterKind.Choice, string choice) => Nearest.Hint(choice, field.Choices),
            (FilterKind.Date, _) =>
                " Write '2015-01-31', '2015-01-31T09:30:00Z' or '2015-01-31T09:30:00+01:00'.",
            (FilterKind.Metric or FilterKind.Version or FilterKind.Number, string text)
                when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) =>
                $" Write {text} without quotes.",
            (_, long or double) => " Put texts in quotes.",
            _ => "",
        };

    /// <summary>Something is wrong at a word.</summary>
    public sealed class Problem(Token<FilterToken> token, string message) : Exception(message)
    {
        /// <summary>Where the word starts, from 0.</summary>
        public int Position { get; } = token.Position.Absolute;
    }
}
