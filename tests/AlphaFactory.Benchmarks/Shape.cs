namespace AlphaFactory.Benchmarks;

/// <summary>One kind of search: the cmdlet's, and hand-written SQL for the same rows over several layouts.</summary>
/// <param name="Name">What it is called in the tables.</param>
/// <param name="Command">The cmdlet; <c>$args[0]</c> is the store.</param>
/// <param name="Trials">The SQL: the ids of the page in order, or for a count the number.</param>
/// <param name="IsCount">Whether it counts.</param>
internal sealed record Shape(string Name, string Command, IReadOnlyList<Trial> Trials, bool IsCount = false)
{
    private const string Fx = "SELECT alpha_id AS id FROM tags WHERE tag = 'fx'";

    /// <summary>The shapes, for a registry of so many alphas.</summary>
    public static IReadOnlyList<Shape> All(int alphas)
    {
        var deep = alphas / 10;
        return
        [
            Page(
                "one tag",
                "-Tag fx",
                "",
                new(
                    Schema.Registry,
                    $"SELECT alpha_id AS id FROM alpha_tags WHERE {TagId("fx")} ORDER BY alpha_id"
                ),
                new(Schema.Wide, $"{Fx} ORDER BY alpha_id"),
                new(Schema.Eav, $"{Fx} ORDER BY alpha_id"),
                new(Schema.Json, $"{Fx} ORDER BY alpha_id")
            ),
            Page("rare bound", "-MinMetric sharpe=3.4", "", [.. Bound("sharpe >= 3.4", byValue: true)]),
            Page("common bound", "-MinMetric sharpe=0.5", "", [.. Bound("sharpe >= 0.5", byValue: false)]),
            Page(
                "tag and bound",
                "-Tag fx -MinMetric sharpe=1.2",
                "",
                [.. TagAndBound("ORDER BY t.alpha_id", "t.alpha_id AS id")]
            ),
            Page(
                "tag, two bounds, date, sorted by a metric",
                "-Tag fx -MinMetric sharpe=1,ic_mean=0.01 -Since 2024-07-01 -SortBy sharpe -Descending",
                "",
                [.. Composite()]
            ),
            Page(
                "wildcard inside the name",
                "-Name *-0?42*",
                "",
                new(
                    Schema.Registry,
                    "SELECT id FROM alphas INDEXED BY alphas_by_id WHERE name GLOB '*-0?42*' ORDER BY id"
                ),
                new(Schema.Wide, "SELECT id FROM alphas NOT INDEXED WHERE name GLOB '*-0?42*' ORDER BY id"),
                new(
                    Schema.Wide,
                    "SELECT id FROM alphas INDEXED BY alphas_name WHERE name GLOB '*-0?42*' ORDER BY id"
                ),
                new(Schema.Eav, "SELECT id FROM alphas NOT INDEXED WHERE name GLOB '*-0?42*' ORDER BY id"),
                new(
                    Schema.Json,
                    "SELECT id FROM alphas INDEXED BY alphas_name WHERE name GLOB '*-0?42*' ORDER BY id"
                )
            ),
            Page(
                "wildcard at the end of the name",
                "-Name mom-00*",
                "",
                new(
                    Schema.Registry,
                    "SELECT id FROM alphas INDEXED BY alphas_by_name WHERE name >= 'mom-00' AND name < 'mom-01' ORDER BY id"
                ),
                new(
                    Schema.Registry,
                    "SELECT id FROM alphas INDEXED BY alphas_by_id WHERE name >= 'mom-00' AND name < 'mom-01' ORDER BY id"
                ),
                new(Schema.Wide, "SELECT id FROM alphas WHERE name GLOB 'mom-00*' ORDER BY id"),
                new(Schema.Eav, "SELECT id FROM alphas WHERE name GLOB 'mom-00*' ORDER BY id"),
                new(Schema.Json, "SELECT id FROM alphas WHERE name GLOB 'mom-00*' ORDER BY id")
            ),
            Page(
                "or",
                "-Filter 'sharpe >= 1.5 and (tag = ''theme-007'' or tag = ''grains'')'",
                "",
                [.. Either()]
            ),
            Page(
                "newest of the name, and bound",
                "-Latest -MinMetric sharpe=1.2",
                "",
                new(
                    Schema.Registry,
                    $"SELECT id FROM alphas a INDEXED BY alphas_latest WHERE latest = 1 AND {ValueOf("sharpe", "a.id")} >= 1.2 ORDER BY id"
                ),
                new(
                    Schema.Registry,
                    $"SELECT alpha_id AS id FROM alpha_metrics v CROSS JOIN alphas a INDEXED BY alphas_by_id ON a.id = alpha_id WHERE {MetricId("sharpe")} AND +value >= 1.2 AND latest = 1 ORDER BY alpha_id"
                ),
                new(
                    Schema.Wide,
                    "SELECT id FROM alphas INDEXED BY alphas_latest WHERE latest = 1 AND sharpe >= 1.2 ORDER BY id"
                ),
                new(
                    Schema.Eav,
                    "SELECT id FROM alphas a NOT INDEXED WHERE latest = 1 AND (SELECT value FROM metrics WHERE alpha_id = id AND name = 'sharpe') >= 1.2 ORDER BY id"
                ),
                new(
                    Schema.Json,
                    "SELECT id FROM alphas INDEXED BY alphas_latest WHERE latest = 1 AND sharpe >= 1.2 ORDER BY id"
                )
            ),
            Page("parameters equal", "-Parameter @{ kind = 'ema'; fast = 10 }", "", [.. Parameters()]),
            Page(
                "without a tag, stage, bound",
                "-ExcludeTag fx -Stage Candidate -MinMetric sharpe=2",
                "",
                [.. Without()]
            ),
            Page(
                "deep page",
                $"-Tag fx -Skip {deep}",
                $" OFFSET {deep}",
                new(
                    Schema.Registry,
                    $"SELECT alpha_id AS id FROM alpha_tags WHERE {TagId("fx")} ORDER BY alpha_id"
                ),
                new(Schema.Wide, $"{Fx} ORDER BY alpha_id"),
                new(Schema.Eav, $"{Fx} ORDER BY alpha_id"),
                new(Schema.Json, $"{Fx} ORDER BY alpha_id")
            ),
            Page(
                "deep page, sorted by a metric",
                $"-SortBy sharpe -Descending -Skip {deep}",
                $" OFFSET {deep}",
                new(
                    Schema.Registry,
                    $"SELECT alpha_id AS id FROM alpha_metrics WHERE {MetricId("sharpe")} AND value IS NOT NULL ORDER BY value DESC, alpha_id DESC"
                ),
                new(
                    Schema.Wide,
                    "SELECT id FROM alphas WHERE sharpe IS NOT NULL ORDER BY sharpe DESC, id DESC"
                ),
                new(
                    Schema.Eav,
                    "SELECT alpha_id AS id FROM metrics WHERE name = 'sharpe' AND value IS NOT NULL ORDER BY value DESC, alpha_id DESC"
                ),
                new(
                    Schema.Json,
                    "SELECT id FROM alphas WHERE sharpe IS NOT NULL ORDER BY sharpe DESC, id DESC"
                )
            ),
            Count(
                "count: one tag",
                "-Tag fx",
                $"SELECT COUNT(*) FROM alpha_tags WHERE {TagId("fx")}",
                "SELECT COUNT(*) FROM tags WHERE tag = 'fx'"
            ),
            new(
                "count: tag and bound",
                "Get-Alpha -Store $args[0] -First 0 -IncludeTotalCount -Tag fx -MinMetric sharpe=1.2",
                [.. TagAndBound("", "COUNT(*)")],
                IsCount: true
            ),
        ];
    }

