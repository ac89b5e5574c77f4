using System.Globalization;

namespace AlphaFactory.Core.Risk;

/// <summary>What is checked of a result: its statistics, the portfolio that it holds, and where it came from.</summary>
internal static class RulesOfResults
{
    private static readonly RiskTargetKind[] Results = [RiskTargetKind.Run, RiskTargetKind.Alpha];

    /// <summary>The rules, in order.</summary>
    public static IReadOnlyList<RiskRule> All { get; } =
    [
        new()
        {
            Code = "FIT_DSR_LOW",
            Severity = RiskOutcome.Deny,
            Operator = ">=",
            Limit = 0.95,
            MaximumLimit = 1,
            Unit = "probability",
            AppliesTo = Results,
            Message =
                "The deflated Sharpe ratio is {observed}, under {limit}: as good a result by luck is too likely for so many trials.",
            Remedy = "Try fewer variants, or use more history.",
            Observe = target => MetricWhenPresent(target, "dsr"),
        },
        new()
        {
            Code = "FIT_PBO_HIGH",
            Severity = RiskOutcome.Deny,
            Operator = "<=",
            Limit = 0.5,
            MaximumLimit = 1,
            Unit = "probability",
            AppliesTo = Results,
            Message = "The probability of backtest overfitting is {observed}, over {limit}.",
            Remedy = "Search a smaller grid, or use more history.",
            Observe = target => MetricWhenPresent(target, "pbo"),
        },
        new()
        {
            Code = "FIT_OOS_DECAY",
            Severity = RiskOutcome.Deny,
            Operator = ">=",
            Limit = 0.5,
            MinimumLimit = -1e6,
            MaximumLimit = 1,
            Unit = "share of in-sample",
            AppliesTo = Results,
            Message =
                "Out of sample {observed} of the in-sample Sharpe ratio is left, under {limit} ({detail}).",
            Remedy = "Suspect overfitting: use fewer parameters or a longer sample.",
            Observe = OutOfSampleDecay,
        },
        new()
        {
            Code = "FIT_SHARPE_IMPLAUSIBLE",
            Severity = RiskOutcome.Deny,
            Operator = "<=",
            Limit = 5,
            MaximumLimit = 1000,
            Unit = "a year",
            AppliesTo = Results,
            Message = "The Sharpe ratio is {observed} a year, over {limit}: too good to be true.",
            Remedy = "Look for look-ahead, stale or wrong prices, or missing costs.",
            Observe = target => Metric(target, "sharpe"),
        },
        new()
        {
            Code = "PORT_LEVERAGE",
            Severity = RiskOutcome.Deny,
            Operator = "<=",
            Limit = 2,
            MaximumLimit = 1e6,
            Unit = "capital",
            AppliesTo = Results,
            Message = "Gross leverage may reach {observed} times capital, over {limit}.",
            Remedy = "Lower -MaxLeverage.",
            Observe = target => RiskObservation.WhenKnown("leverage", target.MaxLeverage),
        },
        new()
        {
            Code = "PORT_CONCENTRATION",
            Severity = RiskOutcome.Deny,
            Operator = "<=",
            Limit = 0.5,
            MaximumLimit = 1e6,
            Unit = "share of capital",
            AppliesTo = Results,
            Message = "Up to {observed} of capital is held in one entity, over {limit}.",
            Remedy = "Use more entities, or another -Position.",
            // One series cannot be spread.
            Observe = target => target.Entities == 1 ? [] : MetricWhenPresent(target, "max_weight"),
        },
        new()
        {
            Code = "PORT_TURNOVER_HIGH",
            Severity = RiskOutcome.Deny,
            Operator = "<=",
            Limit = 0.5,
            MaximumLimit = 1e6,
            Unit = "capital a bar",
            AppliesTo = Results,
            Message = "Turnover is {observed} times capital a bar, over {limit}: costs decide the result.",
            Remedy = "Smooth the signal, lengthen its windows, or trade slower bars.",
            Observe = target => Metric(target, "turnover"),
        },
        new()
        {
            Code = "PORT_TURNOVER_LOW",
            Severity = RiskOutcome.Warn,
            Operator = ">=",
            Limit = 0.001,
            MaximumLimit = 1e6,
            Unit = "capital a bar",
            AppliesTo = Results,
            Message =
                "Turnover is {observed} times capital a bar, under {limit}: too few decisions to judge.",
            Remedy = "Check that the signal changes, or use more history.",
            Observe = target => Metric(target, "turnover"),
        },
        new()
        {
            Code = "PORT_CORRELATED",
            Severity = RiskOutcome.Warn,
            Operator = "<=",
            Limit = 0.7,
            MinimumLimit = -1,
            MaximumLimit = 1,
            Unit = "correlation",
            AppliesTo = Results,
            Message = "Its returns have a correlation of {observed} with those of {detail}, over {limit}.",
            Remedy = "Keep the better of the two, or change what this one does: it adds little to the other.",
            Observe = Correlated,
        },
        new()
        {
            Code = "PORT_DUPLICATE_CODE",
            Severity = RiskOutcome.Warn,
            Operator = "<=",
            Limit = 0,
            MaximumLimit = 1e6,
            Unit = "alphas",
            AppliesTo = Results,
            Message = "Registered with the same code and parameters: {detail} ({observed}, over {limit}).",
            Remedy = "Keep one of them, or change what this one does.",
            Observe = target => [new RiskObservation("code", target.SameCode.Count, Few(target.SameCode))],
        },
        new()
        {
            Code = "OPS_PROVENANCE_MISSING",
            Severity = RiskOutcome.Warn,
            Operator = "is recorded",
            AppliesTo = Results,
            Message = "The run, code or data that it came from is not recorded: it cannot be reproduced.",
            Remedy = "Register it from a run: Invoke-Experiment … | Register-Alpha.",
            Observe = target =>
                target.HasProvenance is false ? [new RiskObservation("provenance", null, Broken: true)] : [],
        },
        new()
        {
            Code = "OPS_DRIFT_BLOCK",
            Severity = RiskOutcome.Deny,
            Operator = "has not drifted",
            AppliesTo = Results,
            Message = "Feature set '{scope}' has drifted: {detail}.",
            Remedy = "Look at the report (Get-DriftHistory), and fit it to newer data.",
            Observe = Drifted,
        },
        new()
        {
            Code = "OPS_POLICY_CHANGED",
            Severity = RiskOutcome.Warn,
            Operator = "is unchanged",
            AppliesTo = Results,
            Message = "Policy '{scope}' is not what it was when the run was made: {detail}.",
            Remedy = "Run it again, so that it is checked by the limits of today.",
            Observe = ChangedPolicy,
        },
    ];

