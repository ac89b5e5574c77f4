using Microsoft.Data.Sqlite;
using static System.FormattableString;

namespace AlphaFactory.Core.Registry;

/// <summary>
/// Finds the ids of the alphas that meet all of some conditions. SQLite's planner knows nothing of how rare a tag
/// or a bound is; this one looks: it counts each condition that an index can answer up to a limit, starts from
/// the rarest when one is rare, and else from rows that are in the order asked for already, so that a page
/// ends the query.
/// </summary>
internal sealed class SearchPlan
{
    // A second glance goes no further than so many times the first.
    private const int FarthestGlance = 64;

    // Up to so many tags, of which one is enough, are a place to start from.
    private const int MergedTags = 8;

    private readonly SearchLimits _limits;
    private readonly SqliteConnection _connection;
    private readonly SearchNames _names;
    private readonly IReadOnlyList<Condition> _conditions;
    private readonly List<Start> _starts;
    private readonly Lazy<Start?> _rarest;

    /// <summary>Makes a plan.</summary>
    /// <param name="connection">The database, in a transaction.</param>
    /// <param name="names">The ids of what the conditions name.</param>
    /// <param name="conditions">The conditions.</param>
    /// <param name="limits">Where the plan changes its ways.</param>
    public SearchPlan(
        SqliteConnection connection,
        SearchNames names,
        IReadOnlyList<Condition> conditions,
        SearchLimits limits
    )
    {
        _limits = limits;
        _connection = connection;
        _names = names;
        _conditions = conditions;
        _starts = [.. Starts()];
        _rarest = new Lazy<Start?>(Rarest);
    }

