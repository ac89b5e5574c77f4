namespace AlphaFactory.Core.Risk;

/// <summary>What ends a run on its way. It is observed bar by bar (<see cref="StopRules"/>), never on a target as a whole.</summary>
internal static class RulesOnTheWay
{
    private static readonly RiskTargetKind[] OnTheWay = [];

    /// <summary>The rules, in order.</summary>
    public static IReadOnlyList<RiskRule> All { get; } =
    [
        new()
        {
            Code = "STOP_MAX_DRAWDOWN",
            Severity = RiskOutcome.Deny,
            Operator = ">=",
            Limit = -0.2,
            MinimumLimit = -1,
            MaximumLimit = 0,
            Unit = "share of capital",
            AppliesTo = OnTheWay,
            Message = "At {detail} the drawdown is {observed}, under {limit}.",
            Remedy = "Take smaller positions, or set another limit in a policy of your own.",
        },
        new()
        {
            Code = "STOP_DAILY_LOSS",
            Severity = RiskOutcome.Deny,
            Operator = ">=",
            Limit = -0.05,
            MinimumLimit = -1,
            MaximumLimit = 0,
            Unit = "return of a bar",
            AppliesTo = OnTheWay,
            Message = "The return of the bar at {detail} is {observed}, under {limit}.",
            Remedy = "Take smaller positions, or set another limit in a policy of your own.",
        },
        new()
        {
            Code = "STOP_VOLATILITY",
            Severity = RiskOutcome.Deny,
            Operator = "<=",
            Limit = 1,
            MaximumLimit = 1e6,
            Unit = "a year, over 20 bars",
            AppliesTo = OnTheWay,
            Message = "At {detail} the volatility of the last 20 bars is {observed} a year, over {limit}.",
            Remedy = "Scale positions by volatility, or set another limit in a policy of your own.",
        },
        new()
        {
            Code = "STOP_CONSECUTIVE_LOSSES",
            Severity = RiskOutcome.Deny,
            Operator = "<=",
            Limit = 15,
            MaximumLimit = 1e9,
            Unit = "bars",
            AppliesTo = OnTheWay,
            Message = "At {detail} {observed} bars in a row have lost, over {limit}.",
            Remedy = "Look at what the signal does there, or set another limit in a policy of your own.",
        },
        new()
        {
            Code = "STOP_RUNTIME",
            Severity = RiskOutcome.Deny,
            Operator = "<=",
            Limit = 3600,
            MinimumLimit = 0.001,
            MaximumLimit = 1e6,
            Unit = "seconds",
            AppliesTo = OnTheWay,
            Message = "The run has taken {observed} seconds, over {limit}.",
            Remedy = "Use less history or a simpler signal, or set another limit in a policy of your own.",
        },
    ];
}