    private static Shape Page(string name, string parameters, string offset, params Trial[] trials) =>
        new(
            name,
            $"Get-Alpha -Store $args[0] -First 50 {parameters}",
            [.. trials.Select(trial => trial with { Sql = $"{trial.Sql} LIMIT 50{offset}" })]
        );

    private static Shape Count(string name, string parameters, string registry, string others) =>
        new(
            name,
            $"Get-Alpha -Store $args[0] -First 0 -IncludeTotalCount {parameters}",
            [new(Schema.Registry, registry), new(Schema.Wide, others)],
            IsCount: true
        );

    private static IEnumerable<Trial> Bound(string condition, bool byValue)
    {
        var (metric, rest) = (
            condition.Split(' ')[0],
            condition[condition.IndexOf(' ', StringComparison.Ordinal)..]
        );
        var value = byValue ? "value" : "+value";
        var column = byValue ? metric : "+" + metric;
        yield return new(
            Schema.Registry,
            $"SELECT alpha_id AS id FROM alpha_metrics WHERE {MetricId(metric)} AND {value}{rest} ORDER BY alpha_id"
        );
        yield return new(Schema.Wide, $"SELECT id FROM alphas WHERE {column}{rest} ORDER BY id");
        yield return new(
            Schema.Eav,
            byValue
                ? $"SELECT alpha_id AS id FROM metrics WHERE name = '{metric}' AND value{rest} ORDER BY alpha_id"
                : $"SELECT id FROM alphas a NOT INDEXED WHERE (SELECT value FROM metrics WHERE alpha_id = id AND name = '{metric}'){rest} ORDER BY id"
        );
        yield return new(Schema.Json, $"SELECT id FROM alphas WHERE {column}{rest} ORDER BY id");
    }

