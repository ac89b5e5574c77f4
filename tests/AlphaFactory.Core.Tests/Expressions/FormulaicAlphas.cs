namespace AlphaFactory.Core.Tests.Expressions;

/// <summary>
/// Eighteen formulas of "101 Formulaic Alphas" (Kakushadze 2016, appendix A) as the paper prints them: those that need
/// no industry, market capitalisation or volume-weighted price. The benchmarks take them from here, too.
/// </summary>
internal static class FormulaicAlphas
{
    /// <summary>By their number in the paper.</summary>
    public static IReadOnlyDictionary<int, string> Formulas { get; } =
        new Dictionary<int, string>
        {
            [4] = "(-1 * ts_rank(rank(low), 9))",
            [9] =
                "((0 < ts_min(delta(close, 1), 5)) ? delta(close, 1) : ((ts_max(delta(close, 1), 5) < 0) ? delta(close, 1) : (-1 * delta(close, 1))))",
            [10] =
                "rank(((0 < ts_min(delta(close, 1), 4)) ? delta(close, 1) : ((ts_max(delta(close, 1), 4) < 0) ? delta(close, 1) : (-1 * delta(close, 1)))))",
            [18] =
                "(-1 * rank(((stddev(abs((close - open)), 5) + (close - open)) + correlation(close, open, 10))))",
            [19] =
                "((-1 * sign(((close - delay(close, 7)) + delta(close, 7)))) * (1 + rank((1 + sum(returns, 250)))))",
            [20] =
                "(((-1 * rank((open - delay(high, 1)))) * rank((open - delay(close, 1)))) * rank((open - delay(low, 1))))",
            [23] = "(((sum(high, 20) / 20) < high) ? (-1 * delta(high, 2)) : 0)",
            [24] =
                "((((delta((sum(close, 100) / 100), 100) / delay(close, 100)) < 0.05) || ((delta((sum(close, 100) / 100), 100) / delay(close, 100)) == 0.05)) ? (-1 * (close - ts_min(close, 100))) : (-1 * delta(close, 3)))",
            [33] = "rank((-1 * ((1 - (open / close))^1)))",
            [34] =
                "rank(((1 - rank((stddev(returns, 2) / stddev(returns, 5)))) + (1 - rank(delta(close, 1)))))",
            [37] = "(rank(correlation(delay((open - close), 1), close, 200)) + rank((open - close)))",
            [38] = "((-1 * rank(ts_rank(close, 10))) * rank((close / open)))",
            [46] =
                "((0.25 < (((delay(close, 20) - delay(close, 10)) / 10) - ((delay(close, 10) - close) / 10))) ? (-1 * 1) : (((((delay(close, 20) - delay(close, 10)) / 10) - ((delay(close, 10) - close) / 10)) < 0) ? 1 : ((-1 * 1) * (close - delay(close, 1)))))",
            [49] =
                "(((((delay(close, 20) - delay(close, 10)) / 10) - ((delay(close, 10) - close) / 10)) < (-1 * 0.1)) ? 1 : ((-1 * 1) * (close - delay(close, 1))))",
            [51] =
                "(((((delay(close, 20) - delay(close, 10)) / 10) - ((delay(close, 10) - close) / 10)) < (-1 * 0.05)) ? 1 : ((-1 * 1) * (close - delay(close, 1))))",
            [53] = "(-1 * delta((((close - low) - (high - close)) / (close - low)), 9))",
            [54] = "((-1 * ((low - close) * (open^5))) / ((low - high) * (close^5)))",
            [101] = "((close - open) / ((high - low) + .001))",
        };
}
