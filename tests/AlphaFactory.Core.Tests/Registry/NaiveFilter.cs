using System.Text;
using System.Text.RegularExpressions;
using AlphaFactory.Core.Filtering;
using AlphaFactory.Core.Registry;

namespace AlphaFactory.Core.Tests.Registry;

/// <summary>
/// What a filter says of one alpha, worked out from the alpha alone by the rules of the documentation: no SQL.
/// </summary>
internal static class NaiveFilter
{
    public static bool Holds(FilterNode node, Alpha alpha, bool isNewest) =>
        Holds(
            node,
            field =>
                field.Kind switch
                {
                    FilterKind.Metric =>
                    [
                        alpha.Metrics.TryGetValue(field.Name, out var metric) ? metric : null,
                    ],
                    FilterKind.Parameter =>
                    [
                        alpha.Parameters.TryGetValue(field.Name, out var value) ? value : null,
                    ],
                    FilterKind.Set => [.. alpha.Tags],
                    FilterKind.Latest => [isNewest],
                    FilterKind.Name => [new NameOf(alpha.Name)],
                    FilterKind.Date => [alpha.CreatedAt],
                    _ => [PropertyOf(alpha, field)],
                }
        );

    /// <summary>What a filter says of something whose fields have these values, of a set several.</summary>
    public static bool Holds(FilterNode node, Func<FilterField, object?[]> valuesOf)
    {
        return node switch
        {
            FilterNode.And and => and.Terms.All(term => Holds(term, valuesOf)),
            FilterNode.Or or => or.Terms.Any(term => Holds(term, valuesOf)),
            FilterNode.Not not => !Holds(not.Term, valuesOf),
            FilterNode.Compare { Operator: FilterOperator.NotEqual } compare => No(
                compare.Field,
                value => Is(value, FilterOperator.Equal, compare.Value)
            ),
            FilterNode.Compare compare => Some(
                compare.Field,
                value => Is(value, compare.Operator, compare.Value)
            ),
            FilterNode.In { Negated: true } list => No(list.Field, value => IsIn(value, list.Values)),
            FilterNode.In list => Some(list.Field, value => IsIn(value, list.Values)),
            FilterNode.Like { Negated: true } like => No(like.Field, value => IsLike(value, like.Pattern)),
            FilterNode.Like like => Some(like.Field, value => IsLike(value, like.Pattern)),
            FilterNode.Missing missing => IsMissing(missing.Field) != missing.Negated,
            _ => throw new NotSupportedException(),
        };

        bool Some(FilterField field, Func<object, bool> test) => Values(field).Any(test);

        bool No(FilterField field, Func<object, bool> test) =>
            (field.Kind == FilterKind.Set || !IsMissing(field)) && !Values(field).Any(test);

        bool IsMissing(FilterField field) =>
            Values(field).All(value => field.Column is not null && value is "");

        IEnumerable<object> Values(FilterField field) =>
            valuesOf(field).OfType<object>().Where(value => value is not double.NaN);
    }

    /// <summary>The member that a field is called after: run_id is RunId.</summary>
    public static object? PropertyOf(object thing, FilterField field) =>
        thing
            .GetType()
            .GetProperties()
            .Single(property =>
                property.Name.Equals(
                    field.Name.Replace("_", "", StringComparison.Ordinal),
                    StringComparison.OrdinalIgnoreCase
                )
            )
            .GetValue(thing);

    private static bool IsIn(object value, IReadOnlyList<object> wanted) =>
        wanted.Any(one => Is(value, FilterOperator.Equal, one));

    private static bool Is(object value, FilterOperator comparison, object wanted) =>
        (value, wanted) switch
        {
            (int or long or double, long or double) => Holds(
                comparison,
                Convert.ToDouble(value, null).CompareTo(Convert.ToDouble(wanted, null))
            ),
            (bool flag, bool other) => Holds(comparison, flag.CompareTo(other)),
            (Enum stage, string name) => Holds(
                comparison,
                stage.CompareTo(Enum.Parse(stage.GetType(), name, ignoreCase: true))
            ),
            // Names sort as SQLite sorts them, in lower case.
            (NameOf name, string other) => Holds(
                comparison,
                Order(name.Text.ToLowerInvariant(), other.ToLowerInvariant())
            ),
            (string text, string other) => Holds(
                comparison,
                Order(text.ToUpperInvariant(), other.ToUpperInvariant())
            ),
            (DateTime time, string date) => IsAt(time, comparison, date),
            _ => false,
        };

    // A bare date is a whole day.
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

    private static int Order(string one, string other) =>
        Encoding.UTF8.GetBytes(one).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(other));

    private static bool IsLike(object value, string pattern) =>
        value is string or NameOf or Enum
        && Regex.IsMatch(
            value.ToString()!,
            @"\A"
                + Regex.Replace(
                    pattern,
                    @"`(?<letter>.)|(?<set>\[[^]]*\])|(?<star>\*)|(?<any>\?)|(?<letter>.)",
                    part =>
                        part.Groups["set"].Success ? part.Value
                        : part.Groups["star"].Success ? ".*"
                        : part.Groups["any"].Success ? "."
                        : Regex.Escape(part.Groups["letter"].Value)
                )
                + @"\z",
            RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline
        );

    public sealed record NameOf(string Text)
    {
        public override string ToString() => Text;
    }
}
