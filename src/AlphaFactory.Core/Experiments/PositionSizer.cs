namespace AlphaFactory.Core.Experiments;

/// <summary>Turns the signals of one bar into weights. A signal that is missing or infinite is weight 0.</summary>
internal static class PositionSizer
{
    /// <summary>Gross leverage over the cap by no more than this share of it is rounding, and stays.</summary>
    private const double LeverageTolerance = 1e-12;

    /// <summary>Computes the weights of a bar.</summary>
    /// <param name="rule">How signals become weights.</param>
    /// <param name="maxLeverage">The cap on <c>Σ|w|</c>.</param>
    /// <param name="signals">One signal an entity.</param>
    /// <param name="weights">One weight an entity; filled.</param>
    public static void Size(
        PositionRule rule,
        double maxLeverage,
        ReadOnlySpan<double> signals,
        Span<double> weights
    )
    {
        switch (rule)
        {
            case PositionRule.Sign:
                for (var i = 0; i < signals.Length; i++)
                {
                    weights[i] = double.IsFinite(signals[i])
                        ? Math.Sign(signals[i]) / (double)signals.Length
                        : 0;
                }

                break;
            case PositionRule.Rank:
                Rank(signals, weights);
                Normalize(weights);
                break;
            default:
                var longOnly = rule == PositionRule.LongOnly;
                for (var i = 0; i < signals.Length; i++)
                {
                    var usable = double.IsFinite(signals[i]) && (!longOnly || signals[i] > 0);
                    weights[i] = usable ? signals[i] : 0;
                }

                Normalize(weights);
                break;
        }

        Cap(weights, maxLeverage);
    }

    /// <summary>Ranks from 1 with average ties, less their mean.</summary>
    private static void Rank(ReadOnlySpan<double> signals, Span<double> weights)
    {
        weights.Clear();
        var order = new List<int>(signals.Length);
        for (var i = 0; i < signals.Length; i++)
        {
            if (double.IsFinite(signals[i]))
            {
                order.Add(i);
            }
        }

        var values = signals.ToArray();
        order.Sort((a, b) => values[a].CompareTo(values[b]) is var c and not 0 ? c : a.CompareTo(b));
        var mean = (order.Count + 1) / 2.0;
        for (int start = 0, end; start < order.Count; start = end)
        {
            for (end = start + 1; end < order.Count && values[order[end]] == values[order[start]]; end++) { }

            for (var i = start; i < end; i++)
            {
                weights[order[i]] = (start + 1 + end) / 2.0 - mean;
            }
        }
    }

    private static void Normalize(Span<double> weights)
    {
        var largest = 0.0;
        foreach (var weight in weights)
        {
            largest = Math.Max(largest, Math.Abs(weight));
        }

        var gross = Gross(weights);
        if (!double.IsFinite(gross))
        {
            // Signals near the largest number: bring them down first, or their sum is infinite.
            Scale(weights, largest);
            gross = Gross(weights);
        }

        if (gross > 0)
        {
            Scale(weights, gross);
        }
    }

    private static void Cap(Span<double> weights, double maxLeverage)
    {
        var gross = Gross(weights);
        if (gross > maxLeverage * (1 + LeverageTolerance))
        {
            Scale(weights, gross / maxLeverage);
        }
    }

    private static double Gross(ReadOnlySpan<double> weights)
    {
        var gross = 0.0;
        foreach (var weight in weights)
        {
            gross += Math.Abs(weight);
        }

        return gross;
    }

    private static void Scale(Span<double> weights, double divisor)
    {
        foreach (ref var weight in weights)
        {
            weight /= divisor;
        }
    }
}
