using System.Text.RegularExpressions;
using Superpower;
using Superpower.Display;
using Superpower.Model;
using Superpower.Parsers;
using Superpower.Tokenizers;

namespace AlphaFactory.Core.Expressions;

/// <summary>The kinds of words in a formula.</summary>
internal enum ExpressionToken
{
    [Token(Description = "number")]
    Number,

    [Token(Description = "name")]
    Name,

    [Token(Description = "[column]")]
    Column,

    [Token(Description = "$parameter")]
    Parameter,

    [Token(Example = "(")]
    Open,

    [Token(Example = ")")]
    Close,

    [Token(Example = ",")]
    Comma,

    [Token(Example = "?")]
    Question,

    [Token(Example = ":")]
    Colon,

    [Token(Example = "-")]
    Minus,

    [Token(Example = "!")]
    Not,

    [Token(Description = "operator")]
    Infix,
}

/// <summary>Cuts a formula into words.</summary>
internal static partial class ExpressionTokens
{
    private const string NamePattern = @"[\p{L}_][\p{L}\p{Nd}_]*(\.[\p{L}\p{Nd}_]+)*";

    private static readonly Tokenizer<ExpressionToken> Tokenizer = new TokenizerBuilder<ExpressionToken>()
        .Ignore(Span.WhiteSpace)
        .Match(Span.Regex(@"([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"), ExpressionToken.Number)
        .Match(Span.Regex(NamePattern), ExpressionToken.Name)
        .Match(Span.Regex(@"\[([^\]\r\n]|\]\])+\]"), ExpressionToken.Column)
        .Match(Span.Regex(@"\$[\p{L}_][\p{L}\p{Nd}_]*"), ExpressionToken.Parameter)
        .Match(Character.EqualTo('('), ExpressionToken.Open)
        .Match(Character.EqualTo(')'), ExpressionToken.Close)
        .Match(Character.EqualTo(','), ExpressionToken.Comma)
        .Match(Character.EqualTo('?'), ExpressionToken.Question)
        .Match(Character.EqualTo(':'), ExpressionToken.Colon)
        .Match(Symbols(), ExpressionToken.Infix)
        .Match(Character.EqualTo('-'), ExpressionToken.Minus)
        .Match(Character.EqualTo('!'), ExpressionToken.Not)
        .Build();

    /// <summary>Whether a column of that name may be written without brackets.</summary>
    public static bool IsPlainName(string name) => PlainName().IsMatch(name);

    /// <summary>Cuts <paramref name="text"/> into words.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.ExpressionSyntax"/>.</exception>
    public static TokenList<ExpressionToken> Read(string text)
    {
        var result = Tokenizer.TryTokenize(text);
        if (result.HasValue)
        {
            return result.Value;
        }

        var position = result.ErrorPosition.HasValue ? result.ErrorPosition.Absolute : 0;
        throw ExpressionSyntax.At(text, position, Problem(text[position]));
    }

    // Infix symbols by the operator table, the longest first; '-' and '!' have kinds of their own.
    private static TextParser<TextSpan> Symbols() =>
        Operators
            .All.Where(entry => entry.Notation is not (Notation.Function or Notation.Prefix))
            .Select(entry => entry.Name)
            .Where(symbol => symbol != "-")
            .OrderByDescending(symbol => symbol.Length)
            .Select(symbol => Span.EqualTo(symbol).Try())
            .Aggregate((left, right) => left.Or(right));

    private static string Problem(char unexpected) =>
        unexpected switch
        {
            '=' => "a single '=' means nothing here: write '==' to compare.",
            '&' => "a single '&' means nothing here: write '&&' for and.",
            '|' => "a single '|' means nothing here: write '||' for or.",
            '$' => "a '$' needs the name of a parameter right after it, as in $fast.",
            '[' => "a column in brackets needs a name and a ']', as in [Exchange rate].",
            _ when char.IsControl(unexpected) => "unexpected control character.",
            _ => $"unexpected '{unexpected}'.",
        };

    [GeneratedRegex(
        @"\A" + NamePattern + @"\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
    )]
    private static partial Regex PlainName();
}
