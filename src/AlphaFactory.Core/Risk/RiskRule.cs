namespace AlphaFactory.Core.Risk;

/// <summary>One rule of the catalogue: what it looks at, and what it does when a target breaks it.</summary>
public sealed record RiskRule
{
    /// <summary>The code, such as <c>FIT_DSR_LOW</c>; never reused.</summary>
    public required string Code { get; init; }

    /// <summary>The group: the code's first word, such as <c>FIT</c>.</summary>
    public string Group => Code[..Code.IndexOf('_', StringComparison.Ordinal)];

    /// <summary>What breaking it does to a verdict, unless a policy says otherwise: Warn or Deny.</summary>
    public required RiskOutcome Severity { get; init; }

    /// <summary>How observed and limit must compare to pass: <c>&lt;=</c>, <c>&gt;=</c>, <c>&gt;</c>, or words when there is no limit.</summary>
    public required string Operator { get; init; }

    /// <summary>The limit unless a policy says otherwise; null when the rule has none.</summary>
    public double? Limit { get; init; }

    /// <summary>The smallest limit that a policy may set.</summary>
    public double MinimumLimit { get; init; }

    /// <summary>The largest limit that a policy may set.</summary>
    public double MaximumLimit { get; init; } = double.MaxValue;

    /// <summary>The unit of observed and limit.</summary>
    public string Unit { get; init; } = "";

    /// <summary>The kinds of targets that it applies to.</summary>
    public IReadOnlyList<RiskTargetKind> AppliesTo { get; init; } = EveryKind;

    /// <summary>
    /// What is wrong with a target that breaks it, with <c>{scope}</c>, <c>{observed}</c>, <c>{limit}</c> and
    /// <c>{detail}</c> for what was found.
    /// </summary>
    public required string Message { get; init; }

    /// <summary>What to do about it.</summary>
    public required string Remedy { get; init; }

    internal static IReadOnlyList<RiskTargetKind> EveryKind { get; } =
        Array.AsReadOnly(Enum.GetValues<RiskTargetKind>());

    /// <summary>Looks at a target: nothing when the rule does not apply to it.</summary>
    internal Func<RiskTarget, IEnumerable<RiskObservation>> Observe { get; init; } = static _ => [];

    /// <summary>Whether an observed value keeps to the rule's limit.</summary>
    internal bool Passes(double observed, double limit) => Passes(observed, Operator, limit);

    /// <summary>Whether an observed value keeps to a limit.</summary>
    internal bool Passes(double observed, string comparison, double limit) =>
        comparison switch
        {
            "<=" => observed <= limit,
            ">=" => observed >= limit,
            ">" => observed > limit,
            _ => throw new InvalidOperationException($"{Code} has no way to compare with '{comparison}'."),
        };
}

/// <summary>One value that a rule looked at.</summary>
/// <param name="Scope">What it is the value of.</param>
/// <param name="Value">The value; null or NaN when it should be there but cannot be had.</param>
/// <param name="Detail">More for the message.</param>
/// <param name="Broken">Whether the rule is broken whatever its limit; otherwise one with a limit compares.</param>
/// <param name="Absence">What the value is instead, when it is null.</param>
/// <param name="Limit">The limit of this value, where it has one of its own; null takes the rule's.</param>
/// <param name="Operator">How it must compare with that limit; null takes the rule's.</param>
/// <param name="Message">What is wrong, where the rule's own words do not say it; null takes the rule's.</param>
/// <param name="Remedy">What to do about that; null takes the rule's.</param>
internal readonly record struct RiskObservation(
    string Scope,
    double? Value,
    string Detail = "",
    bool Broken = false,
    string Absence = "missing",
    double? Limit = null,
    string? Operator = null,
    string? Message = null,
    string? Remedy = null
)
{
    /// <summary>What a rule looks at that applies only where the value is known.</summary>
    public static IEnumerable<RiskObservation> WhenKnown(string scope, double? value, string detail = "") =>
        value is null ? [] : [new RiskObservation(scope, value, detail)];
}