    private static IEnumerable<Trial> TagAndBound(string order, string select)
    {
        yield return new(
            Schema.Registry,
            $"SELECT {select} FROM alpha_tags t CROSS JOIN alpha_metrics v ON v.alpha_id = t.alpha_id AND {MetricId("sharpe")} "
                + $"WHERE {TagId("fx")} AND +v.value >= 1.2 {order}"
        );
        yield return new(
            Schema.Registry,
            $"SELECT {select} FROM alpha_tags t WHERE {TagId("fx")} AND {ValueOf("sharpe", "t.alpha_id")} >= 1.2 {order}"
        );
        yield return new(
            Schema.Wide,
            $"SELECT {select} FROM tags t CROSS JOIN alphas a ON a.id = t.alpha_id WHERE tag = 'fx' AND +sharpe >= 1.2 {order}"
        );
        yield return new(
            Schema.Wide,
            $"SELECT {select.Replace("t.alpha_id", "a.id", StringComparison.Ordinal)} FROM alphas a INDEXED BY alphas_sharpe CROSS JOIN tags t ON t.alpha_id = a.id AND tag = 'fx' "
                + $"WHERE sharpe >= 1.2 {order.Replace("t.alpha_id", "a.id", StringComparison.Ordinal)}"
        );
        yield return new(
            Schema.Eav,
            $"SELECT {select} FROM tags t CROSS JOIN metrics v ON v.alpha_id = t.alpha_id AND v.name = 'sharpe' WHERE tag = 'fx' AND +value >= 1.2 {order}"
        );
        yield return new(
            Schema.Json,
            $"SELECT {select} FROM tags t CROSS JOIN alphas a ON a.id = t.alpha_id WHERE tag = 'fx' AND +sharpe >= 1.2 {order}"
        );
    }

    private static IEnumerable<Trial> Composite()
    {
        const string Since = "1719792000000000";
        yield return new(
            Schema.Registry,
            $"SELECT v.alpha_id AS id FROM alpha_metrics v CROSS JOIN alpha_tags t ON {TagId("fx")} AND t.alpha_id = v.alpha_id CROSS JOIN alphas a INDEXED BY alphas_by_id ON a.id = v.alpha_id "
                + $"WHERE v.{MetricId("sharpe")} AND v.value >= 1 AND {ValueOf("ic_mean", "v.alpha_id")} >= 0.01 AND created_at >= {Since} ORDER BY v.value DESC, v.alpha_id DESC"
        );
        yield return new(
            Schema.Wide,
            $"SELECT id FROM alphas a INDEXED BY alphas_sharpe CROSS JOIN tags t ON tag = 'fx' AND alpha_id = id WHERE sharpe >= 1 AND ic_mean >= 0.01 AND created_at >= {Since} ORDER BY sharpe DESC, id DESC"
        );
        yield return new(
            Schema.Wide,
            $"SELECT id FROM alphas a INDEXED BY alphas_sharpe WHERE sharpe >= 1 AND ic_mean >= 0.01 AND created_at >= {Since} AND EXISTS (SELECT 1 FROM tags WHERE tag = 'fx' AND alpha_id = id) ORDER BY sharpe DESC, id DESC"
        );
        yield return new(
            Schema.Eav,
            "SELECT v.alpha_id AS id FROM metrics v CROSS JOIN tags t ON tag = 'fx' AND t.alpha_id = v.alpha_id CROSS JOIN alphas a ON a.id = v.alpha_id "
                + $"WHERE v.name = 'sharpe' AND v.value >= 1 AND (SELECT value FROM metrics WHERE alpha_id = a.id AND name = 'ic_mean') >= 0.01 AND created_at >= {Since} ORDER BY v.value DESC, v.alpha_id DESC"
        );
        yield return new(
            Schema.Json,
            $"SELECT id FROM alphas a INDEXED BY alphas_sharpe CROSS JOIN tags t ON tag = 'fx' AND alpha_id = id WHERE sharpe >= 1 AND ic_mean >= 0.01 AND created_at >= {Since} ORDER BY sharpe DESC, id DESC"
        );
    }

