using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AlphaFactory.Core.Storage;

/// <summary>
/// Parameters as JSON, so that each comes back as the same type and the same bits: <c>10</c> is an integer,
/// <c>10.0</c> a number, <c>{"time":"2015-01-02"}</c> a time and <c>{"number":"NaN"}</c> what JSON has no number for.
/// </summary>
internal static class ParameterJson
{
    private const string Empty = "{}";
    private const string Time = "time";
    private const string Number = "number";

    /// <summary>Writes a table of parameters on one line.</summary>
    public static string Write(ParameterValues parameters)
    {
        if (parameters.Count == 0)
        {
            return Empty;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (
            var json = new Utf8JsonWriter(
                buffer,
                new JsonWriterOptions { Encoder = StoreJson.Options.Encoder }
            )
        )
        {
            Write(json, parameters);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Reads what <see cref="Write(ParameterValues)"/> wrote.</summary>
    /// <exception cref="JsonException">The text is not such JSON.</exception>
    public static ParameterValues Read(string text) => Read(Encoding.UTF8.GetBytes(text));

    /// <summary>Reads what <see cref="Write(ParameterValues)"/> wrote, in UTF-8.</summary>
    /// <exception cref="JsonException">The text is not such JSON.</exception>
    public static ParameterValues Read(ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual("{}"u8))
        {
            return ParameterValues.None;
        }

        var json = new Utf8JsonReader(text);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
        {
            throw NotATable();
        }

        var names = new List<string>();
        var values = new List<object>();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            names.Add(json.GetString()!);
            _ = json.Read();
            values.Add(ReadValue(ref json));
        }

        _ = json.Read();
        return new ParameterValues([.. names], [.. values]);
    }

    /// <summary>Writes a table of parameters.</summary>
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

    /// <summary>Reads a table of parameters.</summary>
    public static ParameterValues Read(JsonElement table) =>
        table.ValueKind == JsonValueKind.Object
            ? new ParameterValues(
                table
                    .EnumerateObject()
                    .Select(entry => KeyValuePair.Create(entry.Name, ReadValue(entry.Value)))
            )
            : throw NotATable();

    /// <summary>A double so that it reads back as the same double, and as no whole number.</summary>
    public static string Text(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return double.IsFinite(value) && !text.AsSpan().ContainsAny('.', 'E') ? text + ".0" : text;
    }

    /// <summary>Writes the value of a parameter.</summary>
    public static void WriteValue(Utf8JsonWriter json, object value)
    {
        switch (value)
        {
            case long number:
                json.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                json.WriteRawValue(Text(number));
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case DateTime time:
                WriteTagged(json, Time, UtcDate.Format(time));
                break;
            case double number:
                WriteTagged(json, Number, Text(number));
                break;
            default:
                json.WriteStringValue((string)value);
                break;
        }
    }

    /// <summary>Reads the value of a parameter.</summary>
    /// <exception cref="JsonException">It is not such JSON.</exception>
    public static object ReadValue(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Number when !IsFraction(value) && value.TryGetInt64(out var whole) => whole,
            JsonValueKind.Number => value.GetDouble(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Object when value.TryGetProperty(Time, out var text) => UtcDate.TryParse(
                text.ToString(),
                upperEnd: false,
                out var time
            )
                ? time
                : throw new JsonException($"'{text}' is not a time."),
            JsonValueKind.Object when value.TryGetProperty(Number, out var number) => double.TryParse(
                number.ToString(),
                NumberStyles.Float,
                CultureInfo.InvariantCulture,
                out var named
            )
                ? named
                : throw new JsonException($"'{number}' is not a number."),
            _ => throw new JsonException($"'{value}' is not the value of a parameter."),
        };

    private static object ReadValue(ref Utf8JsonReader json) =>
        json.TokenType switch
        {
            JsonTokenType.Number
                when !json.ValueSpan.ContainsAny(".eE"u8) && json.TryGetInt64(out var whole) => whole,
            JsonTokenType.Number => json.GetDouble(),
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            JsonTokenType.String => json.GetString()!,
            _ => ReadValue(JsonElement.ParseValue(ref json)),
        };

    private static JsonException NotATable() => new("A table of parameters is not an object.");

    private static bool IsFraction(JsonElement value) => value.GetRawText().AsSpan().ContainsAny(".eE");

    private static void WriteTagged(Utf8JsonWriter json, string tag, string text)
    {
        json.WriteStartObject();
        json.WriteString(tag, text);
        json.WriteEndObject();
    }
}
