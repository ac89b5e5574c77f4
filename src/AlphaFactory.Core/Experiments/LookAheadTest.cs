using AlphaFactory.Core.Expressions;
using AlphaFactory.Core.Risk;

namespace AlphaFactory.Core.Experiments;

/// <summary>
/// Looks for a signal that knows the future: it is computed again on the sample cut short, and what was known
/// before the cut may not change.
/// </summary>
public static class LookAheadTest
{
    /// <summary>A change of the signal within this share of the larger value is rounding.</summary>
    private const double Tolerance = 1e-9;

    /// <summary>
    /// Cuts the sample by its last bar, which shows anything that is computed from the whole sample, and at its
    /// middle, which shows what looks far ahead.
    /// </summary>
    /// <param name="panel">The sample.</param>
    /// <param name="signal">The signal on the whole sample, entity by entity.</param>
    /// <param name="evaluate">Computes the signal of a sample.</param>
    /// <returns>The first bar and entity whose signal changed, or null when none did.</returns>
    public static SignalChange? Find(Panel panel, ReadOnlySpan<double> signal, Func<Panel, double[]> evaluate)
    {
        ArgumentNullException.ThrowIfNull(panel);
        ArgumentNullException.ThrowIfNull(evaluate);
        foreach (var bars in new[] { panel.Bars - 1, panel.Bars / 2 })
        {
            if (bars < 1)
            {
                continue;
            }

            var early = evaluate(panel.Truncate(bars));
            for (var entity = 0; entity < panel.EntityCount; entity++)
            {
                var whole = signal.Slice(entity * panel.Bars, bars);
                for (var bar = 0; bar < bars; bar++)
                {
                    if (!Same(whole[bar], early[entity * bars + bar]))
                    {
                        return new SignalChange(
                            panel.Entities[entity],
                            panel.Times[bar],
                            panel.Times[bars - 1],
                            early[entity * bars + bar],
                            whole[bar]
                        );
                    }
                }
            }
        }

        return null;
    }

    private static bool Same(double a, double b) =>
        a.Equals(b) || Math.Abs(a - b) <= Tolerance * Math.Max(Math.Abs(a), Math.Abs(b));
}
