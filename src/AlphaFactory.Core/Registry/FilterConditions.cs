using AlphaFactory.Core.Filtering;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Registry;

/// <summary>
/// Turns a filter into conditions. <c>!=</c>, <c>not in</c> and <c>not like</c> hold for what is there and is not
/// so; <c>not</c> turns anything round, what is missing too. Tags are always there, if none.
/// </summary>
/// <param name="store">The folder of the store that is searched.</param>
internal sealed class FilterConditions(string store)
{
    /// <summary>The conditions, all of which must hold: each can be where a search starts from.</summary>
    public IEnumerable<Condition> Of(FilterNode node) => Terms(Condition(node));

    private static IEnumerable<Condition> Terms(Condition condition) =>
        condition is Condition.All all ? all.Terms.SelectMany(Terms) : [condition];

    private Condition Condition(FilterNode node) =>
        node switch
        {
            FilterNode.And and => new Condition.All([.. and.Terms.Select(Condition)]),
            FilterNode.Or or => Any([.. or.Terms.Select(Condition)]),
            FilterNode.Not not => new Condition.Not(Condition(not.Term)),
            FilterNode.Compare { Operator: FilterOperator.NotEqual } compare => Present(
                compare.Field,
                new Condition.Not(Compare(compare.Field, Comparison.Equal, compare.Value))
            ),
            FilterNode.Compare { Operator: FilterOperator.Equal } compare => Compare(
                compare.Field,
                Comparison.Equal,
                compare.Value
            ),
            FilterNode.Compare compare => Written(
                compare.Field,
                Compare(compare.Field, ToComparison(compare.Operator), compare.Value)
            ),
            FilterNode.In { Negated: true } list => Present(
                list.Field,
                new Condition.Not(In(list.Field, list.Values))
            ),
            FilterNode.In list => In(list.Field, list.Values),
            FilterNode.Like { Negated: true } like => Present(
                like.Field,
                new Condition.Not(Like(like.Field, like.Pattern))
            ),
            FilterNode.Like like => Written(like.Field, Like(like.Field, like.Pattern)),
            FilterNode.Missing { Negated: true } missing => new Condition.Not(Missing(missing.Field)),
            FilterNode.Missing missing => Missing(missing.Field),
            _ => throw new NotSupportedException(node.GetType().Name),
        };

    // Tags of which one must be there are one condition, whichever way that is written.
    private static Condition Any(IReadOnlyList<Condition> terms) =>
        terms is [var only] ? only
        : terms.All(term => term is Condition.TagIn)
            ? new Condition.TagIn([.. terms.Cast<Condition.TagIn>().SelectMany(tag => tag.Keys)])
        : new Condition.Any(terms);

    private static Condition Present(FilterField field, Condition condition) =>
        field.Kind
            is FilterKind.Metric
                or FilterKind.Parameter
                or FilterKind.Text
                or FilterKind.Number
                or FilterKind.Flag
            ? new Condition.All([new Condition.Not(Missing(field)), condition])
            : condition;

    // Of the texts that may be missing, only a description is kept as an empty one.
    private static Condition Written(FilterField field, Condition condition) =>
        field.Column == "description" ? Present(field, condition) : condition;

    private static Condition Missing(FilterField field) =>
        field.Kind switch
        {
            FilterKind.Metric => new Condition.NoMetric(field.Name),
            FilterKind.Parameter => new Condition.NoParameter(field.Name),
            FilterKind.Set => new Condition.NoTag(),
            FilterKind.Text or FilterKind.Number or FilterKind.Flag => new Condition.NoDetail(field.Column!),
            _ => Registry.Condition.Never,
        };

    private Condition Compare(FilterField field, Comparison comparison, object value) =>
        field.Kind switch
        {
            FilterKind.Metric => new Condition.MetricIs(field.Name, comparison, Double(value)),
            FilterKind.Parameter => Parameter(field.Name, comparison, value),
            FilterKind.Name when comparison == Comparison.Equal => Named([value]),
            FilterKind.Name => new Condition.NameCompares(comparison, (string)value),
            FilterKind.Version => new Condition.VersionIs(comparison, value),
            FilterKind.Choice => Stages(stage => Holds(stage.CompareTo(Stage(value)), comparison)),
            FilterKind.Set => new Condition.TagIn([TextKey.Of((string)value)]),
            FilterKind.Date => Created(comparison, (string)value),
            FilterKind.Latest => (bool)value
                ? new Condition.IsLatest()
                : new Condition.Not(new Condition.IsLatest()),
            FilterKind.Store => Constant(TextKey.Of((string)value) == TextKey.Of(store)),
            FilterKind.Number => new Condition.NumberIs(field.Column!, comparison, value),
            FilterKind.Flag => new Condition.NumberIs(field.Column!, comparison, (bool)value ? 1L : 0L),
            _ => new Condition.TextIs(field.Column!, comparison, TextKey.Of((string)value)),
        };

