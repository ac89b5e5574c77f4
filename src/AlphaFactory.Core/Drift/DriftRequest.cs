using System.Globalization;

namespace AlphaFactory.Core.Drift;

/// <summary>
/// What to compare with what. The window is the time (<c>AsOf − Window</c>, <c>AsOf</c>]; the reference is
/// everything before it unless told otherwise. Nothing after <c>AsOf</c> is looked at.
/// </summary>
public sealed record DriftRequest
{
    /// <summary>The length of the window unless told otherwise.</summary>
    public static readonly TimeSpan DefaultWindow = TimeSpan.FromDays(90);

    /// <summary>The feature set's name.</summary>
    public required string FeatureSet { get; init; }

    /// <summary>Its version; null takes the newest.</summary>
    public int? Version { get; init; }

    /// <summary>The columns, without case; null takes all but the time, the entity and other times.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>The length of the window.</summary>
    public TimeSpan Window { get; init; } = DefaultWindow;

    /// <summary>The last time to look at, inclusive; null takes the set's last time (its whole day for a date).</summary>
    public DateTime? AsOf { get; init; }

    /// <summary>The first time of the reference, inclusive; null takes the set's first.</summary>
    public DateTime? ReferenceFrom { get; init; }

    /// <summary>The last time of the reference, inclusive; null takes all before the window.</summary>
    public DateTime? ReferenceTo { get; init; }

    /// <summary>What counts as drift.</summary>
    public DriftPolicy Policy { get; init; } = DriftPolicy.Default;

    /// <summary>The folder to write to; null takes the store's <c>reports/drift/&lt;set&gt;/&lt;as-of&gt;</c>.</summary>
    public string? OutputPath { get; init; }

    /// <summary>
    /// Reads the length of a window: <c>Daily</c>, <c>Weekly</c>, a number of days, hours or weeks such as
    /// <c>90d</c>, <c>12h</c> or <c>4w</c>, or a time span such as <c>90.00:00:00</c>.
    /// </summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.SpecInvalid"/>.</exception>
    public static TimeSpan ParseWindow(string? text)
    {
        var length = text?.Trim() switch
        {
            null or "" => TimeSpan.Zero,
            var name when name.Equals("Daily", StringComparison.OrdinalIgnoreCase) => TimeSpan.FromDays(1),
            var name when name.Equals("Weekly", StringComparison.OrdinalIgnoreCase) => TimeSpan.FromDays(7),
            var span when span.Contains(':') => TimeSpan.TryParse(
                span,
                CultureInfo.InvariantCulture,
                out var read
            )
                ? read
                : TimeSpan.Zero,
            var number => Of(number),
        };
        return length > TimeSpan.Zero
            ? length
            : throw new AlphaFactoryException(
                ErrorId.SpecInvalid,
                $"'{text}' is not the length of a window. Write Daily, Weekly, 90d, 12h, 4w or 90.00:00:00."
            )
            {
                Target = text,
            };
    }

    private static TimeSpan Of(string text)
    {
        var days = char.ToLowerInvariant(text[^1]) switch
        {
            'h' => 1.0 / 24,
            'd' => 1,
            'w' => 7,
            _ => 0,
        };
        return
            days > 0
            && uint.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count * days < TimeSpan.MaxValue.TotalDays
            ? TimeSpan.FromDays(count * days)
            : TimeSpan.Zero;
    }
}
