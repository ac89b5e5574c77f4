using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AlphaFactory.Core.Registry;

/// <summary>
/// Parameters as JSON that keeps their types: whole numbers without a point, other numbers with one, times as
/// <c>{"time": "…"}</c>, and <c>{"number": "NaN"}</c> for what JSON has no number for.
/// </summary>
internal static class ParameterJson
{
    private const string Time = "time";
    private const string Number = "number";

    /// <summary>How the registry's JSON is written: text stays readable in every script.</summary>
    public static JsonWriterOptions Compact { get; } =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The parameters in one line.</summary>
    public static string Write(ParameterValues parameters)
    {
        if (parameters.Count == 0)
        {
            return "{}";
        }

        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Compact))
        {
            Write(json, parameters);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>Writes the parameters as an object.</summary>
    public static void Write(Utf8JsonWriter json, ParameterValues parameters)
    {
        json.WriteStartObject();
        foreach (var (name, value) in parameters)
        {
            json.WritePropertyName(name);
            WriteValue(json, value);
        }

        json.WriteEndObject();
    }

    /// <summary>Reads what <see cref="Write(ParameterValues)"/> wrote.</summary>
    public static ParameterValues Read(string text)
    {
        if (text == "{}")
        {
            return ParameterValues.None;
        }

        using var document = JsonDocument.Parse(text);
        return Read(document.RootElement);
    }

    /// <summary>Reads the parameters of an object.</summary>
    public static ParameterValues Read(JsonElement parameters) =>
        new([
            .. parameters
                .EnumerateObject()
                .Select(member => KeyValuePair.Create(member.Name, ReadValue(member.Value))),
        ]);

    /// <summary>A double so that it reads back as the same double, and as no whole number.</summary>
    public static string Text(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return double.IsFinite(value) && !text.AsSpan().ContainsAny('.', 'E') ? text + ".0" : text;
    }

    /// <summary>A text in double quotes, as JSON writes it.</summary>
    public static string Quote(string text) =>
        $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";

    private static void WriteValue(Utf8JsonWriter json, object value)
    {
        switch (value)
        {
            case long number:
                json.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                json.WriteRawValue(Text(number));
                break;
            case double number:
                WriteTyped(json, Number, Text(number));
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case DateTime time:
                WriteTyped(json, Time, UtcDate.Format(time));
                break;
            default:
                json.WriteStringValue((string)value);
                break;
        }
    }

    private static void WriteTyped(Utf8JsonWriter json, string type, string text)
    {
        json.WriteStartObject();
        json.WriteString(type, text);
        json.WriteEndObject();
    }

    private static object ReadValue(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Number when value.TryGetInt64(out var whole) && IsWhole(value) => whole,
            JsonValueKind.Number => value.GetDouble(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Object => ReadTyped(value.EnumerateObject().Single()),
            _ => value.GetString()!,
        };

    private static bool IsWhole(JsonElement number) =>
        !number.GetRawText().AsSpan().ContainsAny('.', 'e', 'E');

    private static object ReadTyped(JsonProperty typed)
    {
        var text = typed.Value.GetString()!;
        return typed.Name == Time && UtcDate.TryParse(text, upperEnd: false, out var time)
            ? time
            : double.Parse(text, CultureInfo.InvariantCulture);
    }
}
