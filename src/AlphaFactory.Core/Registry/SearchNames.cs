using AlphaFactory.Core.Filtering;
using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Registry;

/// <summary>Looks up the ids of metrics, tags and parameters that a search is about, each once.</summary>
internal sealed class SearchNames(SqliteConnection connection)
{
    private readonly Dictionary<string, long?> _metrics = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, long?> _parameters = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, long?> _tags = new(StringComparer.Ordinal);

    /// <summary>A metric's id; null when no alpha ever had it.</summary>
    public long? Metric(string name) => Find(_metrics, "SELECT id FROM metrics WHERE name = $1", name);

    /// <summary>A parameter's id; null when no alpha ever had it.</summary>
    public long? Parameter(string name) =>
        Find(_parameters, "SELECT id FROM parameters WHERE key = $1", TextKey.Of(name));

    /// <summary>The ids of the tags that are known.</summary>
    public IReadOnlyList<long> Tags(IEnumerable<string> keys) =>
        [
            .. keys.Distinct(StringComparer.Ordinal)
                .Select(key => Find(_tags, "SELECT id FROM tags WHERE key = $1", key))
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

    private long? Find(Dictionary<string, long?> known, string sql, string name)
    {
        if (!known.TryGetValue(name, out var id))
        {
            id = connection.Scalar(sql, name) as long?;
            known.Add(name, id);
        }

        return id;
    }
}