    /// <summary>How many alphas match.</summary>
    public long Count()
    {
        using var command = Sql(Best(SearchOrder.None)).Command(_connection, "COUNT(*)");
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>The metric sets that the matching alphas have.</summary>
    public List<long> MetricSets()
    {
        var sql = Sql(Best(SearchOrder.None));
        using var command = sql.Command(_connection, "DISTINCT " + sql.Alpha("metric_set"));
        using var reader = command.ExecuteReader();
        var sets = new List<long>();
        while (reader.Read())
        {
            sets.Add(reader.GetInt64(0));
        }

        return sets;
    }

    /// <summary>The ids in order, one by one.</summary>
    public IEnumerable<long> Ids(SearchOrder order, long skip, long? first)
    {
        if (first is 0)
        {
            return [];
        }

        return order.Metric is not null ? IdsByMetric(order, skip, first)
            : Glance(order, skip, first) is { } page ? page
            : Run(Ordered(Sql(Best(order)), order, skip, first));
    }

    // A page of what is common is among the first few rows that are in order already: to look there costs less than
    // to count which condition is the rarest. Where these have a part of the page, it may be worth to look further.
    private List<long>? Glance(SearchOrder order, long skip, long? first)
    {
        if (
            skip + first is not { } wanted
            || wanted > _limits.Glance
            || order.Column is not null
            || _starts.Count < 2
            || _starts.Find(start => start.Order.IsSame(order)) is not { } start
        )
        {
            return null;
        }

        var reached = Reached(start, order);
        var found = Look(start, order, null, reached, wanted);
        if (reached is not { } passed)
        {
            return Page();
        }

        var missing = wanted - found.Count;
        if (missing > 0 && 2 * missing <= FarthestGlance * found.Count)
        {
            // As far as holds the rest, if what follows is like what was seen, and as far again.
            var far = 2 * Math.Abs(passed - found[0]) * missing / found.Count;
            far = order.Descending ? passed - far : passed + far;
            found.AddRange(Look(start, order, passed, far, missing));
        }

        return found.Count == wanted ? Page() : null;

        List<long> Page() => found[(int)Math.Min(skip, found.Count)..];
    }

    private List<long> Look(Start start, SearchOrder order, long? passed, long? reached, long wanted)
    {
        var sql = Sql(start);
        var (after, until) = order.Descending ? ("<", ">=") : (">", "<=");
        if (passed is not null)
        {
            sql.Where($"{sql.Id} {after} {sql.Bind(passed)}");
        }

        if (reached is not null)
        {
            sql.Where($"{sql.Id} {until} {sql.Bind(reached)}");
        }

        return [.. Run(Ordered(sql, order, 0, wanted))];
    }

    // The id where a glance ends; null when there are fewer rows.
    private long? Reached(Start start, SearchOrder order)
    {
        var range = new SearchSql(_names, start.Source);
        (start.Range ?? start.Restrict)(range);
        using var command = range.Command(
            _connection,
            range.Id,
            tail: $" ORDER BY {range.Id}{order.Direction} LIMIT 1 OFFSET {range.Bind(_limits.Glance - 1)}"
        );
        return command.ExecuteScalar() as long?;
    }

    // Those with a value come first, in the index's order; then those without, in the order of registration.
    private IEnumerable<long> IdsByMetric(SearchOrder order, long skip, long? first)
    {
        long found = 0;
        var metric = _names.Metric(order.Metric!);
        if (metric is { } known)
        {
            foreach (var id in Run(Valued(known, order, skip, first)))
            {
                found++;
                yield return id;
            }
        }

        var mustHaveValue = _conditions
            .OfType<Condition.MetricIs>()
            .Any(condition => condition.Name.Equals(order.Metric, StringComparison.OrdinalIgnoreCase));
        if (mustHaveValue || found == first)
        {
            yield break;
        }

        var skipped =
            found > 0 || skip == 0 || metric is null ? 0
            : CountValued(metric.Value) is var valued ? Math.Min(skip, valued)
            : 0;
        var left = found > 0 ? 0 : skip - skipped;
        var rest = new SearchPlan(
            _connection,
            _names,
            [.. _conditions, new Condition.NoMetric(order.Metric!)],
            _limits
        );
        foreach (var id in rest.Ids(order with { Metric = null }, left, first - found))
        {
            yield return id;
        }
    }

    private SqliteCommand Valued(long metric, SearchOrder order, long skip, long? first)
    {
        var start = Best(order);
        var sql = Sql(start);
        var join = "";
        var value = "d.value";
        if (!start.Order.IsSame(order))
        {
            join =
                $" CROSS JOIN alpha_metrics s ON s.metric_id = {sql.Bind(metric)} AND s.alpha_id = {sql.Id}";
            value = "s.value";
            sql.Where("s.value IS NOT NULL");
        }

        return sql.Command(
            _connection,
            sql.Id,
            join,
            $" ORDER BY {value}{order.Direction}, {sql.Id}{order.Direction}" + Page(sql, skip, first)
        );
    }

    private long CountValued(long metric)
    {
        var sql = Sql(Best(SearchOrder.None));
        sql.Where(
            $"(SELECT value FROM alpha_metrics WHERE metric_id = {sql.Bind(metric)} AND alpha_id = {sql.Id}) IS NOT NULL"
        );
        using var command = sql.Command(_connection, "COUNT(*)");
        return (long)command.ExecuteScalar()!;
    }

    private SqliteCommand Ordered(SearchSql sql, SearchOrder order, long skip, long? first)
    {
        var keys = order.Column switch
        {
            null => "",
            "name" => $"{sql.Alpha("name")}{order.Direction}, {sql.Alpha("version")}{order.Direction}, ",
            "version" or "stage" or "created_at" => $"{sql.Alpha(order.Column)}{order.Direction}, ",
            _ => $"{sql.Detail(order.Column)} COLLATE NOCASE{order.Direction} NULLS LAST, ",
        };
        return sql.Command(
            _connection,
            sql.Id,
            tail: $" ORDER BY {keys}{sql.Id}{order.Direction}" + Page(sql, skip, first)
        );
    }

    private static string Page(SearchSql sql, long skip, long? first) =>
        first is null && skip == 0 ? "" : $" LIMIT {sql.Bind(first ?? -1)} OFFSET {sql.Bind(skip)}";

    private static IEnumerable<long> Run(SqliteCommand command)
    {
        using (command)
        {
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                yield return reader.GetInt64(0);
            }
        }
    }

    private SearchSql Sql(Start start)
    {
        var sql = new SearchSql(_names, start.Source);
        start.Restrict(sql);
        foreach (var condition in _conditions.Where(condition => !start.Covers.Contains(condition)))
        {
            sql.Where(condition);
        }

        return sql;
    }

    private Start Best(SearchOrder order)
    {
        // Without a choice there is nothing to count.
        if (_starts is [var only] && (!order.IsSome || only.Order.IsSame(order)))
        {
            return only;
        }

        if (_rarest.Value is { } rarest)
        {
            return rarest;
        }

        var starts = order.Metric is not null ? [.. _starts, .. ValueOrder(order.Metric)] : _starts;
        var inOrder = starts.Find(start => start.Order.IsSame(order));
        return inOrder
            ?? order.Column switch
            {
                null when order.IsSome => Everything,
                "name" => ByName,
                "created_at" => ByCreated,
                _ => _starts.Count > 0 ? _starts[0] : Everything,
            };
    }

