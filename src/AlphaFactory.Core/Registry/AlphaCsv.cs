using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Registry;

/// <summary>
/// Alphas as CSV (RFC 4180, UTF-8, lines end in LF): the properties, then a column <c>metric.name</c> a metric and
/// <c>param.name</c> a parameter. An empty cell is a value that is not there.
/// </summary>
/// <remarks>
/// A text that a spreadsheet would take for a formula (it begins with <c>= + - @</c>, a tab or a line break) gets
/// an apostrophe before it; so does one that begins with an apostrophe, so that a reader takes exactly one off.
/// A parameter's cell keeps its type: whole numbers have no point and other numbers have one, times are ISO 8601,
/// and a text that could be read as any of these, or that is empty, stands in double quotes as JSON writes it.
/// </remarks>
internal static partial class AlphaCsv
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>What the columns of metrics begin with.</summary>
    public const string MetricPrefix = "metric.";

    /// <summary>What the columns of parameters begin with.</summary>
    public const string ParameterPrefix = "param.";

    // The full-width signs are formulas to spreadsheets in some languages.
    private const string FormulaStarts = "=+-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20";

    /// <summary>Writes a header and a row an alpha.</summary>
    public static void Write(Stream stream, IReadOnlyCollection<Alpha> alphas, CancellationToken cancellation)
    {
        var metrics = Union(alphas.Select(alpha => alpha.Metrics.Keys), cancellation);
        var parameters = Union(alphas.Select(alpha => alpha.Parameters.Keys), cancellation);
        using var writer = new StreamWriter(stream, Utf8, leaveOpen: true) { NewLine = "\n" };
        WriteRow(
            writer,
            [
                .. AlphaFields.All,
                .. metrics.Select(name => MetricPrefix + name),
                .. parameters.Select(name => ParameterPrefix + name),
            ]
        );
        foreach (var alpha in alphas)
        {
            cancellation.ThrowIfCancellationRequested();
            WriteRow(
                writer,
                [
                    alpha.Name,
                    alpha.Version.ToString(CultureInfo.InvariantCulture),
                    alpha.Stage.ToString(),
                    Text(alpha.Tags.ToString()),
                    Text(alpha.Description),
                    Text(alpha.Author),
                    AlphaText.Time(alpha.CreatedAt),
                    Text(alpha.RunId ?? ""),
                    Text(alpha.FeatureSet ?? ""),
                    alpha.FeatureVersion?.ToString(CultureInfo.InvariantCulture) ?? "",
                    Text(alpha.CodeHash ?? ""),
                    Text(alpha.DataHash ?? ""),
                    alpha.Seed?.ToString(CultureInfo.InvariantCulture) ?? "",
                    Text(alpha.GitCommit ?? ""),
                    alpha.GitDirty is { } dirty ? Flag(dirty) : "",
                    Text(alpha.ModuleVersion ?? ""),
                    Text(alpha.User ?? ""),
                    Text(alpha.Machine ?? ""),
                    .. metrics.Select(name =>
                        alpha.Metrics.TryGetValue(name, out var value) ? AlphaText.Number(value) : ""
                    ),
                    .. parameters.Select(name =>
                        alpha.Parameters.TryGetValue(name, out var value) ? Parameter(value) : ""
                    ),
                ]
            );
        }
    }

    private static List<string> Union(IEnumerable<IEnumerable<string>> names, CancellationToken cancellation)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var union = new List<string>();
        foreach (var some in names)
        {
            cancellation.ThrowIfCancellationRequested();
            union.AddRange(some.Where(seen.Add));
        }

        return union;
    }

    private static void WriteRow(StreamWriter writer, IEnumerable<string> cells)
    {
        var first = true;
        foreach (var cell in cells)
        {
            if (!first)
            {
                writer.Write(',');
            }

            writer.Write(Quoted(cell));
            first = false;
        }

        writer.WriteLine();
    }

    private static string Quoted(string cell) =>
        cell.AsSpan().ContainsAny(",\"\r\n") || cell.StartsWith(' ') || cell.EndsWith(' ')
            ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : cell;

    private static string Text(string text) =>
        text.Length > 0 && (text[0] == '\'' || FormulaStarts.Contains(text[0], StringComparison.Ordinal))
            ? "'" + text
            : text;

    private static string Flag(bool value) => value ? "true" : "false";

    private static string Parameter(object value) =>
        value switch
        {
            long number => number.ToString(CultureInfo.InvariantCulture),
            double number => ParameterJson.Text(number),
            bool flag => Flag(flag),
            DateTime time => AlphaText.Time(time),
            string text when IsAmbiguous(text) => Json(text),
            _ => Text((string)value),
        };

    private static string Json(string text) =>
        $"\"{JsonEncodedText.Encode(text, StoreJson.Options.Encoder)}\"";

    // Spreadsheets write TRUE for true.
    private static bool IsAmbiguous(string text) =>
        text.Length == 0
        || text[0] == '"'
        || bool.TryParse(text, out _)
        || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
        || LooksLikeTime().IsMatch(text);

    [GeneratedRegex(@"\A\s*\d{4}-\d{2}-\d{2}T", RegexOptions.CultureInvariant)]
    internal static partial Regex LooksLikeTime();
}
