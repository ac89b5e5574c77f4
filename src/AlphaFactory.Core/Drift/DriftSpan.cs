using AlphaFactory.Core.Features;

namespace AlphaFactory.Core.Drift;

/// <summary>The two spans that a report compares; all ends are inclusive and whole microseconds.</summary>
/// <param name="ReferenceFrom">The first time of the reference.</param>
/// <param name="ReferenceTo">The last time of the reference.</param>
/// <param name="CurrentFrom">The first time of the window.</param>
/// <param name="AsOf">The last time of the window.</param>
internal sealed record DriftSpan(
    DateTime ReferenceFrom,
    DateTime ReferenceTo,
    DateTime CurrentFrom,
    DateTime AsOf
)
{
    // What the store resolves, so that the reference ends right before the window starts.
    private static readonly TimeSpan Instant = TimeSpan.FromMicroseconds(1);

    /// <summary>Whether a time is in the window.</summary>
    public bool InCurrent(DateTime time) => time >= CurrentFrom && time <= AsOf;

    /// <summary>Whether a time is in the reference.</summary>
    public bool InReference(DateTime time) => time >= ReferenceFrom && time <= ReferenceTo;

    /// <summary>Works out the spans of a request on a version.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.SpecInvalid"/>.</exception>
    public static DriftSpan Of(DriftRequest request, FeatureSet set)
    {
        if (set is not { From: { } first, To: { } last })
        {
            throw Invalid(set, "has no rows. Import some first");
        }

        var asOf = Cut(request.AsOf ?? (last.TimeOfDay == TimeSpan.Zero ? UtcDate.EndOfDay(last) : last));
        if (request.Window < Instant || request.Window > asOf - DateTime.MinValue)
        {
            throw Invalid(
                set,
                $"cannot be compared over a window of {request.Window}. Give -Window a positive length"
            );
        }

        var from = asOf - Cut(request.Window) + Instant;
        var span = new DriftSpan(
            Cut(request.ReferenceFrom ?? first),
            Cut(request.ReferenceTo ?? from - Instant),
            from,
            asOf
        );
        return span.Problem(first, last) is { } problem ? throw Invalid(set, problem) : span;
    }

    /// <summary>The error of a span that turned out to have no rows.</summary>
    public AlphaFactoryException Empty(FeatureSet set, bool window) =>
        window
            ? Invalid(
                set,
                $"has no rows in the window from {Lower(CurrentFrom)} to {Upper(AsOf)}; {Known(set.From, set.To)}. "
                    + "Give another -AsOf or a longer -Window"
            )
            : Invalid(
                set,
                $"has no rows in the reference from {Lower(ReferenceFrom)} to {Upper(ReferenceTo)}; "
                    + $"{Known(set.From, set.To)}. Give a shorter -Window, a later -AsOf or another -ReferenceFrom"
            );

    /// <summary>A lower end as text: a midnight is a date.</summary>
    public static string Lower(DateTime time) => UtcDate.Format(time);

    /// <summary>An upper end as text: the last microsecond of a day is that date.</summary>
    public static string Upper(DateTime time) =>
        IsEndOfDay(time) ? UtcDate.Format(time.Date)
        : time.TimeOfDay == TimeSpan.Zero ? UtcDate.Format(time) + "T00:00:00Z"
        : UtcDate.Format(time);

    private static bool IsEndOfDay(DateTime time) => time == Cut(UtcDate.EndOfDay(time));

    private string? Problem(DateTime first, DateTime last)
    {
        if (AsOf < first)
        {
            return $"has no rows up to {Upper(AsOf)}; {Known(first, last)}. Give a later -AsOf";
        }

        if (CurrentFrom > last)
        {
            return $"has no rows in the window from {Lower(CurrentFrom)} to {Upper(AsOf)}; {Known(first, last)}. "
                + "Give another -AsOf or a longer -Window";
        }

        if (ReferenceTo >= CurrentFrom)
        {
            return $"has a window from {Lower(CurrentFrom)}, and the reference until {Upper(ReferenceTo)} reaches "
                + "into it. Give an earlier -ReferenceTo or a shorter -Window";
        }

        return ReferenceFrom > ReferenceTo
            ? $"has an empty reference: from {Lower(ReferenceFrom)} to {Upper(ReferenceTo)}; {Known(first, last)}. "
                + "Give a shorter -Window, a later -AsOf or another -ReferenceFrom"
            : null;
    }

    private static string Known(DateTime? first, DateTime? last) =>
        first is { } from && last is { } to
            ? $"its rows are from {UtcDate.Format(from)} to {UtcDate.Format(to)}"
            : "it has none";

    private static DateTime Cut(DateTime time)
    {
        var utc = UtcDate.FromDateTime(time);
        return utc.AddTicks(-(utc.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    private static TimeSpan Cut(TimeSpan length) =>
        length - TimeSpan.FromTicks(length.Ticks % TimeSpan.TicksPerMicrosecond);

    private static AlphaFactoryException Invalid(FeatureSet set, string problem) =>
        new(ErrorId.SpecInvalid, $"Feature set '{set.Name}' (version {set.Version}) {problem}.")
        {
            Target = set.Name,
        };
}
