namespace AlphaFactory.Core.Risk;

/// <summary>
/// The rules that end a run on its way (<c>STOP_*</c>). They look at the returns one after the other, and know nothing
/// of those to come.
/// </summary>
/// <param name="policy">Which rules, at which limits.</param>
public sealed class StopRules(RiskPolicy policy)
{
    /// <summary>How many returns a volatility is measured over.</summary>
    public const int VolatilityWindow = 20;

    private const string MaxDrawdown = "STOP_MAX_DRAWDOWN";
    private const string DailyLoss = "STOP_DAILY_LOSS";
    private const string Volatility = "STOP_VOLATILITY";
    private const string ConsecutiveLosses = "STOP_CONSECUTIVE_LOSSES";
    private const string Runtime = "STOP_RUNTIME";

    /// <summary>How long a run may take; null when the policy does not say.</summary>
    public TimeSpan? RuntimeLimit =>
        policy.Rule(Runtime) is { Enabled: true, Severity: RiskOutcome.Deny, Limit: { } seconds }
            ? TimeSpan.FromSeconds(seconds)
            : null;

    /// <summary>
    /// Goes through the returns until a rule that denies is broken. A rule that only warns is reported where it is
    /// first broken, and the run goes on.
    /// </summary>
    /// <param name="returns">The net return of each bar.</param>
    /// <param name="periodsPerYear">How many periods a year has.</param>
    /// <param name="timeOf">The time of the bar of a return.</param>
    /// <returns>How many returns there are up to and with the last, and what was found on the way.</returns>
    public (int Length, IReadOnlyList<RiskFinding> Findings) Watch(
        ReadOnlySpan<double> returns,
        double periodsPerYear,
        Func<int, DateTime> timeOf
    )
    {
        ArgumentNullException.ThrowIfNull(timeOf);
        var findings = new List<RiskFinding>();
        var (drawdown, loss, volatility, losses) = (
            Active(MaxDrawdown),
            Active(DailyLoss),
            Active(Volatility),
            Active(ConsecutiveLosses)
        );
        var (equity, peak, row) = (1.0, 1.0, 0);
        for (var i = 0; i < returns.Length; i++)
        {
            equity *= Math.Max(1 + returns[i], 0);
            peak = Math.Max(peak, equity);
            row = returns[i] switch
            {
                < 0 => row + 1,
                > 0 => 0,
                _ => row,
            };
            Check(ref drawdown, equity / peak - 1, i, timeOf, findings);
            Check(ref loss, returns[i], i, timeOf, findings);
            if (volatility is not null && i + 1 >= VolatilityWindow)
            {
                var deviation = Deviation(returns.Slice(i + 1 - VolatilityWindow, VolatilityWindow));
                Check(ref volatility, deviation * Math.Sqrt(periodsPerYear), i, timeOf, findings);
            }

            Check(ref losses, row, i, timeOf, findings);
            if (findings.Exists(finding => finding.Denies))
            {
                return (i + 1, findings);
            }
        }

        return (returns.Length, findings);
    }

    /// <summary>What is found of a run that took longer than it may.</summary>
    public RiskFinding TookTooLong(TimeSpan elapsed) =>
        RiskGovernor.Broken(policy.Rule(Runtime), new RiskObservation("runtime", elapsed.TotalSeconds));

    private RiskPolicyRule? Active(string code) => policy.Rule(code) is { Enabled: true } rule ? rule : null;

    // A rule that was broken once is not looked at again.
    private static void Check(
        ref RiskPolicyRule? rule,
        double observed,
        int index,
        Func<int, DateTime> timeOf,
        List<RiskFinding> findings
    )
    {
        if (rule is { Limit: { } limit } && !rule.Rule.Passes(observed, limit))
        {
            findings.Add(
                RiskGovernor.Broken(
                    rule,
                    new RiskObservation("equity", observed, UtcDate.Format(timeOf(index)))
                )
            );
            rule = null;
        }
    }

    private static double Deviation(ReadOnlySpan<double> values)
    {
        var (mean, squares) = (0.0, 0.0);
        foreach (var value in values)
        {
            mean += value / values.Length;
        }

        foreach (var value in values)
        {
            squares += (value - mean) * (value - mean);
        }

        return Math.Sqrt(squares / (values.Length - 1));
    }
}
