using System.Text;

namespace AlphaFactory.Core.Filtering;

/// <summary>
/// A wildcard pattern as PowerShell reads it: <c>*</c>, <c>?</c>, <c>[abc]</c>, <c>[a-z]</c>, and <c>`</c> to take
/// the next character as it is. Letters match without case.
/// </summary>
internal sealed class WildcardPattern
{
    // What a name may consist of; a set of a pattern is turned into the ones it holds.
    private const string NameCharacters = "abcdefghijklmnopqrstuvwxyz0123456789._-";

    private readonly List<Token> _tokens = [];

    private WildcardPattern(string text) => Text = text;

    /// <summary>The pattern as it was written.</summary>
    public string Text { get; }

    /// <summary>Whether it matches one text only.</summary>
    public bool IsExact => _tokens.TrueForAll(token => token.Kind == TokenKind.Literal);

    /// <summary>Whether it matches every text that starts with <see cref="Prefix"/>, and no other.</summary>
    public bool IsPrefix =>
        _tokens is [.., { Kind: TokenKind.AnyText }]
        && _tokens.FindIndex(token => token.Kind != TokenKind.Literal) == _tokens.Count - 1;

    /// <summary>The literal text that every match starts with.</summary>
    public string Prefix =>
        string.Concat(
            _tokens.TakeWhile(token => token.Kind == TokenKind.Literal).Select(token => token.Letter)
        );

    /// <summary>The longest pattern that SQLite takes, in bytes.</summary>
    public const int Longest = 50_000;

    /// <summary>What stands before a character that <see cref="ToLike"/> means as it is.</summary>
    public const char LikeEscape = '`';

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.NameInvalid"/>: a set is not closed.</exception>
    public static WildcardPattern Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var pattern = new WildcardPattern(text);
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                // Many in a row mean the same as one.
                case '*' when pattern._tokens is [.., { Kind: TokenKind.AnyText }]:
                    break;
                case '*':
                    pattern._tokens.Add(new Token(TokenKind.AnyText, default, []));
                    break;
                case '?':
                    pattern._tokens.Add(new Token(TokenKind.AnyLetter, default, []));
                    break;
                case '[':
                    pattern._tokens.Add(ReadSet(text, ref i));
                    break;
                case '`' when i + 1 < text.Length:
                    pattern._tokens.Add(new Token(TokenKind.Literal, text[++i], []));
                    break;
                default:
                    pattern._tokens.Add(new Token(TokenKind.Literal, text[i], []));
                    break;
            }
        }

        return pattern;
    }

    /// <summary>The pattern that matches one text only, whatever is in it.</summary>
    public static WildcardPattern Literal(string text)
    {
        var pattern = new WildcardPattern(text);
        pattern._tokens.AddRange(text.Select(letter => new Token(TokenKind.Literal, letter, [])));
        return pattern;
    }

    /// <summary>Whether a text matches as a whole.</summary>
    public bool IsMatch(string text)
    {
        // The usual two pointers: after a mismatch, let the last '*' take one character more.
        var (token, letter, lastStar, lastLetter) = (0, 0, -1, 0);
        while (letter < text.Length)
        {
            if (token < _tokens.Count && _tokens[token].Kind == TokenKind.AnyText)
            {
                lastStar = token++;
                lastLetter = letter;
            }
            else if (token < _tokens.Count && _tokens[token].Matches(text[letter]))
            {
                token++;
                letter++;
            }
            else if (lastStar >= 0)
            {
                token = lastStar + 1;
                letter = ++lastLetter;
            }
            else
            {
                return false;
            }
        }

        return _tokens.Skip(token).All(rest => rest.Kind == TokenKind.AnyText);
    }

    /// <summary>
    /// The same as a pattern for SQLite's GLOB over names in lower case; null when no name can match, as where it is
    /// too long for SQLite: it asks for more letters than a name can have.
    /// </summary>
    public string? ToNameGlob()
    {
        var glob = new StringBuilder();
        foreach (var token in _tokens)
        {
            if (token.Kind is TokenKind.AnyText or TokenKind.AnyLetter)
            {
                glob.Append(token.Kind == TokenKind.AnyText ? '*' : '?');
                continue;
            }

            // '-' is the last of the characters, where GLOB takes it as it is; none of them is special elsewhere.
            var letters = string.Concat(NameCharacters.Where(token.Matches));
            if (letters.Length == 0)
            {
                return null;
            }

            glob.Append(letters.Length == 1 ? letters : $"[{letters}]");
        }

        return glob.Length <= Longest ? glob.ToString() : null;
    }

    /// <summary>
    /// The same as a pattern for SQLite's LIKE over texts that are all ASCII; null where it has none: LIKE knows no sets,
    /// and folds ASCII only.
    /// </summary>
    public string? ToLike()
    {
        var like = new StringBuilder();
        foreach (var token in _tokens)
        {
            switch (token.Kind)
            {
                case TokenKind.AnyText:
                    like.Append('%');
                    break;
                case TokenKind.AnyLetter:
                    like.Append('_');
                    break;
                case TokenKind.Literal when token.Letter is '%' or '_' or LikeEscape:
                    like.Append(LikeEscape).Append(token.Letter);
                    break;
                case TokenKind.Literal when char.IsAscii(token.Letter):
                    like.Append(token.Letter);
                    break;
                default:
                    return null;
            }
        }

        return like.ToString();
    }

    private static Token ReadSet(string text, ref int position)
    {
        var ranges = new List<(char First, char Last)>();
        for (var i = position + 1; i < text.Length; i++)
        {
            if (text[i] == ']')
            {
                position = i;
                return new Token(TokenKind.Set, default, ranges);
            }

            var first = ReadLetter(text, ref i);
            if (i + 2 < text.Length && text[i + 1] == '-' && text[i + 2] != ']')
            {
                i += 2;
                ranges.Add((first, ReadLetter(text, ref i)));
            }
            else
            {
                ranges.Add((first, first));
            }
        }

        throw new AlphaFactoryException(
            ErrorId.NameInvalid,
            $"The pattern '{text}' opens a set at position {position + 1} that it does not close: add ']', "
                + "or write '`[' for the character itself."
        )
        {
            Target = text,
        };
    }

    private static char ReadLetter(string text, ref int position) =>
        text[position] == '`' && position + 1 < text.Length ? text[++position] : text[position];

    private enum TokenKind
    {
        Literal,
        AnyLetter,
        AnyText,
        Set,
    }

    private sealed record Token(TokenKind Kind, char Letter, List<(char First, char Last)> Ranges)
    {
        public bool Matches(char letter) =>
            Kind switch
            {
                TokenKind.Literal => Same(letter, Letter),
                TokenKind.AnyLetter => true,
                TokenKind.Set => Ranges.Exists(range =>
                    IsIn(char.ToUpperInvariant(letter), range) || IsIn(char.ToLowerInvariant(letter), range)
                ),
                _ => false,
            };

        private static bool Same(char one, char other) =>
            char.ToUpperInvariant(one) == char.ToUpperInvariant(other);

        private static bool IsIn(char letter, (char First, char Last) range) =>
            letter >= range.First && letter <= range.Last;
    }
}
