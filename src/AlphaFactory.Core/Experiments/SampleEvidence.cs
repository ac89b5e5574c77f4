using AlphaFactory.Core.Expressions;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Risk;

namespace AlphaFactory.Core.Experiments;

/// <summary>What the risk rules see of an experiment's data: the same for all of its runs.</summary>
internal static class SampleEvidence
{
    /// <summary>Adds what the data are like to what is judged.</summary>
    /// <param name="target">What is judged.</param>
    /// <param name="spec">The specification.</param>
    /// <param name="loaded">The bars up to the end of the window.</param>
    /// <param name="first">The first bar of the window.</param>
    public static RiskTarget WithSample(
        this RiskTarget target,
        ExperimentSpec spec,
        LoadedPanel loaded,
        int first
    )
    {
        var panel = loaded.Panel;
        var (missing, nonPositive, last) = (0L, 0, -1);
        for (var entity = 0; entity < panel.EntityCount; entity++)
        {
            var prices = panel.Series(spec.Price, entity);
            for (var bar = first; bar < panel.Bars; bar++)
            {
                missing += double.IsNaN(prices[bar]) ? 1 : 0;
                nonPositive += prices[bar] <= 0 ? 1 : 0;
                last = double.IsNaN(prices[bar]) ? last : Math.Max(last, bar);
            }
        }

        var (late, firstLate) = LateRows(loaded, spec.Lag, first);
        return target with
        {
            HistoryBars = panel.Bars,
            MissingShare = (double)missing / ((long)(panel.Bars - first) * panel.EntityCount),
            NonPositivePrices = nonPositive,
            StaleBars = spec.To is { } end && last >= 0 ? BarsBetween(panel, panel.Times[last], end) : null,
            DuplicateKeys = loaded.DuplicateKeys,
            RowsOutOfOrder = loaded.RowsOutOfOrder,
            LateRows = late,
            FirstLateRow = firstLate,
        };
    }

    /// <summary>How many whole bars of the median spacing lie between two times.</summary>
    private static int BarsBetween(Panel panel, DateTime from, DateTime to) =>
        (int)
            Math.Min(
                (to - from).Ticks / Math.Max(BarSpacing.Median(panel.Times)!.Value.Ticks, 1),
                int.MaxValue
            );

    /// <summary>
    /// The signal of a bar is traded at the close of the bar <c>lag − 1</c> after it, so all that it is computed from
    /// must be known by the time of that. Where all bars are dated bare days, they close at the end of them.
    /// </summary>
    private static (long? Count, string First) LateRows(LoadedPanel loaded, int lag, int first)
    {
        if (loaded.KnownTimes is not { } known)
        {
            return (null, "");
        }

        var panel = loaded.Panel;
        var isDated = panel.Times.All(time => time == time.Date);
        var count = 0L;
        (string Entity, DateTime Time, DateTime Known)? earliest = null;
        // The return of the first bar after the window's first is the first that is earned.
        for (var bar = Math.Max(first + 1 - lag, 0); bar + lag < panel.Bars; bar++)
        {
            var traded = panel.Times[bar + lag - 1];
            var close = isDated ? UtcDate.EndOfDay(traded) : traded;
            for (var entity = 0; entity < panel.EntityCount; entity++)
            {
                var time = known[entity * panel.Bars + bar];
                if (time > close)
                {
                    count++;
                    earliest ??= (panel.Entities[entity], panel.Times[bar], time);
                }
            }
        }

        return earliest is not { } late
            ? (count, "")
            : (
                count,
                $"first the row of '{late.Entity}' at {UtcDate.Format(late.Time)}, known {UtcDate.Format(late.Known)}"
            );
    }
}
