namespace AlphaFactory.Core.Risk;

/// <summary>What the governor says of a target.</summary>
public enum RiskOutcome : long
{
    /// <summary>No rule has anything against it.</summary>
    Allow,

    /// <summary>A rule warns; none denies.</summary>
    Warn,

    /// <summary>A rule denies.</summary>
    Deny,

    /// <summary>A rule applies but cannot be evaluated; that denies too.</summary>
    Indeterminate,
}

/// <summary>What one rule found.</summary>
public sealed record RiskFinding
{
    /// <summary>The rule's code, such as <c>FIT_SHARPE_IMPLAUSIBLE</c>; never reused.</summary>
    public required string Code { get; init; }

    /// <summary>What it does to the verdict: Warn, Deny or Indeterminate.</summary>
    public required RiskOutcome Severity { get; init; }

    /// <summary>What was seen, or null when it could not be.</summary>
    public required double? Observed { get; init; }

    /// <summary>The limit, or null when the rule has none.</summary>
    public required double? Limit { get; init; }

    /// <summary>How observed and limit must compare to pass: <c>&lt;=</c>, <c>&gt;=</c>…</summary>
    public required string Operator { get; init; }

    /// <summary>The unit of both.</summary>
    public required string Unit { get; init; }

    /// <summary>What part of the target it is about: a parameter's or metric's name, or the target's.</summary>
    public required string Scope { get; init; }

    /// <summary>What is wrong.</summary>
    public required string Message { get; init; }

    /// <summary>What to do about it.</summary>
    public required string Remedy { get; init; }

    /// <summary>Whether it denies: what cannot be evaluated does too.</summary>
    public bool Denies => Severity is RiskOutcome.Deny or RiskOutcome.Indeterminate;

    /// <summary>The code and what is wrong.</summary>
    public override string ToString() => $"{Code}: {Message}";
}

/// <summary>What the rules found; the text form is the codes joined with <c>;</c>.</summary>
/// <param name="findings">The findings, in the order of the catalogue.</param>
public sealed class RiskFindings(IEnumerable<RiskFinding> findings)
    : System.Collections.ObjectModel.ReadOnlyCollection<RiskFinding>([.. findings])
{
    /// <summary>The codes, each once.</summary>
    public IReadOnlyList<string> Codes =>
        [.. this.Select(finding => finding.Code).Distinct(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public override string ToString() => string.Join(';', Codes);
}

/// <summary>The governor's verdict on one target.</summary>
public sealed record RiskVerdict
{
    /// <summary>What was judged.</summary>
    public required string Target { get; init; }

    /// <summary>
    /// The worst of the findings: Deny, then Indeterminate, then Warn, and Allow when there is none. What one
    /// rule denies stays denied whatever another could not see.
    /// </summary>
    public required RiskOutcome Outcome { get; init; }

    /// <summary>What the rules found, in the order of the catalogue.</summary>
    public required RiskFindings Findings { get; init; }

    /// <summary>The policy's name.</summary>
    public required string PolicyName { get; init; }

    /// <summary>The SHA-256 of the policy's canonical JSON.</summary>
    public required string PolicyHash { get; init; }

    /// <summary>When it was judged, UTC.</summary>
    public required DateTime EvaluatedAt { get; init; }

    /// <summary>Whether the target may go on.</summary>
    public bool Allowed => Outcome is RiskOutcome.Allow or RiskOutcome.Warn;

    /// <summary>The verdict with what else was found.</summary>
    internal RiskVerdict With(IReadOnlyCollection<RiskFinding> more)
    {
        if (more.Count == 0)
        {
            return this;
        }

        var findings = Findings.Concat(more).OrderBy(finding => RiskCatalogue.PlaceOf(finding.Code)).ToList();
        return this with { Outcome = RiskGovernor.Worst(findings), Findings = new RiskFindings(findings) };
    }

    /// <summary>The target, the outcome and the codes.</summary>
    public override string ToString() =>
        Findings.Count == 0 ? $"{Target}: {Outcome}" : $"{Target}: {Outcome} ({Findings})";

    /// <summary>The error of a denied target: <see cref="ErrorId.RiskDenied"/>, which says why and what to do.</summary>
    public AlphaFactoryException Denied()
    {
        var denials = Findings.Where(finding => finding.Denies).ToList();
        var reasons = string.Join(" ", denials.Select(finding => $"{finding} {finding.Remedy}"));
        return new(ErrorId.RiskDenied, $"The risk policy '{PolicyName}' denies '{Target}'. {reasons}")
        {
            Target = this,
        };
    }
}
