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

    // How long a run may take; null when the policy does not say.
    private TimeSpan? RuntimeLimit =>
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

    /// <summary>Does the work of a run, which is cut short when it takes longer than it may.</summary>
    /// <param name="work">The work.</param>
    /// <param name="started">When the run began, a timestamp of <paramref name="time"/>.</param>
    /// <param name="time">Tells the time.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>What the work gave, or what is found of a run that took too long.</returns>
    public (T? Result, RiskFinding? TookTooLong) Limit<T>(
        Func<CancellationToken, T> work,
        long started,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(work);
        ArgumentNullException.ThrowIfNull(time);
        if (RuntimeLimit is not { } longest)
        {
            return (work(cancellation), null);
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var timer = time.CreateTimer(_ => stop.Cancel(), null, longest, Timeout.InfiniteTimeSpan);
        try
        {
            var result = work(stop.Token);
            // It may have ended before its timer was heard.
            if (time.GetElapsedTime(started) <= longest)
            {
                return (result, null);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Too long.
        }

        var seconds = time.GetElapsedTime(started).TotalSeconds;
        return (default, RiskGovernor.Broken(policy.Rule(Runtime), new RiskObservation("runtime", seconds)));
    }

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
