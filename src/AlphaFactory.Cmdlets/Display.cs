using System.Collections;
using System.Globalization;
using AlphaFactory.Cmdlets.Binding;
using AlphaFactory.Core;
using AlphaFactory.Core.Maintenance;
using AlphaFactory.Core.Risk;

namespace AlphaFactory.Cmdlets;

/// <summary>
/// What the views of <c>AlphaFactory.Format.ps1xml</c> compute. It is here because a view cannot name types of
/// Core, which live in a load context of their own.
/// </summary>
public static class Display
{
    private static readonly string[] HeadlineMetrics = ["sharpe", "max_drawdown", "turnover", "total_return"];

    /// <summary>A number in the invariant culture with six digits at most; nothing for null.</summary>
    public static string Number(double? value) => value is null ? "" : RiskText.Number(value);

    /// <summary>A number in the invariant culture with four digits after the point; nothing for null.</summary>
    public static string Short(double? value) =>
        value?.ToString("0.0000", System.Globalization.CultureInfo.InvariantCulture) ?? "";

    /// <summary>A time to the second, UTC; nothing for null.</summary>
    public static string Time(DateTime? time) =>
        time is { } value ? value.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "";

    /// <summary>The day of a time, UTC.</summary>
    public static string Day(DateTime time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Metrics in one line, those first that one looks for first: a column shows as many as it can.</summary>
    public static string Metrics(object? metrics)
    {
        var values = Tables.Unwrap(metrics) switch
        {
            MetricValues live => live,
            Hashtable table => new MetricValues(
                Tables
                    .Entries(table)
                    .Select(entry =>
                        KeyValuePair.Create(
                            entry.Key,
                            Convert.ToDouble(entry.Value, CultureInfo.InvariantCulture)
                        )
                    )
            ),
            _ => MetricValues.None,
        };
        var known = HeadlineMetrics.Where(values.ContainsKey).ToList();
        var rest = values.Keys.Except(known, StringComparer.OrdinalIgnoreCase);
        return string.Join(' ', known.Concat(rest).Select(name => $"{name}={RiskText.Number(values[name])}"));
    }

    /// <summary>The exact time, UTC, as it can be typed.</summary>
    public static string ExactTime(DateTime? time) => time is { } value ? UtcDate.Format(value) : "";

    /// <summary>A size for people: <c>12.3 MB</c>.</summary>
    public static string Size(long bytes) => StoreSize.Text(bytes);

    /// <summary>The last two names of a path: enough to see which file is meant.</summary>
    public static string PathEnd(string path) =>
        Path.Combine([.. path.Split(Path.DirectorySeparatorChar).TakeLast(2)]);

    /// <summary>
    /// A value's own text; a list's too, which a view would enumerate. What came from another process is a plain table
    /// or list there, and has the text of what it was.
    /// </summary>
    public static string Text(object? value) =>
        Tables.Unwrap(value) switch
        {
            Hashtable table => string.Join(
                "; ",
                Tables
                    .Entries(table)
                    .Select(entry =>
                        string.Create(CultureInfo.InvariantCulture, $"{entry.Key}={entry.Value}")
                    )
            ),
            ArrayList list => string.Join(';', list.Cast<object?>()),
            var other => other?.ToString() ?? "",
        };

    /// <summary>What was changed, from what to what: <c>Stage: Research → Live</c>; nothing when all of it was.</summary>
    public static string Change(string? what, string? before, string? after) =>
        string.IsNullOrEmpty(what) ? ""
        : string.IsNullOrEmpty(before) ? $"{what}: {after}"
        : $"{what}: {before} → {after}";

    /// <summary>One item a line.</summary>
    public static string Lines(IEnumerable? items) =>
        items is null ? "" : string.Join('\n', items.Cast<object>());

    /// <summary>The start of a hash: enough to tell two apart.</summary>
    public static string ShortHash(string? hash) => hash is { Length: > 12 } ? hash[..12] : hash ?? "";
}
