using Superpower.Model;

namespace AlphaFactory.Core.Filtering;

/// <summary>Says how a filter that is being typed may go on.</summary>
/// <param name="fields">The fields that it may be about.</param>
/// <param name="metrics">The metrics that begin so, and a tooltip for each.</param>
/// <param name="parameters">The parameters that begin so.</param>
/// <param name="texts">The texts that a name or a set may have which begin so, and a tooltip for each.</param>
internal sealed class FilterCompletion(
    FilterFields fields,
    Func<string, IEnumerable<(string Name, string Tooltip)>> metrics,
    Func<string, IEnumerable<string>> parameters,
    Func<FilterField, string, IEnumerable<(string Text, string Tooltip)>> texts
)
{
    private static readonly (string Text, string Tooltip)[] Comparisons =
    [
        ("=", "equal"),
        ("!=", "there, and not equal"),
        ("<", "less"),
        ("<=", "less or equal"),
        (">", "greater"),
        (">=", "greater or equal"),
        ("in", "one of: in (…)"),
        ("not in", "there, and none of: not in (…)"),
        ("like", "matches a pattern with * ? [a-z]"),
        ("not like", "there, and does not match"),
        ("is missing", "not there, or NaN"),
        ("is not missing", "there"),
    ];

    /// <summary>What may come at the end of a text.</summary>
    /// <param name="text">The filter up to the cursor.</param>
    /// <returns>Where the word starts that is being typed, and what may stand there instead.</returns>
    public (int Start, IReadOnlyList<(string Text, string Tooltip)> Words) Complete(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (tokens, failure) = FilterTokens.Cut(text);
        if (failure is { } start)
        {
            // A text that is not closed yet is being typed; what else cannot be read cannot go on.
            var typed = text[start] is '\'' or '"' ? FilterTokens.Unquote(text[start..] + text[start]) : null;
            return (start, typed is null ? [] : [.. Words(tokens, typed)]);
        }

        if (tokens is [.., { Kind: not (FilterToken.Text or FilterToken.Dot) } last] && IsTyped(text, last))
        {
            List<Token<FilterToken>> before = [.. tokens.SkipLast(1)];
            return (last.Position.Absolute, [.. Words(before, last.ToStringValue())]);
        }

        return (text.Length, [.. Words(tokens, "")]);
    }

    private static bool IsTyped(string text, Token<FilterToken> last) =>
        last.Position.Absolute + last.Span.Length == text.Length
        && (char.IsLetterOrDigit(text[^1]) || text[^1] == '_');

    private IEnumerable<(string Text, string Tooltip)> Words(
        IReadOnlyList<Token<FilterToken>> before,
        string typed
    ) =>
        FilterExpectations.After(before) switch
        {
            FilterExpectation.Field => Fields(typed),
            FilterExpectation.NameAfterDot => Names(before, typed),
            FilterExpectation.Comparison => From(typed, Comparisons),
            FilterExpectation.Value or FilterExpectation.Pattern => Values(Compared(before), typed),
            FilterExpectation.ListStart => From(typed, [("(", "the values")]),
            FilterExpectation.ListNext => From(typed, [(",", "another value"), (")", "the end of the list")]),
            FilterExpectation.InOrLike => From(typed, [("in", "one of"), ("like", "matches a pattern")]),
            FilterExpectation.Missing => From(
                typed,
                [("missing", "not there, or NaN"), ("not missing", "there")]
            ),
            FilterExpectation.OnlyMissing => From(typed, [("missing", "not there, or NaN")]),
            _ => From(
                typed,
                FilterExpectations.OpenGroups(before) > 0
                    ? [("and", "both"), ("or", "either"), (")", "the end of the group")]
                    : [("and", "both"), ("or", "either")]
            ),
        };

    private IEnumerable<(string Text, string Tooltip)> Fields(string typed) =>
        [
            .. metrics(typed).Select(metric => (fields.Metric(metric.Name).ToString(), metric.Tooltip)),
            .. From(typed, fields.Properties.Select(known => (known.Name, $"{known.Name}: {known.What}"))),
            .. From(typed, [(FilterField.ParameterPrefix + ".", "a parameter"), ("not", "the opposite")]),
        ];

    private IEnumerable<(string Text, string Tooltip)> Names(
        IReadOnlyList<Token<FilterToken>> before,
        string typed
    ) =>
        before is [.., var prefix, _]
        && prefix.ToStringValue().Equals(FilterField.MetricPrefix, StringComparison.OrdinalIgnoreCase)
            ? metrics(typed)
            : parameters(typed)
                .Select(name => (FilterTokens.IsPlainName(name) ? name : FilterNode.Literal(name), name));

    private IEnumerable<(string Text, string Tooltip)> Values(FilterField? compared, string typed) =>
        compared?.Kind switch
        {
            FilterKind.Set or FilterKind.Name => texts(compared, typed)
                .Select(text => (FilterNode.Literal(text.Text), text.Tooltip)),
            FilterKind.Choice => compared
                .Choices.Where(choice => StartsWith(choice, typed))
                .Select(choice => (FilterNode.Literal(choice), choice)),
            FilterKind.Flag => From(typed, [("true", "yes"), ("false", "no")]),
            FilterKind.Latest => From(typed, [("true", "the newest"), ("false", "an older one")]),
            _ => [],
        };

    // The property that the value at the end is compared with: it stands before the comparison.
    private FilterField? Compared(IReadOnlyList<Token<FilterToken>> before)
    {
        var i = before.Count - 1;
        while (i >= 0 && before[i].Kind is not (FilterToken.Operator or FilterToken.Like or FilterToken.In))
        {
            i--;
        }

        i -= i > 0 && before[i - 1].Kind == FilterToken.Not ? 2 : 1;
        var isProperty = i >= 0 && (i == 0 || before[i - 1].Kind != FilterToken.Dot);
        return isProperty ? fields.Property(before[i].ToStringValue()) : null;
    }

    private static IEnumerable<(string Text, string Tooltip)> From(
        string typed,
        IEnumerable<(string Text, string Tooltip)> words
    ) => words.Where(word => StartsWith(word.Text, typed));

    private static bool StartsWith(string word, string typed) =>
        word.StartsWith(typed, StringComparison.OrdinalIgnoreCase);
}