    private static IEnumerable<RiskObservation> Drifted(RiskTarget target) =>
        target is { Drift: { Drifted: true } drift, FeatureSet: { } set }
            ?
            [
                new RiskObservation(
                    set,
                    drift.DriftedFeatures,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{drift.DriftedFeatures} of {drift.Features} features by the report of {UtcDate.Format(drift.AsOf.Date)}"
                    ),
                    Broken: true
                ),
            ]
            : [];

    // A run that was made under another policy was not made under an older form of this one.
    private static IEnumerable<RiskObservation> ChangedPolicy(RiskTarget target) =>
        target is { RunPolicy: { } then, JudgedBy: { } now }
        && string.Equals(then.Name, now.Name, StringComparison.OrdinalIgnoreCase)
        && then.Hash != now.Hash
            ? [new RiskObservation(now.Name, null, $"its hash was {then.Hash[..12]}…", Broken: true)]
            : [];

    private static IEnumerable<RiskObservation> OutOfSampleDecay(RiskTarget target)
    {
        if (
            !target.Metrics.TryGetValue("is_sharpe", out var inSample)
            || !target.Metrics.TryGetValue("oos_sharpe", out var outOfSample)
            // Nothing earned in the sample is nothing to lose out of it.
            || inSample <= 0
        )
        {
            yield break;
        }

        var detail = string.Create(
            CultureInfo.InvariantCulture,
            $"{RiskText.Number(outOfSample)} of {RiskText.Number(inSample)}"
        );
        yield return new("oos_sharpe", outOfSample / inSample, detail);
    }

    // Every run has the metric; an alpha that was fed by hand may do without.
    private static IEnumerable<RiskObservation> Metric(RiskTarget target, string name) =>
        target.Metrics.TryGetValue(name, out var value) ? [new RiskObservation(name, value)]
        : target.Kind == RiskTargetKind.Run ? [new RiskObservation(name, null)]
        : [];

    // The metric belongs to an experiment as a whole, so its absence from a run or an alpha says nothing.
    private static IEnumerable<RiskObservation> MetricWhenPresent(RiskTarget target, string name) =>
        target.Metrics.TryGetValue(name, out var value) ? [new RiskObservation(name, value)] : [];

    private static IEnumerable<RiskObservation> Correlated(RiskTarget target)
    {
        if (target.MostCorrelated is { } most)
        {
            yield return new RiskObservation(
                "returns",
                most.Correlation,
                string.Create(CultureInfo.InvariantCulture, $"'{most.Alpha}' over {most.Bars} bars")
            );
        }

        if (target.Uncompared is [var first, ..] alphas)
        {
            yield return new RiskObservation(
                "returns",
                null,
                Few([.. alphas.Select(alpha => $"'{alpha.Name}'")]) + ": " + first.Why,
                Broken: true,
                Message: "Not compared are the returns of {detail}",
                Remedy: "Keep the returns of runs that become alphas (Invoke-Experiment -SaveEquity), or retire the alpha."
            );
        }
    }

    private static string Few(IReadOnlyCollection<string> names) =>
        string.Join(", ", names.Take(3)) + (names.Count > 3 ? ", …" : "");
}
