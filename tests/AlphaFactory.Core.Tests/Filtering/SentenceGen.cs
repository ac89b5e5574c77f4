using CsCheck;

namespace AlphaFactory.Core.Tests.Filtering;

/// <summary>Random filters.</summary>
internal static class SentenceGen
{
    private const StringComparison NoCase = StringComparison.OrdinalIgnoreCase;

    private static readonly DateTime Noon = new(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc);

    public static readonly Gen<Word> Number = One(
        new Word("0", 0L),
        new Word("20", 20L),
        new Word("+2", 2L),
        new Word("0.5", 0.5),
        new Word("1.2", 1.2),
        new Word("-1.5e0", -1.5),
        new Word("20.0", 20.0),
        new Word("infinity", double.PositiveInfinity),
        new Word("-Infinity", double.NegativeInfinity),
        new Word("5E-324", double.Epsilon),
        new Word("9223372036854775807", long.MaxValue)
    );

    public static readonly Gen<Word> Flag = One(new Word("true", true), new Word("FALSE", false));

    public static readonly Gen<Word> Date = One(
        Word.Day("2026-01-31", 2026, 1, 31),
        Word.Day("2026-01-30", 2026, 1, 30),
        Word.Day("20260201", 2026, 2, 1),
        Word.At("2026-01-31T12:00:00Z", Noon),
        Word.At("2026-01-31T13:00:00.000001+01:00", Noon.AddMicroseconds(1)),
        Word.At("2026-01-31T12:00:00.0000025Z", Noon.AddTicks(25))
    );

    public static readonly Gen<Word> Text = Gen.OneOf(
        One("mom", "MOM", "fx", "ñ", "bob", "ann", "c1", "20", "été", "fast", "x_1", "O'Neil \"x\"", "", "🚀")
            .Select(Word.Quoted),
        Date
    );

    public static readonly Gen<Word> Any = Gen.OneOf(Number, Text, Flag);

    // What each pattern means is said by hand.
    private static readonly Gen<Pattern> Patterns = One<Pattern>(
        new("'m*'", text => text.StartsWith("m", NoCase)),
        new("\"*O*\"", text => text.Contains('o', NoCase)),
        new("'?'", text => text.Length == 1),
        new("'[a-m]*'", text => text is [>= 'a' and <= 'm' or >= 'A' and <= 'M', ..]),
        new("'`*'", text => text == "*"),
        new("'*'", _ => true),
        new("'x_`*`?`['", text => text.Equals("x_*?[", NoCase)),
        new("'F?ST'", text => text is ['f' or 'F', _, 's' or 'S', 't' or 'T']),
        new("'É*'", text => text is ['é' or 'É', ..]),
        new("'desk=*'", text => text.StartsWith("desk=", NoCase)),
        new("'R*e*'", text => text is ['r' or 'R', .. var rest] && rest.Contains('e', NoCase)),
        new("'*''*'", text => text.Contains('\'', StringComparison.Ordinal)),
        new("''", text => text.Length == 0)
    );

    /// <summary>Sentences up to four deep.</summary>
    public static Gen<Sentence> Of(Gen<Topic> topics) => Nested(topics.SelectMany(Leaf), 3);

    public static Gen<T> One<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Gen<Sentence> Leaf(Topic topic)
    {
        var missing = Gen.Bool.Select(negated => Sentence.Missing(topic.Field, negated));
        return Gen.OneOf(
            Gen.Select(
                One(topic.IsOrdered ? Sentence.Orders : Sentence.Equalities),
                topic.Words,
                (symbol, word) => Sentence.Compare(topic.Field, symbol, word)
            ),
            Gen.Select(
                Gen.Bool,
                topic.Words.Array[1, 3],
                (negated, words) => Sentence.In(topic.Field, negated, words)
            ),
            topic.IsText
                ? Gen.Select(
                    Gen.Bool,
                    Patterns,
                    (negated, pattern) => Sentence.Like(topic.Field, negated, pattern)
                )
                : missing,
            missing
        );
    }

    private static Gen<Sentence> Nested(Gen<Sentence> leaf, int depth) =>
        depth == 0
            ? leaf
            : Gen.Frequency(
                (3, leaf),
                (2, Nested(leaf, depth - 1).Array[2, 3].Select(Sentence.And)),
                (2, Nested(leaf, depth - 1).Array[2, 3].Select(Sentence.Or)),
                (1, Nested(leaf, depth - 1).Select(Sentence.Not))
            );
}

/// <summary>A field with what it may be compared with.</summary>
/// <param name="Field">The field.</param>
/// <param name="Words">The words.</param>
/// <param name="IsOrdered">Whether it has an order.</param>
/// <param name="IsText">Whether it matches patterns.</param>
internal sealed record Topic(Field Field, Gen<Word> Words, bool IsOrdered = true, bool IsText = false);
