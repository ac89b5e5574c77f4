using AlphaFactory.Core.Risk;

namespace AlphaFactory.Core.Tests.Risk;

/// <summary>Targets that no rule has anything against, to change in one place.</summary>
internal static class RiskTargets
{
    public static readonly DateTime Now = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    /// <summary>A run about to start.</summary>
    public static RiskTarget BeforeRun { get; } =
        new()
        {
            Name = "trend.1",
            Kind = RiskTargetKind.Run,
            Parameters = Parameters(("fast", 10L), ("slow", 50L)),
            WindowParameters = ["fast", "slow"],
            DeclaredParameters = ["fast", "slow"],
            SampleBars = 1000,
            MissingShare = 0,
            NonPositivePrices = 0,
            DuplicateKeys = 0,
            RowsOutOfOrder = 0,
            GridSize = 4,
            CostBps = 1,
        };

    /// <summary>A run that is done.</summary>
    public static RiskTarget AfterRun { get; } =
        new()
        {
            Name = "trend.1",
            Kind = RiskTargetKind.Run,
            Parameters = Parameters(("fast", 10L), ("slow", 50L)),
            Metrics = Metrics(("sharpe", 1.2), ("turnover", 0.02), ("observations", 999)),
            SampleBars = 1000,
            HasProvenance = true,
        };

    /// <summary>An alpha that was fed by hand, with nothing to judge.</summary>
    public static RiskTarget Alpha { get; } = new() { Name = "trend v1", Kind = RiskTargetKind.Alpha };

    public static ParameterValues Parameters(params (string Name, object Value)[] values) =>
        new(values.Select(pair => KeyValuePair.Create(pair.Name, pair.Value)));

    public static MetricValues Metrics(params (string Name, double Value)[] values) =>
        new(values.Select(pair => KeyValuePair.Create(pair.Name, pair.Value)));

    public static RiskTarget With(this RiskTarget target, string metric, double value) =>
        target with
        {
            Metrics = new([.. target.Metrics, KeyValuePair.Create(metric, value)]),
        };

    public static RiskTarget Without(this RiskTarget target, string metric) =>
        target with
        {
            Metrics = new(target.Metrics.Where(pair => pair.Key != metric)),
        };

    public static RiskVerdict Judge(this RiskTarget target, string policy = "default") =>
        new RiskGovernor(RiskPolicy.Load(policy)).Evaluate(target, Now);

    /// <summary>What a rule says before a run, where only the first groups are asked.</summary>
    public static RiskVerdict JudgeBefore(this RiskTarget target) =>
        new RiskGovernor(RiskPolicy.Load(null)).Evaluate(target, Now, ["PARAM_", "DATA_", "LEAK_"]);
}
