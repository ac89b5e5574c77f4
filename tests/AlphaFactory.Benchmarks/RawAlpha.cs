using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Benchmarks;

/// <summary>An alpha as hand-written code would read it: everything that the module's object has.</summary>
internal sealed class RawAlpha
{
    public required string Name { get; init; }

    public required int Version { get; init; }

    public required int Stage { get; init; }

    public required DateTime CreatedAt { get; init; }

    public required string[] Tags { get; init; }

    public required Dictionary<string, double> Metrics { get; init; }

    public required Dictionary<string, object?> Parameters { get; init; }

    public required string Author { get; init; }

    public string? RunId { get; init; }

    public string? FeatureSet { get; init; }

    public int? FeatureVersion { get; init; }

    public string? CodeHash { get; init; }

    public string? DataHash { get; init; }

    public required string Description { get; init; }

    public string? GitCommit { get; init; }

    public bool? GitDirty { get; init; }

    public string? ModuleVersion { get; init; }

    public string? User { get; init; }

    public string? Machine { get; init; }

    /// <summary>Reads a row of <see cref="Schemas.Rows"/>.</summary>
    public static RawAlpha Read(Schema schema, SqliteDataReader row)
    {
        if (schema == Schema.Json)
        {
            return FromDocument(row.GetString(0));
        }

        return new RawAlpha
        {
            Name = row.GetString(0),
            Version = row.GetInt32(1),
            Stage = row.GetInt32(2),
            CreatedAt = DateTime.UnixEpoch.AddTicks(row.GetInt64(3) * TimeSpan.TicksPerMicrosecond),
            Tags = row.GetString(4).Split(';'),
            Parameters = ReadParameters(row.GetString(5)),
            Author = row.GetString(6),
            RunId = row.IsDBNull(7) ? null : row.GetString(7),
            FeatureSet = row.IsDBNull(8) ? null : row.GetString(8),
            FeatureVersion = row.IsDBNull(9) ? null : row.GetInt32(9),
            CodeHash = row.IsDBNull(10) ? null : row.GetString(10),
            DataHash = row.IsDBNull(11) ? null : row.GetString(11),
            Description = row.GetString(12),
            GitCommit = row.IsDBNull(13) ? null : row.GetString(13),
            GitDirty = row.IsDBNull(14) ? null : row.GetBoolean(14),
            ModuleVersion = row.IsDBNull(15) ? null : row.GetString(15),
            User = row.IsDBNull(16) ? null : row.GetString(16),
            Machine = row.IsDBNull(17) ? null : row.GetString(17),
            Metrics = schema switch
            {
                Schema.Registry => FromBytes(row.GetFieldValue<byte[]>(18)),
                Schema.Wide => FromColumns(row),
                _ => FromArray(row.GetString(18)),
            },
        };
    }

    private static Dictionary<string, double> FromBytes(byte[] values)
    {
        var metrics = new Dictionary<string, double>(8, StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < GeneratedAlpha.MetricNames.Length; i++)
        {
            metrics[GeneratedAlpha.MetricNames[i]] = BinaryPrimitives.ReadDoubleLittleEndian(
                values.AsSpan(i * sizeof(double))
            );
        }

        return metrics;
    }

    private static Dictionary<string, double> FromColumns(SqliteDataReader row)
    {
        var metrics = new Dictionary<string, double>(8, StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < GeneratedAlpha.MetricNames.Length; i++)
        {
            metrics[GeneratedAlpha.MetricNames[i]] = row.GetDouble(18 + i);
        }

        return metrics;
    }

    // By name, as the primary key has them.
    private static Dictionary<string, double> FromArray(string json)
    {
        using var document = JsonDocument.Parse(json);
        return GeneratedAlpha
            .MetricNames.Order(StringComparer.Ordinal)
            .Zip(document.RootElement.EnumerateArray(), (name, value) => (name, value.GetDouble()))
            .ToDictionary(pair => pair.name, pair => pair.Item2, StringComparer.OrdinalIgnoreCase);
    }

    private static Dictionary<string, object?> ReadParameters(string json)
    {
        using var document = JsonDocument.Parse(json);
        return ReadParameters(document.RootElement);
    }

    private static Dictionary<string, object?> ReadParameters(JsonElement parameters) =>
        parameters
            .EnumerateObject()
            .ToDictionary(
                member => member.Name,
                member =>
                    member.Value.ValueKind == JsonValueKind.Number
                        ? (object?)member.Value.GetInt64()
                        : member.Value.GetString(),
                StringComparer.OrdinalIgnoreCase
            );

    private static RawAlpha FromDocument(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        return new RawAlpha
        {
            Name = root.GetProperty("name").GetString()!,
            Version = root.GetProperty("version").GetInt32(),
            Stage = root.GetProperty("stage").GetInt32(),
            CreatedAt = DateTime.UnixEpoch.AddTicks(
                root.GetProperty("created_at").GetInt64() * TimeSpan.TicksPerMicrosecond
            ),
            Tags = root.GetProperty("tags").GetString()!.Split(';'),
            Metrics = root.GetProperty("metrics")
                .EnumerateObject()
                .ToDictionary(
                    member => member.Name,
                    member => member.Value.GetDouble(),
                    StringComparer.OrdinalIgnoreCase
                ),
            Parameters = ReadParameters(root.GetProperty("parameters")),
            Author = root.GetProperty("author").GetString()!,
            RunId = root.GetProperty("run_id").GetString(),
            FeatureSet = root.GetProperty("feature_set").GetString(),
            FeatureVersion = root.GetProperty("feature_version") is { ValueKind: JsonValueKind.Number } number
                ? number.GetInt32()
                : null,
            CodeHash = root.GetProperty("code_hash").GetString(),
            DataHash = root.GetProperty("data_hash").GetString(),
            Description = root.GetProperty("description").GetString()!,
            GitCommit = root.GetProperty("git_commit").GetString(),
            GitDirty = root.GetProperty("git_dirty") is { ValueKind: JsonValueKind.Number } dirty
                ? dirty.GetInt32() != 0
                : null,
            ModuleVersion = root.GetProperty("module_version").GetString(),
            User = root.GetProperty("user").GetString(),
            Machine = root.GetProperty("machine").GetString(),
        };
    }
}
