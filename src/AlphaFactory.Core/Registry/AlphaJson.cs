using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Registry;

/// <summary>
/// Alphas as a JSON array of objects. NaN and infinities are the texts "NaN", "Infinity" and "-Infinity"; every
/// other number reads back as the same one.
/// </summary>
internal static class AlphaJson
{
    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes the array.</summary>
    public static void Write(Stream stream, IEnumerable<Alpha> alphas, CancellationToken cancellation)
    {
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            json.WriteStartArray();
            foreach (var alpha in alphas)
            {
                cancellation.ThrowIfCancellationRequested();
                Write(json, alpha);
                json.Flush();
            }

            json.WriteEndArray();
        }

        stream.WriteByte((byte)'\n');
    }

    /// <summary>One alpha on one line.</summary>
    public static string Text(Alpha alpha)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options with { Indented = false }))
        {
            Write(json, alpha);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, Alpha alpha)
    {
        json.WriteStartObject();
        json.WriteString("name", alpha.Name);
        json.WriteNumber("version", alpha.Version);
        json.WriteString("stage", alpha.Stage.ToString());
        json.WriteStartArray("tags");
        foreach (var tag in alpha.Tags)
        {
            json.WriteStringValue(tag);
        }

        json.WriteEndArray();
        json.WriteString("description", alpha.Description);
        json.WriteString("author", alpha.Author);
        json.WriteString("createdAt", AlphaText.Time(alpha.CreatedAt));
        json.WriteString("runId", alpha.RunId);
        json.WriteString("featureSet", alpha.FeatureSet);
        Write(json, "featureVersion", alpha.FeatureVersion);
        json.WriteString("codeHash", alpha.CodeHash);
        json.WriteString("dataHash", alpha.DataHash);
        Write(json, "seed", alpha.Seed);
        json.WriteString("gitCommit", alpha.GitCommit);
        json.WritePropertyName("gitDirty");
        json.WriteRawValue(
            alpha.GitDirty switch
            {
                true => "true",
                false => "false",
                null => "null",
            }
        );
        json.WriteString("moduleVersion", alpha.ModuleVersion);
        json.WriteString("user", alpha.User);
        json.WriteString("machine", alpha.Machine);
        json.WriteStartObject("metrics");
        foreach (var (metric, value) in alpha.Metrics)
        {
            json.WritePropertyName(metric);
            var text = AlphaText.Number(value);
            if (double.IsFinite(value))
            {
                json.WriteRawValue(text);
            }
            else
            {
                json.WriteStringValue(text);
            }
        }

        json.WriteEndObject();
        json.WritePropertyName("parameters");
        ParameterJson.Write(json, alpha.Parameters);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, long? value)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(value?.ToString(CultureInfo.InvariantCulture) ?? "null");
    }
}

/// <summary>Values as files show them, in the invariant culture.</summary>
internal static class AlphaText
{
    /// <summary>A number that reads back as the same one.</summary>
    public static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>A time in UTC with its microseconds, and its ticks where it has any.</summary>
    public static string Time(DateTime time) =>
        time.ToString(
            time.Ticks % TimeSpan.TicksPerMicrosecond == 0
                ? "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'"
                : "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'",
            CultureInfo.InvariantCulture
        );
}
