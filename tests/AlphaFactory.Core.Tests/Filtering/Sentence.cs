namespace AlphaFactory.Core.Tests.Filtering;

/// <summary>
/// A filter in words, and what the words mean by <c>docs/search.md</c>, put together piece by piece at once: neither the
/// product's parser nor its tree has a part in the meaning.
/// </summary>
/// <param name="Text">The words.</param>
/// <param name="Holds">Whether they are true of something.</param>
/// <param name="Binds">How tightly they hold together: what binds less stands in parentheses inside.</param>
internal sealed record Sentence(string Text, Func<Facts, bool> Holds, int Binds = Sentence.Comparison)
{
    private const int OfOr = 0;
    private const int OfAnd = 1;
    private const int OfNot = 2;
    private const int Comparison = 3;

    // Where a value lies from the one that it is compared with: below (−1), there (0) or above (1).
    private static readonly Dictionary<string, int[]> Sides = new(StringComparer.Ordinal)
    {
        ["="] = [0],
        ["<"] = [-1],
        ["<="] = [-1, 0],
        [">"] = [1],
        [">="] = [0, 1],
    };

    public static readonly string[] Orders = ["=", "<", "<=", ">", ">=", "!=", "<>"];

    public static readonly string[] Equalities = ["=", "!=", "<>"];

    /// <inheritdoc/>
    public override string ToString() => Text;

    public static Sentence And(Sentence[] parts) =>
        new(
            string.Join(" and ", parts.Select(part => part.Inside(OfAnd))),
            facts => !parts.Select(part => part.Holds(facts)).Contains(false),
            OfAnd
        );

    public static Sentence Or(Sentence[] parts) =>
        new(
            string.Join(" or ", parts.Select(part => part.Inside(OfOr))),
            facts => parts.Select(part => part.Holds(facts)).Contains(true),
            OfOr
        );

    public static Sentence Not(Sentence part) =>
        new("not " + part.Inside(OfNot), facts => !part.Holds(facts), OfNot);

    public static Sentence Compare(Field field, string symbol, Word word) =>
        Sides.TryGetValue(symbol, out var sides)
            ? new(
                $"{field.Text} {symbol} {word.Text}",
                symbol == "="
                    ? Any(field, value => IsAt(field, value, word, sides))
                    : Some(field, value => IsAt(field, value, word, sides))
            )
            : new($"{field.Text} {symbol} {word.Text}", Other(field, value => IsAt(field, value, word, [0])));

    public static Sentence In(Field field, bool negated, Word[] words)
    {
        bool IsOne(object value) => Array.Exists(words, word => IsAt(field, value, word, [0]));
        var list = string.Join(", ", words.Select(word => word.Text));
        return negated
            ? new($"{field.Text} not in ({list})", Other(field, IsOne))
            : new($"{field.Text} in ({list})", Any(field, IsOne));
    }

    public static Sentence Like(Field field, bool negated, Pattern pattern)
    {
        bool Fits(object value) => value is string or Enum && pattern.Fits(value.ToString()!);
        return negated
            ? new($"{field.Text} not like {pattern.Text}", Other(field, Fits))
            : new($"{field.Text} like {pattern.Text}", Some(field, Fits));
    }

    public static Sentence Missing(Field field, bool negated) =>
        negated
            ? new($"{field.Text} is not missing", facts => !field.IsMissing(facts))
            : new($"{field.Text} is missing", field.IsMissing);

    private string Inside(int whole) => Binds < whole ? $"({Text})" : Text;

    // An empty text may be asked for by itself, though it is missing.
    private static Func<Facts, bool> Any(Field field, Func<object, bool> test) =>
        facts => field.Of(facts).Any(test);

    private static Func<Facts, bool> Some(Field field, Func<object, bool> test) =>
        facts => !field.IsMissing(facts) && field.Of(facts).Any(test);

