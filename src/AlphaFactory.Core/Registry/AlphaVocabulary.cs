using System.Globalization;
using AlphaFactory.Core.Filtering;
using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Registry;

/// <summary>The words that the alphas of a store use, for completion. Each call opens the store at a path and
/// closes it. Texts begin with what is given, without case.</summary>
public static class AlphaVocabulary
{
    private const int Most = 100;

    /// <summary>The properties that alphas can be sorted by.</summary>
    public static IReadOnlyList<string> SortableProperties { get; } =
    [.. QueryConditions.SortableProperties.Order(StringComparer.Ordinal)];

    /// <summary>Names in order, each with its newest version.</summary>
    public static IReadOnlyList<(string Name, int Version)> Names(string path, string prefix) =>
        Read(
            path,
            connection =>
                connection.Query(
                    row => (row.GetString(0), row.GetInt32(1)),
                    "SELECT name, last_version FROM alpha_names "
                        + "WHERE name >= $1 AND name < $1 || char(127) ORDER BY name LIMIT $2",
                    prefix,
                    Most
                )
        );

    /// <summary>Tags in order; those that no alpha has any more are left out.</summary>
    public static IReadOnlyList<string> Tags(string path, string prefix) =>
        Read(
            path,
            connection =>
                connection.Query(
                    row => row.GetString(0),
                    "SELECT tag FROM tags WHERE substr(key, 1, length($1)) = $1 "
                        + "AND EXISTS (SELECT 1 FROM alpha_tags WHERE tag_id = tags.id) ORDER BY key LIMIT $2",
                    TextKey.Of(prefix),
                    Most
                )
        );

    /// <summary>Metrics in order, each with its range.</summary>
    public static IReadOnlyList<MetricRange> Metrics(string path, string prefix) =>
        Read(
            path,
            connection =>
                connection.Query(
                    row => new MetricRange(
                        row.GetString(0),
                        row.IsDBNull(1) ? null : row.GetDouble(1),
                        row.IsDBNull(2) ? null : row.GetDouble(2)
                    ),
                    "SELECT name, (SELECT min(value) FROM alpha_metrics WHERE metric_id = metrics.id), "
                        + "(SELECT max(value) FROM alpha_metrics WHERE metric_id = metrics.id) FROM metrics "
                        + "WHERE substr(lower(name), 1, length($1)) = lower($1) "
                        + "AND EXISTS (SELECT 1 FROM alpha_metrics WHERE metric_id = metrics.id) ORDER BY name LIMIT $2",
                    prefix,
                    Most
                )
        );

    /// <summary>Parameters in order; those that no alpha has any more are left out.</summary>
    public static IReadOnlyList<string> Parameters(string path, string prefix) =>
        Read(
            path,
            connection =>
                connection.Query(
                    row => row.GetString(0),
                    "SELECT name FROM parameters WHERE substr(key, 1, length($1)) = $1 "
                        + "AND EXISTS (SELECT 1 FROM alpha_parameters WHERE parameter_id = parameters.id) "
                        + "ORDER BY key LIMIT $2",
                    TextKey.Of(prefix),
                    Most
                )
        );

    private static T Read<T>(string path, Func<SqliteConnection, T> read)
    {
        using var store = AlphaStore.Open(path);
        return store.Read(read);
    }
}

/// <summary>A metric and the range of its values; both ends are null when it was NaN always.</summary>
/// <param name="Name">The metric's name.</param>
/// <param name="Lowest">The lowest value.</param>
/// <param name="Highest">The highest value.</param>
public sealed record MetricRange(string Name, double? Lowest, double? Highest)
{
    /// <summary>The range in words: <c>sharpe: -0.3 to 2.1</c>.</summary>
    public override string ToString() =>
        Lowest is null
            ? $"{Name}: no number"
            : string.Create(CultureInfo.InvariantCulture, $"{Name}: {Lowest:G6} to {Highest:G6}");
}
