using System.Globalization;
using System.Text.Json;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Registry;

/// <summary>Reads what <see cref="AlphaJson"/> writes: an array of objects, of which only the name is needed.</summary>
internal static class AlphaJsonReader
{
    private static readonly JsonDocumentOptions Options = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        AllowDuplicateProperties = false,
        MaxDepth = 8,
    };

    /// <summary>Reads the items of a file.</summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.FileFormatInvalid"/> or <see cref="ErrorId.RowInvalid"/>.
    /// </exception>
    public static List<ImportRow> Read(string path, Stream stream, CancellationToken cancellation)
    {
        using var document = Parse(path, stream);
        var items = document.RootElement;
        if (items.ValueKind != JsonValueKind.Array)
        {
            throw Malformed(path, "is not an array of alphas, as Export-Alpha writes them.");
        }

        var rows = new List<ImportRow>();
        foreach (var item in items.EnumerateArray())
        {
            cancellation.ThrowIfCancellationRequested();
            rows.Add(Row(new RowPlace(path, "item", rows.Count + 1), item));
        }

        return rows;
    }

    private static JsonDocument Parse(string path, Stream stream)
    {
        try
        {
            return JsonDocument.Parse(stream, Options);
        }
        catch (JsonException error)
        {
            var place = error.LineNumber is { } line
                ? FormattableString.Invariant($" in line {line + 1}")
                : "";
            throw Malformed(
                path,
                $"is not JSON{place}: {StoreJson.Reason(error)} Correct it or export it again.",
                error
            );
        }
    }

    private static ImportRow Row(RowPlace place, JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            throw place.Invalid(null, "it is not an object.");
        }

        var fields = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        var tags = TagList.Empty;
        var metrics = MetricValues.None;
        var parameters = ParameterValues.None;
        foreach (var member in item.EnumerateObject())
        {
            var name = member.Name;
            try
            {
                switch (name.ToLowerInvariant())
                {
                    case "tags":
                        tags = Tags(member.Value);
                        fields.Add("tags", null);
                        break;
                    case "metrics":
                        metrics = new MetricValues([
                            .. member
                                .Value.EnumerateObject()
                                .Select(metric => KeyValuePair.Create(metric.Name, Metric(place, metric))),
                        ]);
                        break;
                    case "parameters":
                        parameters = ParameterJson.Read(member.Value);
                        break;
                    default:
                        Add(place, fields, member);
                        break;
                }
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException)
            {
                throw place.Invalid(name, error.Message, error);
            }
        }

        return AlphaFields.Read(place, fields, tags, metrics, parameters);
    }

    private static void Add(RowPlace place, Dictionary<string, string?> fields, JsonProperty member)
    {
        var known = AlphaFields.All.FirstOrDefault(name =>
            name.Equals(member.Name, StringComparison.OrdinalIgnoreCase)
        );
        if (known is null)
        {
            throw place.Invalid(
                member.Name,
                "alphas do not have that member."
                    + Nearest.Hint(member.Name, [.. AlphaFields.All, "metrics", "parameters"])
            );
        }

        var text = member.Value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.String => member.Value.GetString(),
            JsonValueKind.Number => member.Value.GetRawText(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => throw place.Invalid(member.Name, "it is neither a text nor a number."),
        };
        if (!fields.TryAdd(known, text))
        {
            throw place.Invalid(member.Name, "the item has it twice (case does not count). Remove one.");
        }
    }

    private static TagList Tags(JsonElement tags) =>
        tags.ValueKind == JsonValueKind.Null
            ? TagList.Empty
            : new TagList(tags.EnumerateArray().Select(tag => tag.GetString() ?? ""));

    private static double Metric(RowPlace place, JsonProperty metric) =>
        AlphaFields.Number(
            place,
            $"metrics.{metric.Name}",
            metric.Value.ValueKind switch
            {
                JsonValueKind.Number => metric.Value.GetRawText(),
                JsonValueKind.String => metric.Value.GetString()!,
                var kind => kind.ToString().ToLower(CultureInfo.InvariantCulture),
            }
        );

    private static AlphaFactoryException Malformed(string path, string what, Exception? inner = null) =>
        new(ErrorId.FileFormatInvalid, $"file '{Path.GetFileName(path)}' {what}", inner) { Target = path };
}