    // It is there, and something else. Tags and codes are always there, if none.
    private static Func<Facts, bool> Other(Field field, Func<object, bool> test) =>
        facts => (field.IsSet || !field.IsMissing(facts)) && !field.Of(facts).Any(test);

    private static bool IsAt(Field field, object value, Word word, int[] sides) =>
        Side(field, value, word) is { } side && sides.Contains(side);

    /// <summary>Where a value lies from a word; null when it is none of its kind.</summary>
    private static int? Side(Field field, object value, Word word) =>
        (value, word.Value) switch
        {
            (Enum choice, string other) => Sign(choice.CompareTo(Enum.Parse(choice.GetType(), other, true))),
            // The order of names is that of their small letters, as in listings.
            (string name, string other) when field.IsName => Sign(
                string.CompareOrdinal(name.ToLowerInvariant(), other.ToLowerInvariant())
            ),
            (string text, string other) => Sign(
                string.CompareOrdinal(text.ToUpperInvariant(), other.ToUpperInvariant())
            ),
            (bool flag, bool other) => Sign(flag.CompareTo(other)),
            (DateTime time, _) when word.Span is { } span => time < span.First ? -1
            : time > span.Last ? 1
            : 0,
            (int or long, long) => Sign(Convert.ToInt64(value, null).CompareTo(word.Value)),
            (int or long or double, long or double) => Sign(
                Convert.ToDouble(value, null).CompareTo(Convert.ToDouble(word.Value, null))
            ),
            _ => null,
        };

    private static int Sign(int order) => Math.Sign(order);
}

/// <summary>What a filter asks for.</summary>
/// <param name="Text">As it is written.</param>
/// <param name="Values">What something has of it: nothing, one value, or of a set several.</param>
internal sealed record Field(string Text, Func<Facts, object?> Values)
{
    public bool IsName { get; init; }

    public bool IsSet { get; init; }

    private bool IsMissingWhenEmpty { get; init; }

    public static Field Metric(string name, string? written = null) =>
        new(written ?? name, facts => facts.Metrics.TryGetValue(name, out var value) ? value : null);

    public static Field Parameter(string name, string? written = null) =>
        new(
            written ?? "param." + name,
            facts => facts.Parameters.TryGetValue(name, out var value) ? value : null
        );

    public static Field Property(string name, string? written = null) =>
        new(written ?? name, facts => facts.Property(name))
        {
            IsName = name == "name",
            IsSet = name is "tag" or "code",
            IsMissingWhenEmpty = true,
        };

    // An empty property is missing, and a text nevertheless.
    public bool IsMissing(Facts facts) => Of(facts).All(value => value is "" && IsMissingWhenEmpty);

    /// <summary>What is there: NaN is not.</summary>
    public IReadOnlyList<object> Of(Facts facts) =>
        Values(facts) switch
        {
            null or double.NaN => [],
            IEnumerable<string> several => [.. several],
            var value => [value],
        };
}

/// <summary>What a field is compared with.</summary>
/// <param name="Text">As it is written.</param>
/// <param name="Value">A long, a double, a bool or a text.</param>
internal sealed record Word(string Text, object Value)
{
    /// <summary>From when to when it is, if it is a date: a bare date is a whole day.</summary>
    public (DateTime First, DateTime Last)? Span { get; init; }

    public static Word Quoted(string text) =>
        new($"'{text.Replace("'", "''", StringComparison.Ordinal)}'", text);

    public static Word Day(string text, int year, int month, int day)
    {
        var first = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc);
        return Quoted(text) with { Span = (first, first.AddDays(1).AddTicks(-1)) };
    }

    public static Word At(string text, DateTime time) => Quoted(text) with { Span = (time, time) };
}

/// <summary>A pattern with wildcards.</summary>
/// <param name="Text">As it is written.</param>
/// <param name="Fits">Which texts it means.</param>
internal sealed record Pattern(string Text, Predicate<string> Fits);
