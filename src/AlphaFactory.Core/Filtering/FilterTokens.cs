using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Superpower;
using Superpower.Model;
using Superpower.Parsers;
using Superpower.Tokenizers;

namespace AlphaFactory.Core.Filtering;

/// <summary>The kinds of words in a filter.</summary>
internal enum FilterToken
{
    /// <summary>A name of a metric or property, or what is before or after a dot.</summary>
    Word,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A text in quotes.</summary>
    Text,

    /// <summary><c>= != &lt;&gt; &lt; &lt;= &gt; &gt;=</c></summary>
    Operator,

    /// <summary><c>(</c></summary>
    Open,

    /// <summary><c>)</c></summary>
    Close,

    /// <summary><c>,</c></summary>
    Comma,

    /// <summary><c>.</c></summary>
    Dot,

    /// <summary><c>and</c></summary>
    And,

    /// <summary><c>or</c></summary>
    Or,

    /// <summary><c>not</c></summary>
    Not,

    /// <summary><c>in</c></summary>
    In,

    /// <summary><c>like</c></summary>
    Like,

    /// <summary><c>is</c></summary>
    Is,

    /// <summary><c>missing</c></summary>
    Missing,

    /// <summary><c>true</c> or <c>false</c></summary>
    Flag,
}

/// <summary>Cuts a filter into words.</summary>
internal static partial class FilterTokens
{
    /// <summary>The number that is larger than all others.</summary>
    public const string Infinity = "infinity";

    private const string NamePattern = @"[\p{L}_][\p{L}\p{Nd}_]*";

    private static readonly FrozenDictionary<string, FilterToken> Keywords = new Dictionary<
        string,
        FilterToken
    >(StringComparer.Ordinal)
    {
        ["and"] = FilterToken.And,
        ["or"] = FilterToken.Or,
        ["not"] = FilterToken.Not,
        ["in"] = FilterToken.In,
        ["like"] = FilterToken.Like,
        ["is"] = FilterToken.Is,
        ["missing"] = FilterToken.Missing,
        ["true"] = FilterToken.Flag,
        ["false"] = FilterToken.Flag,
        [Infinity] = FilterToken.Number,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    // Each pattern is one group: it is anchored in front.
    private static readonly Tokenizer<FilterToken> Tokenizer = new TokenizerBuilder<FilterToken>()
        .Ignore(Span.WhiteSpace)
        .Match(
            Span.Regex(
                @"([+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[+-]?[0-9]+)?|[+-]infinity)",
                RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
            ),
            FilterToken.Number
        )
        .Match(Span.Regex(NamePattern), FilterToken.Word)
        .Match(Span.Regex(@"('([^']|'')*'|""([^""]|"""")*"")"), FilterToken.Text)
        .Match(Span.Regex("(!=|<>|<=|>=|=(?!=)|<|>)"), FilterToken.Operator)
        .Match(Character.EqualTo('('), FilterToken.Open)
        .Match(Character.EqualTo(')'), FilterToken.Close)
        .Match(Character.EqualTo(','), FilterToken.Comma)
        .Match(Character.EqualTo('.'), FilterToken.Dot)
        .Build();

    /// <summary>Whether a word means something in the language itself.</summary>
    public static bool IsKeyword(string word) => Keywords.ContainsKey(word);

    /// <summary>Whether a parameter of that name may be written without quotes.</summary>
    public static bool IsPlainName(string name) => PlainName().IsMatch(name);

    /// <summary>Cuts a filter into words; where that fails, gives the words before and the place.</summary>
    public static (IReadOnlyList<Token<FilterToken>> Tokens, int? Failure) Cut(string text)
    {
        var result = Tokenizer.TryTokenize(text);
        if (result.HasValue)
        {
            return (WithKeywords(result.Value), null);
        }

        // The start of what cannot be read, not a place inside of it.
        var failure = result.ErrorPosition.HasValue ? result.ErrorPosition.Absolute : 0;
        var before = Tokenizer.TryTokenize(text[..failure]);
        return (before.HasValue ? WithKeywords(before.Value) : [], failure);
    }

    /// <summary>The text that a token in quotes stands for.</summary>
    public static string Unquote(string quoted)
    {
        var quote = quoted[..1];
        return quoted[1..^1].Replace(quote + quote, quote, StringComparison.Ordinal);
    }

    // After a dot every word is a name.
    private static Token<FilterToken>[] WithKeywords(TokenList<FilterToken> tokens)
    {
        Token<FilterToken>[] all = [.. tokens];
        for (var i = 0; i < all.Length; i++)
        {
            var isName = all[i].Kind != FilterToken.Word || (i > 0 && all[i - 1].Kind == FilterToken.Dot);
            if (!isName && Keywords.TryGetValue(all[i].ToStringValue(), out var keyword))
            {
                all[i] = new Token<FilterToken>(keyword, all[i].Span);
            }
        }

        return all;
    }

    [GeneratedRegex(
        @"\A" + NamePattern + @"(\." + NamePattern + @")*\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
    )]
    private static partial Regex PlainName();
}
