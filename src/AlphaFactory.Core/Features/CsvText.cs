using System.Buffers;

namespace AlphaFactory.Core.Features;

/// <summary>Writes fields of CSV files.</summary>
internal static class CsvText
{
    private static readonly SearchValues<char> Special = SearchValues.Create(",\"\r\n");

    /// <summary>A text as a field: in quotes where it holds a comma, a quote or a line end, or has outer spaces.</summary>
    public static string Field(string text) =>
        text.AsSpan().ContainsAny(Special)
        || (text.Length > 0 && (char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1])))
            ? "\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal) + "\""
            : text;
}