    private static IEnumerable<Trial> Either()
    {
        const string Tags = "(SELECT id FROM tags WHERE key IN ('THEME-007', 'GRAINS'))";
        yield return new(
            Schema.Registry,
            $"SELECT a.alpha_id AS id FROM alpha_metrics a WHERE {MetricId("sharpe")} AND +value >= 1.5 AND EXISTS (SELECT 1 FROM alpha_tags t WHERE tag_id IN {Tags} AND t.alpha_id = a.alpha_id) ORDER BY a.alpha_id"
        );
        yield return new(
            Schema.Registry,
            "SELECT id FROM (SELECT alpha_id AS id FROM alpha_tags WHERE tag_id = (SELECT id FROM tags WHERE key = 'THEME-007') "
                + "UNION SELECT alpha_id FROM alpha_tags WHERE tag_id = (SELECT id FROM tags WHERE key = 'GRAINS') ORDER BY 1) "
                + $"WHERE {ValueOf("sharpe", "id")} >= 1.5"
        );
        yield return new(
            Schema.Wide,
            "SELECT id FROM alphas NOT INDEXED WHERE sharpe >= 1.5 AND EXISTS (SELECT 1 FROM tags WHERE tag IN ('theme-007', 'grains') AND alpha_id = id) ORDER BY id"
        );
        yield return new(
            Schema.Eav,
            "SELECT id FROM alphas NOT INDEXED WHERE (SELECT value FROM metrics WHERE alpha_id = id AND name = 'sharpe') >= 1.5 AND EXISTS (SELECT 1 FROM tags WHERE tag IN ('theme-007', 'grains') AND alpha_id = id) ORDER BY id"
        );
        yield return new(
            Schema.Json,
            "SELECT id FROM alphas NOT INDEXED WHERE sharpe >= 1.5 AND EXISTS (SELECT 1 FROM tags WHERE tag IN ('theme-007', 'grains') AND alpha_id = id) ORDER BY id"
        );
    }

    private static IEnumerable<Trial> Parameters()
    {
        const string Id = "parameter_id = (SELECT id FROM parameters WHERE key = '{0}')";
        var fast = Id.Replace("{0}", "FAST", StringComparison.Ordinal);
        var kind = Id.Replace("{0}", "KIND", StringComparison.Ordinal);
        yield return new(
            Schema.Registry,
            $"SELECT p.alpha_id AS id FROM alpha_parameters p INDEXED BY alpha_parameters_by_value CROSS JOIN alpha_parameters q ON q.{kind} AND q.alpha_id = p.alpha_id "
                + $"WHERE p.{fast} AND p.kind = 1 AND p.value = 10 AND q.value = 'EMA' ORDER BY p.alpha_id"
        );
        foreach (var schema in new[] { Schema.Wide, Schema.Eav, Schema.Json })
        {
            yield return new(
                schema,
                "SELECT p.alpha_id AS id FROM parameters p CROSS JOIN parameters q ON q.name = 'kind' AND q.value = 'ema' AND q.alpha_id = p.alpha_id "
                    + "WHERE p.name = 'fast' AND p.value = 10 ORDER BY p.alpha_id"
            );
        }
    }

    private static IEnumerable<Trial> Without()
    {
        yield return new(
            Schema.Registry,
            $"SELECT v.alpha_id AS id FROM alpha_metrics v CROSS JOIN alphas a INDEXED BY alphas_by_id ON a.id = v.alpha_id WHERE {MetricId("sharpe")} AND +value >= 2 AND stage = 1 "
                + $"AND NOT EXISTS (SELECT 1 FROM alpha_tags t WHERE {TagId("fx")} AND t.alpha_id = v.alpha_id) ORDER BY v.alpha_id"
        );
        foreach (var schema in new[] { Schema.Wide, Schema.Json })
        {
            yield return new(
                schema,
                "SELECT id FROM alphas NOT INDEXED WHERE sharpe >= 2 AND stage = 1 AND NOT EXISTS (SELECT 1 FROM tags WHERE tag = 'fx' AND alpha_id = id) ORDER BY id"
            );
        }

        yield return new(
            Schema.Eav,
            "SELECT id FROM alphas NOT INDEXED WHERE stage = 1 AND (SELECT value FROM metrics WHERE alpha_id = id AND name = 'sharpe') >= 2 AND NOT EXISTS (SELECT 1 FROM tags WHERE tag = 'fx' AND alpha_id = id) ORDER BY id"
        );
    }

    private static string TagId(string tag) =>
        $"tag_id = (SELECT id FROM tags WHERE key = '{tag.ToUpperInvariant()}')";

    private static string MetricId(string metric) =>
        $"metric_id = (SELECT id FROM metrics WHERE name = '{metric}')";

    private static string ValueOf(string metric, string id) =>
        $"(SELECT value FROM alpha_metrics x WHERE x.{MetricId(metric)} AND x.alpha_id = {id})";
}

/// <summary>One way to write a search by hand.</summary>
/// <param name="Schema">The layout that it reads.</param>
/// <param name="Sql">The SQL, see <see cref="Shape"/>.</param>
internal sealed record Trial(Schema Schema, string Sql);
