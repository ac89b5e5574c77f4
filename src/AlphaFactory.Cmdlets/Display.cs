using System.Collections;
using System.Globalization;
using AlphaFactory.Core;
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
    public static string Metrics(MetricValues metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        var known = HeadlineMetrics.Where(metrics.ContainsKey).ToList();
        var rest = metrics.Keys.Except(known, StringComparer.OrdinalIgnoreCase);
        return string.Join(
            ' ',
            known.Concat(rest).Select(name => $"{name}={RiskText.Number(metrics[name])}")
        );
    }

    /// <summary>The exact time, UTC, as it can be typed.</summary>
    public static string ExactTime(DateTime? time) => time is { } value ? UtcDate.Format(value) : "";

    /// <summary>A value's own text; a list's too, which a view would enumerate.</summary>
    public static string Text(object? value) => value?.ToString() ?? "";

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
