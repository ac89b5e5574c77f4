namespace AlphaFactory.Core.Experiments;

/// <summary>Finds out how many periods a year has.</summary>
public static class BarSpacing
{
    /// <summary>
    /// Periods a year by the median spacing of bars: a day (22 to 26 hours, for clock changes) 252, a week
    /// (6.5 to 7.5 days) 52, a month (27.5 to 31.5 days) 12, a quarter (89 to 92.5 days) 4; null for anything else.
    /// </summary>
    /// <param name="times">The bars, ascending.</param>
    public static double? PeriodsPerYear(IReadOnlyList<DateTime> times) =>
        Median(times)?.TotalDays switch
        {
            >= 22.0 / 24 and <= 26.0 / 24 => 252,
            >= 6.5 and <= 7.5 => 52,
            >= 27.5 and <= 31.5 => 12,
            >= 89 and <= 92.5 => 4,
            _ => null,
        };

    /// <summary>The median time between one bar and the next; null when there are fewer than two bars.</summary>
    public static TimeSpan? Median(IReadOnlyList<DateTime> times)
    {
        ArgumentNullException.ThrowIfNull(times);
        if (times.Count < 2)
        {
            return null;
        }

        var spacings = new long[times.Count - 1];
        for (var i = 0; i < spacings.Length; i++)
        {
            spacings[i] = (times[i + 1] - times[i]).Ticks;
        }

        Array.Sort(spacings);
        var middle = spacings.Length / 2;
        return TimeSpan.FromTicks(
            spacings.Length % 2 == 1
                ? spacings[middle]
                : spacings[middle - 1] + (spacings[middle] - spacings[middle - 1]) / 2
        );
    }
}
