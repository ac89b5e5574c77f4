using System.Text.Json;
using System.Text.Json.Nodes;

namespace AlphaFactory.Core.Registry;

/// <summary>What a row of the audit log says besides the time and the alpha.</summary>
internal static class AuditEntry
{
    /// <summary>The user and machine of this process.</summary>
    public static string CurrentUser { get; } = $"{Environment.UserName}@{Environment.MachineName}";

    /// <summary>One detail as JSON.</summary>
    public static string Detail(string name, string value) =>
        JsonSerializer.Serialize(new JsonObject { [name] = value }, s_options);

    private static readonly JsonSerializerOptions s_options = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
