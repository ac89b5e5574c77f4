using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Registry;

/// <summary>Looks up the ids of metrics, tags and parameters that a search is about.</summary>
internal sealed class SearchNames(SqliteConnection connection)
{
    /// <summary>A metric's id; null when no alpha ever had it.</summary>
    public long? Metric(string name) =>
        connection.Scalar("SELECT id FROM metrics WHERE name = $1", name) as long?;

    /// <summary>A parameter's id; null when no alpha ever had it.</summary>
    public long? Parameter(string name) =>
        connection.Scalar("SELECT id FROM parameters WHERE key = $1", TextKey.Of(name)) as long?;

    /// <summary>The ids of the tags that are known.</summary>
    public IReadOnlyList<long> Tags(IEnumerable<string> keys) =>
        [
            .. keys.Distinct(StringComparer.Ordinal)
                .Select(key => connection.Scalar("SELECT id FROM tags WHERE key = $1", key))
                .OfType<long>(),
        ];

    /// <summary>The ids of the tags that match.</summary>
    public IReadOnlyList<long> Tags(WildcardPattern pattern) =>
        [
            .. connection
                .Query(row => (Id: row.GetInt64(0), Tag: row.GetString(1)), "SELECT id, tag FROM tags")
                .Where(tag => pattern.IsMatch(tag.Tag))
                .Select(tag => tag.Id),
        ];
}
