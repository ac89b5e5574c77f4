namespace AlphaFactory.Core.Filtering;

/// <summary>
/// What a filter says of values that are at hand. A value is a double, a long, a bool, a text, a UTC time, several texts
/// (<see cref="FilterKind.Set"/>), or null when it is missing; so are NaN, and an empty text that is no parameter's.
/// </summary>
/// <param name="filter">The filter.</param>
internal sealed class FilterTest(FilterNode filter)
{
    private readonly Dictionary<string, WildcardPattern> _patterns = new(StringComparer.Ordinal);

    /// <summary>Whether the filter holds.</summary>
    /// <param name="valueOf">The value of a field.</param>
    public bool Holds(Func<FilterField, object?> valueOf) => Holds(filter, valueOf);

    private bool Holds(FilterNode node, Func<FilterField, object?> valueOf) =>
        node switch
        {
            FilterNode.And and => and.Terms.All(term => Holds(term, valueOf)),
            FilterNode.Or or => or.Terms.Any(term => Holds(term, valueOf)),
            FilterNode.Not not => !Holds(not.Term, valueOf),
            FilterNode.Compare { Operator: FilterOperator.NotEqual } compare => Differs(
                compare.Field,
                valueOf(compare.Field),
                value => Is(compare.Field, value, FilterOperator.Equal, compare.Value)
            ),
            FilterNode.Compare { Operator: FilterOperator.Equal } compare => Any(
                valueOf(compare.Field),
                value => Is(compare.Field, value, FilterOperator.Equal, compare.Value)
            ),
            FilterNode.Compare compare => Some(
                compare.Field,
                valueOf(compare.Field),
                value => Is(compare.Field, value, compare.Operator, compare.Value)
            ),
            FilterNode.In list => list.Negated
                ? Differs(list.Field, valueOf(list.Field), value => IsIn(list, value))
                : Any(valueOf(list.Field), value => IsIn(list, value)),
            FilterNode.Like like => like.Negated
                ? Differs(like.Field, valueOf(like.Field), value => IsLike(like, value))
                : Some(like.Field, valueOf(like.Field), value => IsLike(like, value)),
            FilterNode.Missing missing => IsMissing(missing.Field, valueOf(missing.Field)) != missing.Negated,
            _ => throw new NotSupportedException(node.GetType().Name),
        };

    private static bool Some(FilterField field, object? value, Func<object, bool> test) =>
        !IsMissing(field, value) && Any(value, test);

    // Of several texts one is enough.
    private static bool Any(object? value, Func<object, bool> test) =>
        value switch
        {
            null or double.NaN => false,
            IReadOnlyList<string> texts => texts.Any(test),
            _ => test(value),
        };

    // What is there is something else: of several texts none is it, and they are there if none.
    private static bool Differs(FilterField field, object? value, Func<object, bool> test) =>
        (value is IReadOnlyList<string> || !IsMissing(field, value)) && !Any(value, test);

    private static bool IsMissing(FilterField field, object? value) =>
        value is null or double.NaN or IReadOnlyList<string> { Count: 0 }
        || (value is "" && field.Kind != FilterKind.Parameter);

    private static bool IsIn(FilterNode.In list, object value) =>
        list.Values.Any(wanted => Is(list.Field, value, FilterOperator.Equal, wanted));

    private bool IsLike(FilterNode.Like like, object value)
    {
        if (!_patterns.TryGetValue(like.Pattern, out var pattern))
        {
            _patterns.Add(like.Pattern, pattern = WildcardPattern.Parse(like.Pattern));
        }

        return value is string text && pattern.IsMatch(text);
    }

    private static bool Is(FilterField field, object value, FilterOperator comparison, object wanted) =>
        (value, wanted) switch
        {
            (string text, string other) when field.Kind == FilterKind.Choice => Holds(
                comparison,
                Place(field, text).CompareTo(Place(field, other))
            ),
            // Names are in the order of their small letters, as listings are.
            (string text, string other) when field.Kind == FilterKind.Name => Holds(
                comparison,
                TextKey.Compare(text.ToLowerInvariant(), other.ToLowerInvariant())
            ),
            (string text, string other) => Holds(
                comparison,
                TextKey.Compare(TextKey.Of(text), TextKey.Of(other))
            ),
            (bool flag, bool other) => Holds(comparison, flag.CompareTo(other)),
            (DateTime time, DateTime other) => Holds(comparison, time.CompareTo(other)),
            (DateTime time, string date) => IsAt(time, comparison, date),
            (long number, long other) => Holds(comparison, number.CompareTo(other)),
            (long or double, long or double) => Holds(comparison, Double(value).CompareTo(Double(wanted))),
            _ => false,
        };

    // A bare date is a whole day. A text that is no date is no time.
    private static bool IsAt(DateTime time, FilterOperator comparison, string date)
    {
        if (!UtcDate.TryParse(date, upperEnd: false, out var from))
        {
            return false;
        }

        _ = UtcDate.TryParse(date, upperEnd: true, out var to);
        return comparison switch
        {
            FilterOperator.Equal => time >= from && time <= to,
            FilterOperator.Less => time < from,
            FilterOperator.LessOrEqual => time <= to,
            FilterOperator.Greater => time > to,
            _ => time >= from,
        };
    }

    private static bool Holds(FilterOperator comparison, int order) =>
        comparison switch
        {
            FilterOperator.Equal => order == 0,
            FilterOperator.Less => order < 0,
            FilterOperator.LessOrEqual => order <= 0,
            FilterOperator.Greater => order > 0,
            _ => order >= 0,
        };

    private static int Place(FilterField field, string choice) =>
        field
            .Choices.Index()
            .First(each => each.Item.Equals(choice, StringComparison.OrdinalIgnoreCase))
            .Index;

    private static double Double(object number) => number is long whole ? whole : (double)number;
}
