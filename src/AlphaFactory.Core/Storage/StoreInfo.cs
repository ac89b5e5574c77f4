using System.Text.Json;

namespace AlphaFactory.Core.Storage;

/// <summary>What <c>store.json</c> says.</summary>
/// <param name="Format">The version of the folder's format.</param>
/// <param name="Id">The store's own id.</param>
/// <param name="Created">When it was made, UTC.</param>
public sealed record StoreInfo(int Format, Guid Id, DateTime Created)
{
    /// <summary>Reads the file's text, name by name: a serializer takes tens of milliseconds at its first object.</summary>
    /// <returns>Null when it is not the text of such a file.</returns>
    /// <exception cref="JsonException">It is not JSON, or a value is not what it should be.</exception>
    internal static StoreInfo? Parse(string text)
    {
        using var document = JsonDocument.Parse(text);
        var root = document.RootElement;
        return
            root.ValueKind == JsonValueKind.Object
            && root.TryGetProperty("format", out var format)
            && format.ValueKind == JsonValueKind.Number
            && format.TryGetInt32(out var number)
            ? new StoreInfo(number, ReadId(root), ReadTime(root))
            : null;
    }

    private static Guid ReadId(JsonElement root) =>
        !root.TryGetProperty("id", out var id) ? default
        : id.ValueKind == JsonValueKind.String && id.TryGetGuid(out var guid) ? guid
        : throw new JsonException($"'{id}' is not an id.");

    private static DateTime ReadTime(JsonElement root) =>
        !root.TryGetProperty("created", out var created) ? default
        : created.ValueKind == JsonValueKind.String && created.TryGetDateTime(out var time) ? time
        : throw new JsonException($"'{created}' is not a time.");
}
