using AlphaFactory.Core.Filtering;
using static System.FormattableString;

namespace AlphaFactory.Core.Registry;

/// <summary>
/// Where a query may start: a row source, what restricts it, and the conditions it takes care of. Range is that
/// part of what restricts it which an index answers, if it is not all. A repeat has the rows of an earlier start
/// in another order, so that there is no need to count them again. What is seen in the alphas table is cheap to
/// look for among its rows in their own order.
/// </summary>
internal sealed record SearchStart(
    RowSource Source,
    Action<SearchSql> Restrict,
    IReadOnlyList<Condition> Covers,
    SearchOrder Order,
    Action<SearchSql>? Range = null,
    bool IsRepeat = false,
    bool IsSeenInAlphas = false
)
{
    // Up to so many tags, of which one is enough, are a place to start from.
    private const int MergedTags = 8;

    /// <summary>Every alpha, by registration.</summary>
    public static SearchStart Everything { get; } =
        new(
            RowSource.Alphas(
                "alphas_by_id",
                "name",
                "version",
                "latest",
                "stage",
                "created_at",
                "metric_set"
            ),
            _ => { },
            [],
            SearchOrder.Registration
        );

    /// <summary>Every alpha, by name.</summary>
    public static SearchStart ByName { get; } =
        new(RowSource.Alphas("alphas_by_name", "name", "version"), _ => { }, [], SearchOrder.By("name"));

    /// <summary>Every alpha, by time.</summary>
    public static SearchStart ByCreated { get; } =
        new(RowSource.Alphas("alphas_by_created", "created_at"), _ => { }, [], SearchOrder.By("created_at"));

    /// <summary>
    /// Where a search for some conditions may start: the more a kind of condition usually narrows, the earlier.
    /// </summary>
    public static IEnumerable<SearchStart> Of(IReadOnlyList<Condition> conditions, SearchNames names)
    {
        var bounds = conditions
            .OfType<Condition.MetricIs>()
            .GroupBy(bound => bound.Name, StringComparer.OrdinalIgnoreCase)
            .Select(group => (group.Key, Id: names.Metric(group.Key) ?? -1, Bounds: group.ToList()))
            .ToList();
        List<Condition> created = [.. conditions.OfType<Condition.CreatedIs>()];
        return
        [
            .. conditions.OfType<Condition.NameIs>().SelectMany(Named),
            .. conditions.OfType<Condition.MetricSetIs>().Select(OfMetricSets),
            .. conditions.OfType<Condition.TagIn>().SelectMany(tag => Tagged(tag, names.Tags(tag.Keys))),
            .. conditions.OfType<Condition.ParameterIs>().SelectMany(equal => WithParameter(equal, names)),
            .. conditions.OfType<Condition.TextIs>().Where(IsIndexed).Select(WithText),
            .. conditions.OfType<Condition.TextLike>().Where(IsIndexed).Select(WithTextLike),
            .. conditions.OfType<Condition.IsLatest>().Take(1).Select(Latest),
            .. bounds.Select(metric => Valued(metric.Id, metric.Key, metric.Bounds)),
            .. bounds.Select(metric => ValuedInOrder(metric.Id, metric.Bounds)),
            .. created.Count > 0 ? [CreatedWithin(created)] : Array.Empty<SearchStart>(),
        ];
    }

    /// <summary>
    /// The alphas with a value of a metric within bounds, by that value; without bounds, also those whose value is not
    /// a number, which is NULL here and less than any.
    /// </summary>
    public static SearchStart Valued(long id, string metric, IReadOnlyList<Condition.MetricIs> bounds) =>
        new(
            new RowSource("alpha_metrics d INDEXED BY alpha_metrics_by_value", "d.alpha_id"),
            sql => Bound(sql, id, bounds, "d.value"),
            bounds,
            SearchOrder.ByMetric(metric)
        );

    // The same rows in the order of registration: '+' keeps SQLite from the index by value.
    private static SearchStart ValuedInOrder(long id, IReadOnlyList<Condition.MetricIs> bounds) =>
        new(
            new RowSource("alpha_metrics d", "d.alpha_id"),
            sql => Bound(sql, id, bounds, "+d.value"),
            bounds,
            SearchOrder.Registration,
            sql => sql.Where($"d.metric_id = {sql.Bind(id)}"),
            IsRepeat: true
        );

    private static void Bound(
        SearchSql sql,
        long metric,
        IEnumerable<Condition.MetricIs> bounds,
        string value
    )
    {
        sql.Where($"d.metric_id = {sql.Bind(metric)}");
        foreach (var bound in bounds)
        {
            sql.Where($"{value} {SearchSql.Symbol(bound.Operator)} {sql.Bind(bound.Value)}");
        }
    }

    private static IEnumerable<SearchStart> Named(Condition.NameIs names)
    {
        if (names.Patterns is [var pattern] && pattern.Prefix.Length > 0)
        {
            yield return ByName with
            {
                Restrict = sql => Match(sql, names, pattern),
                Covers = [names],
                IsSeenInAlphas = !pattern.IsExact,
            };
        }
        else if (names.Patterns.All(each => each.IsExact))
        {
            yield return ByName with
            {
                Restrict = sql => sql.Where(names),
                Covers = [names],
            };
        }
    }

    private static void Match(SearchSql sql, Condition.NameIs name, WildcardPattern pattern)
    {
        if (!pattern.IsExact)
        {
            sql.Where(sql.NameBegins(pattern.Prefix));
        }

        if (!pattern.IsPrefix)
        {
            sql.Where(name);
        }
    }

    private static SearchStart OfMetricSets(Condition.MetricSetIs sets) =>
        new(
            RowSource.Alphas("alphas_by_metric_set", "metric_set"),
            sql => sql.Where(sets),
            [sets],
            SearchOrder.None
        );

    // Rows of several tags are merged, in the order that each has them in.
    private static IEnumerable<SearchStart> Tagged(Condition.TagIn tag, IReadOnlyList<long> ids)
    {
        if (ids.Count <= 1)
        {
            var id = ids.FirstOrDefault(-1);
            yield return new SearchStart(
                new RowSource("alpha_tags d", "d.alpha_id"),
                sql => sql.Where($"d.tag_id = {sql.Bind(id)}"),
                [tag],
                SearchOrder.Registration
            );
        }
        else if (ids.Count <= MergedTags)
        {
            var rows = ids.Select(id => Invariant($"SELECT alpha_id FROM alpha_tags WHERE tag_id = {id}"));
            yield return new SearchStart(
                new RowSource($"({string.Join(" UNION ", rows)} ORDER BY 1) d", "d.alpha_id"),
                _ => { },
                [tag],
                SearchOrder.Registration
            );
        }
    }

    private static IEnumerable<SearchStart> WithParameter(Condition.ParameterIs equal, SearchNames names)
    {
        if (equal is { Operator: Comparison.Equal, Value: { } value })
        {
            var id = names.Parameter(equal.Name) ?? -1;
            yield return new SearchStart(
                new RowSource("alpha_parameters d INDEXED BY alpha_parameters_by_value", "d.alpha_id"),
                sql =>
                    sql.Where($"d.parameter_id = {sql.Bind(id)}")
                        .Where($"d.kind = {sql.Bind((long)equal.Kind)}")
                        .Where($"d.value = {sql.Bind(value)}"),
                [equal],
                SearchOrder.Registration
            );
        }
    }

    private static bool IsIndexed(Condition.TextIs text) =>
        text.Operator == Comparison.Equal && IsIndexed(text.Column, text.Key);

    private static bool IsIndexed(Condition.TextLike like) => IsIndexed(like.Column, like.Pattern.Prefix);

    private static bool IsIndexed(string column, string key) =>
        column is "code_hash" or "data_hash" or "git_commit" or "run_id"
        && key.Length > 0
        && TextKey.IsPlain(key);

    private static SearchStart WithText(Condition.TextIs equal) =>
        new(
            RowSource.Alphas($"alphas_by_{equal.Column}"),
            sql => sql.Where($"d.{equal.Column} = {sql.Bind(equal.Key)} COLLATE NOCASE"),
            [equal],
            SearchOrder.Registration
        );

    // Nothing comes after the last of all characters.
    private static SearchStart WithTextLike(Condition.TextLike like) =>
        new(
            RowSource.Alphas($"alphas_by_{like.Column}"),
            sql =>
                sql.Where($"d.{like.Column} >= {sql.Bind(like.Pattern.Prefix)} COLLATE NOCASE")
                    .Where(
                        $"d.{like.Column} <= {sql.Bind(like.Pattern.Prefix + "\U0010FFFF")} COLLATE NOCASE"
                    ),
            [],
            SearchOrder.None
        );

    private static SearchStart Latest(Condition.IsLatest latest) =>
        new(
            RowSource.Alphas("alphas_latest", "latest"),
            sql => sql.Where("d.latest = 1"),
            [latest],
            SearchOrder.Registration
        );

    private static SearchStart CreatedWithin(List<Condition> bounds) =>
        ByCreated with
        {
            Restrict = sql => bounds.ForEach(bound => sql.Where(bound)),
            Covers = bounds,
            IsSeenInAlphas = true,
        };
}
