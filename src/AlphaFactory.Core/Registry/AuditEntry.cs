using System.Text.Json;
using System.Text.Json.Nodes;

namespace AlphaFactory.Core.Registry;

/// <summary>What a row of the audit log says besides the time and the alpha.</summary>
internal static class AuditEntry
{
    /// <summary>A version was registered.</summary>
    public const string Register = "register";

    /// <summary>A version was read from a file.</summary>
    public const string Import = "import";

    /// <summary>Something of a version was changed.</summary>
    public const string Set = "set";

    /// <summary>A version was removed.</summary>
    public const string Unregister = "unregister";

    private const string What = "what";
    private const string Old = "old";
    private const string New = "new";

    private static readonly JsonSerializerOptions s_options = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The user and machine of this process.</summary>
    public static string CurrentUser { get; } = $"{Environment.UserName}@{Environment.MachineName}";

    /// <summary>One detail as JSON.</summary>
    public static string Detail(string name, string value) =>
        JsonSerializer.Serialize(new JsonObject { [name] = value }, s_options);

    /// <summary>A change as JSON.</summary>
    public static string Change(string what, string before, string after) =>
        JsonSerializer.Serialize(
            new JsonObject
            {
                [What] = what,
                [Old] = before,
                [New] = after,
            },
            s_options
        );

    /// <summary>Reads either back; a detail is something that is new.</summary>
    public static (string? What, string? Old, string? New) Read(string detail)
    {
        var members = JsonNode.Parse(detail)!.AsObject();
        return members.ContainsKey(What) ? (Text(members[What]), Text(members[Old]), Text(members[New]))
            : members.Count > 0 ? (members.First().Key, null, Text(members.First().Value))
            : (null, null, null);
    }

    private static string? Text(JsonNode? value) => value?.ToString();
}
