using System.Collections.Frozen;
using AlphaFactory.Core.Filtering;
using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Registry;

/// <summary>Turns a query into conditions and an order.</summary>
internal static class QueryConditions
{
    private static readonly FrozenDictionary<string, string> Columns = new Dictionary<string, string>(
        StringComparer.Ordinal
    )
    {
        ["Name"] = "name",
        ["Version"] = "version",
        ["Stage"] = "stage",
        ["CreatedAt"] = "created_at",
        ["Tags"] = "tags",
        ["Description"] = "description",
        ["Author"] = "author",
        ["RunId"] = "run_id",
        ["FeatureSet"] = "feature_set",
        ["FeatureVersion"] = "feature_version",
        ["CodeHash"] = "code_hash",
        ["DataHash"] = "data_hash",
        ["Seed"] = "seed",
        ["GitCommit"] = "git_commit",
        ["GitDirty"] = "git_dirty",
        ["ModuleVersion"] = "module_version",
        ["User"] = "user",
        ["Machine"] = "machine",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    // As filters call them.
    private const string MetricPrefix = "metric.";
    private static readonly FrozenDictionary<string, string> FilterNames = Columns
        .Values.Select(column => KeyValuePair.Create(column, column))
        .Append(KeyValuePair.Create("created", "created_at"))
        .Append(KeyValuePair.Create("tag", "tags"))
        .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The properties of an alpha that a search can sort by.</summary>
    public static IEnumerable<string> SortableProperties => Columns.Keys;

    /// <summary>The conditions, all of which must hold.</summary>
    /// <param name="query">The query.</param>
    /// <param name="store">The folder of the store that is searched.</param>
    public static IReadOnlyList<Condition> Of(AlphaQuery query, string store)
    {
        var conditions = new List<Condition>();
        List<Condition> which = [];
        if (query.Names.Count > 0)
        {
            which.Add(new Condition.NameIs([.. query.Names.Select(WildcardPattern.Parse)]));
        }

        if (query.Exactly.Count > 0)
        {
            which.Add(new Condition.IsOneOf(query.Exactly));
        }

        if (which.Count > 0)
        {
            conditions.Add(which is [var only] ? only : new Condition.Any(which));
        }

        if (query.Versions.Count > 0)
        {
            conditions.Add(new Condition.VersionIn(query.Versions));
        }

        if (query.Latest)
        {
            conditions.Add(new Condition.IsLatest());
        }

        AddTags(conditions, query);
        conditions.AddRange(
            query.MinMetrics.Select(min => new Condition.MetricIs(
                min.Key,
                Comparison.GreaterOrEqual,
                min.Value
            ))
        );
        conditions.AddRange(
            query.MaxMetrics.Select(max => new Condition.MetricIs(max.Key, Comparison.LessOrEqual, max.Value))
        );
        AddDates(conditions, query);
        if (query.Stages.Count > 0)
        {
            conditions.Add(new Condition.StageIs(query.Stages));
        }

        conditions.AddRange(
            query.Parameters.Select(wanted =>
            {
                var (kind, value) = ParameterKey.Of(wanted.Value);
                return new Condition.ParameterIs(wanted.Key, kind, Comparison.Equal, value);
            })
        );
        if (query.Filter is { } filter)
        {
            conditions.AddRange(new FilterConditions(store).Of(filter.Root));
        }

        return conditions;
    }

    /// <summary>The order; a metric that no alpha has is warned about.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.NameInvalid"/>: it is neither a property nor a metric.</exception>
    public static SearchOrder Order(
        SqliteConnection connection,
        SearchNames names,
        AlphaQuery query,
        OperationContext context
    )
    {
        if (query.SortBy is not { } sortBy)
        {
            return SearchOrder.Registration with { Descending = query.Descending };
        }

        if (Columns.TryGetValue(sortBy, out var column) || FilterNames.TryGetValue(sortBy, out column))
        {
            return SearchOrder.By(column) with { Descending = query.Descending };
        }

        if (sortBy.StartsWith(MetricPrefix, StringComparison.OrdinalIgnoreCase))
        {
            sortBy = sortBy[MetricPrefix.Length..];
        }

        Core.Names.RequireMetric(sortBy);
        if (names.Metric(sortBy) is null)
        {
            WarnOfUnknown(connection, sortBy, SortableProperties, context);
        }

        return SearchOrder.ByMetric(sortBy) with
        {
            Descending = query.Descending,
        };
    }

    /// <summary>
    /// Warns of metrics and parameters that no alpha ever had: nothing can match, and a typing error is likely.
    /// </summary>
    public static void WarnOfUnknownNames(
        SqliteConnection connection,
        SearchNames names,
        AlphaQuery query,
        OperationContext context
    )
    {
        List<FilterField> fields = [.. query.Filter?.Root.Fields ?? []];
        var metrics = query
            .MinMetrics.Keys.Concat(query.MaxMetrics.Keys)
            .Concat(fields.Where(field => field.Kind == FilterKind.Metric).Select(field => field.Name));
        foreach (var metric in metrics.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            if (names.Metric(metric) is null)
            {
                WarnOfUnknown(
                    connection,
                    metric,
                    fields.Count > 0 ? AlphaFilter.Fields.PropertyNames : [],
                    context
                );
            }
        }

        var parameters = fields
            .Where(field => field.Kind == FilterKind.Parameter)
            .Select(field => field.Name);
        foreach (var parameter in parameters.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            if (names.Parameter(parameter) is null)
            {
                var known = connection.Query(
                    row => row.GetString(0),
                    "SELECT name FROM parameters ORDER BY id"
                );
                context.Warn(
                    $"No alpha in the store has a parameter '{parameter}'.{Nearest.Hint(parameter, known)}"
                );
            }
        }
    }

    private static void WarnOfUnknown(
        SqliteConnection connection,
        string metric,
        IEnumerable<string> others,
        OperationContext context
    )
    {
        var known = connection.Query(row => row.GetString(0), "SELECT name FROM metrics ORDER BY id");
        context.Warn(
            $"No alpha in the store has a metric '{metric}'.{Nearest.Hint(metric, known.Concat(others))}"
        );
    }

    private static void AddTags(List<Condition> conditions, AlphaQuery query)
    {
        conditions.AddRange(query.Tags.Select(tag => new Condition.TagIn([TextKey.Of(tag)])));
        if (query.AnyTags.Count > 0)
        {
            conditions.Add(new Condition.TagIn([.. query.AnyTags.Select(TextKey.Of)]));
        }

        if (query.ExcludeTags.Count > 0)
        {
            conditions.Add(new Condition.Not(new Condition.TagIn([.. query.ExcludeTags.Select(TextKey.Of)])));
        }
    }

    private static void AddDates(List<Condition> conditions, AlphaQuery query)
    {
        if (query.Since is { } since)
        {
            // The next whole microsecond: what is registered before the tick given does not match.
            var time = Sql.ToMicroseconds(since);
            var cut = Sql.FromMicroseconds(time) < UtcDate.FromDateTime(since);
            conditions.Add(new Condition.CreatedIs(Comparison.GreaterOrEqual, cut ? time + 1 : time));
        }

        if (query.Until is { } until)
        {
            conditions.Add(new Condition.CreatedIs(Comparison.LessOrEqual, Sql.ToMicroseconds(until)));
        }
    }
}
