using System.Buffers.Binary;
using System.Text.Json;
using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Maintenance;

/// <summary>What of an alpha searches look at, decoded from its row; or why it cannot be.</summary>
internal sealed record AlphaContent(
    long Id,
    string Name,
    long Version,
    IReadOnlyList<KeyValuePair<string, double>> Metrics,
    IReadOnlyList<string> Tags,
    ParameterValues Parameters,
    string? Problem
)
{
    /// <summary>Reads every alpha, by id, on the way.</summary>
    public static IEnumerable<AlphaContent> All(SqliteConnection connection)
    {
        var metricSets = connection
            .Query(row => (row.GetInt64(0), row.GetString(1)), "SELECT id, names FROM metric_sets")
            .ToDictionary(set => set.Item1, set => Split(set.Item2, ','));
        using var command = connection.Command(
            "SELECT id, name, version, metric_set, metric_values, tags, parameters FROM alphas ORDER BY id"
        );
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            yield return Of(row, metricSets);
        }
    }

    private static AlphaContent Of(SqliteDataReader row, Dictionary<long, string[]> metricSets)
    {
        var (id, name, version) = (row.GetInt64(0), row.GetString(1), row.GetInt64(2));
        if (!metricSets.TryGetValue(row.GetInt64(3), out var names))
        {
            return Broken(id, name, version, "names a set of metrics that is not there");
        }

        var values = row.GetFieldValue<byte[]>(4);
        if (values.Length != names.Length * sizeof(double))
        {
            return Broken(id, name, version, "has not as many metric values as metrics");
        }

        var metrics = names.Select(
            (metric, i) =>
                KeyValuePair.Create(
                    metric,
                    BinaryPrimitives.ReadDoubleLittleEndian(values.AsSpan(i * sizeof(double)))
                )
        );
        try
        {
            var parameters = ParameterJson.Read(row.GetString(6));
            return new(id, name, version, [.. metrics], Split(row.GetString(5), ';'), parameters, null);
        }
        catch (Exception error) when (error is JsonException or FormatException)
        {
            return Broken(id, name, version, "has parameters that cannot be read");
        }
    }

    private static AlphaContent Broken(long id, string name, long version, string problem) =>
        new(id, name, version, [], [], ParameterValues.None, problem);

    private static string[] Split(string text, char separator) =>
        text.Length == 0 ? [] : text.Split(separator);
}