    private Start? Rarest()
    {
        var rare = _starts.Where(start => !start.IsRepeat && IsRare(start)).ToList();
        return rare.Count > 1 ? rare.MinBy(Count) : rare.FirstOrDefault();
    }

    // To step over rows costs a third of counting them.
    private bool IsRare(Start start)
    {
        var sql = Only(start);
        using var command = sql.Command(_connection, "1", tail: $" LIMIT 1 OFFSET {sql.Bind(_limits.Rare)}");
        return command.ExecuteScalar() is null;
    }

    private long Count(Start start)
    {
        using var command = Only(start).Command(_connection, "COUNT(*)");
        return (long)command.ExecuteScalar()!;
    }

    private SearchSql Only(Start start)
    {
        var sql = new SearchSql(_names, start.Source);
        start.Restrict(sql);
        return sql;
    }

    // The more a condition usually narrows, the earlier.
    private IEnumerable<Start> Starts()
    {
        foreach (var condition in _conditions)
        {
            switch (condition)
            {
                case Condition.NameIs { Patterns: [var pattern] } when pattern.Prefix.Length > 0:
                    yield return Named(condition, pattern);
                    break;
                case Condition.NameIs names when names.Patterns.All(pattern => pattern.IsExact):
                    yield return ByName with
                    {
                        Restrict = sql => sql.Where(condition),
                        Covers = [condition],
                    };
                    break;
                case Condition.MetricSetIs:
                    yield return new Start(
                        RowSource.Alphas("alphas_by_metric_set"),
                        sql => sql.Where(condition),
                        [condition],
                        SearchOrder.None
                    );
                    break;
            }
        }

        foreach (var tag in _conditions.OfType<Condition.TagIn>())
        {
            if (_names.Tags(tag.Keys) is { Count: <= MergedTags } ids)
            {
                yield return Tagged(tag, ids);
            }
        }

        foreach (var equal in _conditions.OfType<Condition.ParameterIs>())
        {
            if (equal is { Operator: Comparison.Equal, Value: { } value })
            {
                var id = _names.Parameter(equal.Name) ?? -1;
                yield return new Start(
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

        foreach (var equal in _conditions.OfType<Condition.TextIs>().Where(IsIndexed))
        {
            yield return new Start(
                new RowSource($"alpha_details d INDEXED BY alpha_details_by_{equal.Column}", "d.id"),
                sql => sql.Where($"d.{equal.Column} = {sql.Bind(equal.Key)} COLLATE NOCASE"),
                [equal],
                SearchOrder.Registration
            );
        }

        if (_conditions.OfType<Condition.IsLatest>().FirstOrDefault() is { } latest)
        {
            yield return new Start(
                RowSource.Alphas("alphas_latest"),
                sql => sql.Where("a.latest = 1"),
                [latest],
                SearchOrder.Registration
            );
        }

        var metrics = _conditions
            .OfType<Condition.MetricIs>()
            .GroupBy(bound => bound.Name, StringComparer.OrdinalIgnoreCase)
            .ToList();
        foreach (var bounds in metrics)
        {
            var id = _names.Metric(bounds.Key) ?? -1;
            yield return Valued(id, bounds.Key, [.. bounds]);
        }

        foreach (var bounds in metrics)
        {
            // The same rows in the order of registration: '+' keeps SQLite from the index by value.
            var id = _names.Metric(bounds.Key) ?? -1;
            yield return new Start(
                new RowSource("alpha_metrics d", "d.alpha_id"),
                sql => Restrict(sql, id, bounds, "+d.value"),
                [.. bounds],
                SearchOrder.Registration,
                sql => sql.Where($"d.metric_id = {sql.Bind(id)}"),
                IsRepeat: true
            );
        }

        List<Condition.CreatedIs> created = [.. _conditions.OfType<Condition.CreatedIs>()];
        if (created.Count > 0)
        {
            yield return ByCreated with
            {
                Restrict = sql => created.ForEach(bound => sql.Where(bound)),
                Covers = [.. created],
            };
        }
    }

    // The indexes compare as text keys do where a key is ASCII, unless it has an S: that is also the key of a long s.
    private static bool IsIndexed(Condition.TextIs text) =>
        text.Operator == Comparison.Equal
        && text.Column is "code_hash" or "data_hash" or "git_commit" or "run_id"
        && text.Key.Length > 0
        && text.Key.All(letter => char.IsAscii(letter) && letter != 'S');

    private static Start Everything => new(RowSource.Alphas(), _ => { }, [], SearchOrder.Registration);

    private static Start ByName =>
        new(RowSource.Alphas("alphas_by_name"), _ => { }, [], SearchOrder.By("name"));

    private static Start ByCreated =>
        new(RowSource.Alphas("alphas_by_created"), _ => { }, [], SearchOrder.By("created_at"));

    // Rows of several tags are merged, in the order that each has them in.
    private static Start Tagged(Condition.TagIn tag, IReadOnlyList<long> ids)
    {
        if (ids.Count <= 1)
        {
            var id = ids.FirstOrDefault(-1);
            return new Start(
                new RowSource("alpha_tags d", "d.alpha_id"),
                sql => sql.Where($"d.tag_id = {sql.Bind(id)}"),
                [tag],
                SearchOrder.Registration
            );
        }

        var rows = ids.Select(id => Invariant($"SELECT alpha_id FROM alpha_tags WHERE tag_id = {id}"));
        return new Start(
            new RowSource($"({string.Join(" UNION ", rows)} ORDER BY 1) d", "d.alpha_id"),
            _ => { },
            [tag],
            SearchOrder.Registration
        );
    }

    private static Start Named(Condition condition, WildcardPattern pattern) =>
        ByName with
        {
            Restrict = sql =>
            {
                if (!pattern.IsExact)
                {
                    // Names are ASCII, and DEL comes after all that a name may have.
                    sql.Where($"a.name >= {sql.Bind(pattern.Prefix)}")
                        .Where($"a.name < {sql.Bind(pattern.Prefix + '\u007F')}");
                }

                if (!pattern.IsPrefix)
                {
                    sql.Where(condition);
                }
            },
            Covers = [condition],
        };

    private IEnumerable<Start> ValueOrder(string metric)
    {
        var bounds = _conditions
            .OfType<Condition.MetricIs>()
            .Any(bound => bound.Name.Equals(metric, StringComparison.OrdinalIgnoreCase));
        return bounds || _names.Metric(metric) is not { } id ? [] : [Valued(id, metric, [])];
    }

    private static Start Valued(long id, string metric, IReadOnlyList<Condition.MetricIs> bounds) =>
        new(
            new RowSource("alpha_metrics d INDEXED BY alpha_metrics_by_value", "d.alpha_id"),
            sql => Restrict(sql, id, bounds, "d.value"),
            bounds,
            SearchOrder.ByMetric(metric)
        );

    private static void Restrict(
        SearchSql sql,
        long metric,
        IEnumerable<Condition.MetricIs> bounds,
        string value
    )
    {
        sql.Where($"d.metric_id = {sql.Bind(metric)}").Where($"{value} IS NOT NULL");
        foreach (var bound in bounds)
        {
            sql.Where($"{value} {SearchSql.Symbol(bound.Operator)} {sql.Bind(bound.Value)}");
        }
    }

    /// <summary>
    /// Where a query may start: a row source, what restricts it, and the conditions it takes care of. Range is that
    /// part of what restricts it which an index answers, if it is not all. A repeat has the rows of an earlier start
    /// in another order, so that there is no need to count them again.
    /// </summary>
    private sealed record Start(
        RowSource Source,
        Action<SearchSql> Restrict,
        IReadOnlyList<Condition> Covers,
        SearchOrder Order,
        Action<SearchSql>? Range = null,
        bool IsRepeat = false
    );
}

/// <summary>An order of alphas: by registration, by a column, or by a metric.</summary>
internal sealed record SearchOrder
{
    /// <summary>No order.</summary>
    public static SearchOrder None { get; } = new() { IsSome = false };

    /// <summary>By id.</summary>
    public static SearchOrder Registration { get; } = new();

    /// <summary>Whether there is one.</summary>
    public bool IsSome { get; private init; } = true;

    /// <summary>The column of the database.</summary>
    public string? Column { get; private init; }

    /// <summary>The metric.</summary>
    public string? Metric { get; init; }

    /// <summary>The other way round.</summary>
    public bool Descending { get; init; }

    /// <summary>The SQL of the direction.</summary>
    public string Direction => Descending ? " DESC" : "";

    /// <summary>By a column.</summary>
    public static SearchOrder By(string column) => new() { Column = column };

    /// <summary>By a metric.</summary>
    public static SearchOrder ByMetric(string metric) => new() { Metric = metric };

    /// <summary>Whether rows of one order are in the other, forwards or backwards.</summary>
    public bool IsSame(SearchOrder other) =>
        IsSome
        && other.IsSome
        && Column == other.Column
        && string.Equals(Metric, other.Metric, StringComparison.OrdinalIgnoreCase);
}
