using System.Text;
using System.Text.Json;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Features;

/// <summary>Writes rows as CSV and JSON: UTF-8, in the invariant culture, every number with the digits that read back.</summary>
internal static class FeatureText
{
    /// <summary>Writes a header line and a line a row.</summary>
    /// <returns>How many rows were written.</returns>
    public static long WriteCsv(
        Stream stream,
        string[] names,
        IEnumerable<ColumnData[]> chunks,
        OperationContext context
    )
    {
        using var writer = new StreamWriter(
            stream,
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            leaveOpen: true
        )
        {
            NewLine = "\n",
        };
        writer.WriteLine(string.Join(',', names.Select(CsvText.Field)));
        long rows = 0;
        foreach (var chunk in chunks)
        {
            for (var row = 0; row < chunk[0].Count; row++, rows++)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                for (var i = 0; i < chunk.Length; i++)
                {
                    writer.Write(i == 0 ? "" : ",");
                    writer.Write(chunk[i][row] is { } value ? CsvText.Field(FieldText.Of(value)) : "");
                }

                writer.WriteLine();
            }
        }

        return rows;
    }

    /// <summary>Writes an array of objects; an infinity is a text.</summary>
    /// <returns>How many rows were written.</returns>
    public static long WriteJson(
        Stream stream,
        string[] names,
        IEnumerable<ColumnData[]> chunks,
        OperationContext context
    )
    {
        const int flushAt = 1 << 16;
        using var json = new Utf8JsonWriter(
            stream,
            new JsonWriterOptions { Encoder = StoreJson.Options.Encoder, NewLine = "\n" }
        );
        json.WriteStartArray();
        long rows = 0;
        foreach (var chunk in chunks)
        {
            for (var row = 0; row < chunk[0].Count; row++, rows++)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                json.WriteStartObject();
                for (var i = 0; i < chunk.Length; i++)
                {
                    json.WritePropertyName(names[i]);
                    Write(json, chunk[i][row]);
                }

                json.WriteEndObject();
                if (json.BytesPending > flushAt)
                {
                    json.Flush();
                }
            }
        }

        json.WriteEndArray();
        return rows;
    }

    private static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool truth:
                json.WriteBooleanValue(truth);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            default:
                json.WriteStringValue(FieldText.Of(value));
                break;
        }
    }
}