    private Condition In(FilterField field, IReadOnlyList<object> values) =>
        field.Kind switch
        {
            FilterKind.Metric when values.Count > 1 => new Condition.MetricIn(
                field.Name,
                [.. values.Select(Double)]
            ),
            FilterKind.Parameter => ParameterIn(field.Name, values),
            FilterKind.Name => Named(values),
            FilterKind.Set => new Condition.TagIn([.. values.Select(tag => TextKey.Of((string)tag))]),
            FilterKind.Choice => Stages(stage => values.Any(value => Stage(value) == stage)),
            FilterKind.Text => new Condition.TextIn(
                field.Column!,
                [.. values.Select(text => TextKey.Of((string)text))]
            ),
            FilterKind.Number => new Condition.NumberIn(field.Column!, values),
            _ => Any([.. values.Select(value => Compare(field, Comparison.Equal, value))]),
        };

    private Condition Like(FilterField field, string text)
    {
        var pattern = WildcardPattern.Parse(text);
        return field.Kind switch
        {
            FilterKind.Parameter => new Condition.ParameterLike(field.Name, pattern),
            FilterKind.Name => new Condition.NameIs([pattern]),
            FilterKind.Set => new Condition.TagLike(pattern),
            FilterKind.Choice => Stages(stage => pattern.IsMatch(stage.ToString())),
            FilterKind.Store => Constant(pattern.IsMatch(store)),
            _ => new Condition.TextLike(field.Column!, pattern),
        };
    }

    private static Condition.NameIs Named(IEnumerable<object> names) =>
        new([.. names.Select(name => WildcardPattern.Literal((string)name))]);

    // An empty list would be a constant of SQL: see SearchSql.
    private static Condition Stages(Func<AlphaStage, bool> wanted) =>
        Enum.GetValues<AlphaStage>().Where(wanted).ToList() is { Count: > 0 } stages
            ? new Condition.StageIs(stages)
            : Registry.Condition.Never;

    private static AlphaStage Stage(object name) => Enum.Parse<AlphaStage>((string)name, ignoreCase: true);

    private static Condition Constant(bool holds) =>
        holds ? Registry.Condition.Always : Registry.Condition.Never;

    private static double Double(object number) => number is long whole ? whole : (double)number;

    private static Condition Created(Comparison comparison, string text)
    {
        var (from, to) = Span(text);
        // In whole microseconds, which is what the store keeps: the first not before, the last not after.
        var first =
            Sql.ToMicroseconds(from) + (Sql.FromMicroseconds(Sql.ToMicroseconds(from)) < from ? 1 : 0);
        var last = Sql.ToMicroseconds(to);
        return Within(comparison, first, last, (each, time) => new Condition.CreatedIs(each, time));
    }

    // A bare date is a whole day.
    private static Condition Within(
        Comparison comparison,
        long first,
        long last,
        Func<Comparison, long, Condition> compare
    ) =>
        comparison switch
        {
            Comparison.Equal when first == last => compare(Comparison.Equal, first),
            Comparison.Equal => new Condition.All([
                compare(Comparison.GreaterOrEqual, first),
                compare(Comparison.LessOrEqual, last),
            ]),
            Comparison.Less or Comparison.GreaterOrEqual => compare(comparison, first),
            _ => compare(comparison, last),
        };

    private static (DateTime From, DateTime To) Span(string date)
    {
        _ = UtcDate.TryParse(date, upperEnd: false, out var from);
        _ = UtcDate.TryParse(date, upperEnd: true, out var to);
        return (from, to);
    }

    // A text is a text, and a date if it can be read as one: parameters are either.
    private static Condition Parameter(string name, Comparison comparison, object value)
    {
        var (kind, key) = ParameterKey.Of(value);
        Condition same = new Condition.ParameterIs(name, kind, comparison, key);
        return ParameterDate(name, comparison, value) is { } date ? new Condition.Any([same, date]) : same;
    }

    private static Condition? ParameterDate(string name, Comparison comparison, object value)
    {
        if (value is not string text || !UtcDate.TryParse(text, upperEnd: false, out _))
        {
            return null;
        }

        var (from, to) = Span(text);
        return Within(
            comparison,
            Sql.ToMicroseconds(from),
            Sql.ToMicroseconds(to),
            (each, at) => new Condition.ParameterIs(name, ParameterKind.Time, each, at)
        );
    }

    private static Condition ParameterIn(string name, IReadOnlyList<object> values)
    {
        var kinds = values
            .Select(ParameterKey.Of)
            .GroupBy(key => key.Kind, key => key.Value!)
            .Select<IGrouping<ParameterKind, object>, Condition>(keys =>
                keys.ToList() is [var only]
                    ? new Condition.ParameterIs(name, keys.Key, Comparison.Equal, only)
                    : new Condition.ParameterIn(name, keys.Key, [.. keys])
            );
        var dates = values.Select(value => ParameterDate(name, Comparison.Equal, value)).OfType<Condition>();
        return Any([.. kinds, .. dates]);
    }

    private static Comparison ToComparison(FilterOperator comparison) =>
        comparison switch
        {
            FilterOperator.Equal => Comparison.Equal,
            FilterOperator.Less => Comparison.Less,
            FilterOperator.LessOrEqual => Comparison.LessOrEqual,
            FilterOperator.Greater => Comparison.Greater,
            FilterOperator.GreaterOrEqual => Comparison.GreaterOrEqual,
            _ => throw new NotSupportedException(comparison.ToString()),
        };

    private static bool Holds(int order, Comparison comparison) =>
        comparison switch
        {
            Comparison.Equal => order == 0,
            Comparison.Less => order < 0,
            Comparison.LessOrEqual => order <= 0,
            Comparison.Greater => order > 0,
            _ => order >= 0,
        };
}
