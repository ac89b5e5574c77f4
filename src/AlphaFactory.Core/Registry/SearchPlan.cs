using Microsoft.Data.Sqlite;

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
    private const int FarthestGlance = 256;

    // A glance that sees nothing goes on to so many times its rows; so many rows are seen for each wanted.
    private const int GlanceAgain = 4;

    private readonly SearchLimits _limits;
    private readonly SqliteConnection _connection;
    private readonly SearchNames _names;
    private readonly IReadOnlyList<Condition> _conditions;
    private readonly List<SearchStart> _starts;
    private readonly Lazy<SearchStart?> _rarest;

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
        _starts = [.. SearchStart.Of(conditions, names)];
        _rarest = new Lazy<SearchStart?>(Rarest);
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
        var most = GlanceAgain * _limits.Glance;
        if (
            skip + first is not { } wanted
            || wanted > most
            || order.Column is not null
            || InOrder(order) is not { } start
        )
        {
            return null;
        }

        var rows = Math.Clamp(GlanceAgain * wanted, _limits.Glance, most);
        var reached = Reached(start, order, rows);
        var found = Look(start, order, null, reached, wanted);
        if (found.Count == 0 && reached is not null && rows < most)
        {
            // Rows that need no more looking at are few for longer.
            if (_starts.Find(each => HasAtMost(each, IsAll(each) ? _limits.Rare : _limits.Glance)) is { } few)
            {
                return [.. Run(Ordered(Sql(few), order, skip, first))];
            }

            var farther = Reached(start, order, most);
            found = Look(start, order, reached, farther, wanted);
            reached = farther;
        }

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

    private bool IsAll(SearchStart start) => _conditions.All(start.Covers.Contains);

    // Where to glance: rows that are in order already, unless there is nothing else to start from anyway.
    private SearchStart? InOrder(SearchOrder order) =>
        _starts.Find(start => start.Order.IsSame(order)) is { } start
            ? (_starts.Count > 1 ? start : null)
            : (
                _starts.Count > 0 && _starts.TrueForAll(each => each.IsSeenInAlphas)
                    ? SearchStart.Everything
                    : null
            );

    private List<long> Look(SearchStart start, SearchOrder order, long? passed, long? reached, long wanted)
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
    private long? Reached(SearchStart start, SearchOrder order, long rows)
    {
        var range = new SearchSql(_names, start.Source);
        (start.Range ?? start.Restrict)(range);
        using var command = range.Command(
            _connection,
            range.Id,
            $" ORDER BY {range.Id}{order.Direction} LIMIT 1 OFFSET {range.Bind(rows - 1)}"
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
            foreach (var id in Run(Valued(known, order, skip, first), untilNull: 1))
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
        var value = start.Order.IsSame(order) ? "d.value" : sql.MetricValue(metric);
        // Descending, those without come last, where reading ends: to test each row takes a quarter of the time.
        if (!order.Descending)
        {
            sql.Where($"{value} IS NOT NULL");
        }

        return sql.Command(
            _connection,
            $"{sql.Id}, {value}",
            $" ORDER BY {value}{order.Direction}, {sql.Id}{order.Direction}" + Page(sql, skip, first)
        );
    }

    private long CountValued(long metric)
    {
        var sql = Sql(Best(SearchOrder.None));
        sql.Where($"{sql.MetricValue(metric)} IS NOT NULL");
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
            // Of texts, an empty description is missing, too.
            _ => $"{sql.Detail($"nullif({order.Column}, '')")} COLLATE NOCASE{order.Direction} NULLS LAST, ",
        };
        return sql.Command(
            _connection,
            sql.Id,
            $" ORDER BY {keys}{sql.Id}{order.Direction}" + Page(sql, skip, first)
        );
    }

    private static string Page(SearchSql sql, long skip, long? first) =>
        first is null && skip == 0 ? "" : $" LIMIT {sql.Bind(first ?? -1)} OFFSET {sql.Bind(skip)}";

    private static IEnumerable<long> Run(SqliteCommand command, int untilNull = 0)
    {
        using (command)
        {
            using var reader = command.ExecuteReader();
            while (reader.Read() && !reader.IsDBNull(untilNull))
            {
                yield return reader.GetInt64(0);
            }
        }
    }

    private SearchSql Sql(SearchStart start)
    {
        var sql = new SearchSql(_names, start.Source);
        start.Restrict(sql);
        foreach (var condition in _conditions.Where(condition => !start.Covers.Contains(condition)))
        {
            sql.Where(condition);
        }

        return sql;
    }

    private SearchStart Best(SearchOrder order)
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

        var starts = order.Metric is not null ? [.. _starts, .. InOrderOf(order.Metric)] : _starts;
        var inOrder = starts.Find(start => start.Order.IsSame(order));
        return inOrder
            ?? order.Column switch
            {
                null when order.IsSome => SearchStart.Everything,
                "name" => SearchStart.ByName,
                "created_at" => SearchStart.ByCreated,
                _ => _starts.Count > 0 ? _starts[0] : SearchStart.Everything,
            };
    }

    private SearchStart? Rarest()
    {
        var rare = _starts.Where(start => HasAtMost(start, _limits.Rare)).ToList();
        return rare.Count > 1 ? rare.MinBy(Count) : rare.FirstOrDefault();
    }

    // To step over rows costs a third of counting them. What repeats another start is not counted again.
    private bool HasAtMost(SearchStart start, long rows)
    {
        if (start.IsRepeat)
        {
            return false;
        }

        var sql = Only(start);
        using var command = sql.Command(_connection, "1", $" LIMIT 1 OFFSET {sql.Bind(rows)}");
        return command.ExecuteScalar() is null;
    }

    private long Count(SearchStart start)
    {
        using var command = Only(start).Command(_connection, "COUNT(*)");
        return (long)command.ExecuteScalar()!;
    }

    private SearchSql Only(SearchStart start)
    {
        var sql = new SearchSql(_names, start.Source);
        start.Restrict(sql);
        return sql;
    }

    // Those of a metric that no condition is about start nowhere yet.
    private IEnumerable<SearchStart> InOrderOf(string metric) =>
        _starts.Exists(start => start.Order.IsSame(SearchOrder.ByMetric(metric)))
        || _names.Metric(metric) is not { } id
            ? []
            : [SearchStart.Valued(id, metric, [])];
}
