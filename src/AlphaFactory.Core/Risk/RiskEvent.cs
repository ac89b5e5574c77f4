namespace AlphaFactory.Core.Risk;

/// <summary>One denial as it is recorded: a finding that denied, of what, when, and by which policy.</summary>
public sealed record RiskEvent
{
    /// <summary>When it was judged, UTC.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>What was denied.</summary>
    public required string Target { get; init; }

    /// <summary>The rule's code.</summary>
    public required string Code { get; init; }

    /// <summary>Deny or Indeterminate.</summary>
    public required RiskOutcome Severity { get; init; }

    /// <summary>What was seen; null when it could not be, or was NaN.</summary>
    public required double? Observed { get; init; }

    /// <summary>The limit, or null when the rule has none.</summary>
    public required double? Limit { get; init; }

    /// <summary>How observed and limit must compare to pass.</summary>
    public required string Operator { get; init; }

    /// <summary>The unit of both.</summary>
    public required string Unit { get; init; }

    /// <summary>What part of the target it is about.</summary>
    public required string Scope { get; init; }

    /// <summary>What was wrong.</summary>
    public required string Message { get; init; }

    /// <summary>What to do about it.</summary>
    public required string Remedy { get; init; }

    /// <summary>The policy's name.</summary>
    public required string PolicyName { get; init; }

    /// <summary>The SHA-256 of the policy's canonical JSON.</summary>
    public required string PolicyHash { get; init; }

    /// <summary>The command that asked.</summary>
    public required string Source { get; init; }
}

/// <summary>Which events to list; what is null does not matter.</summary>
public sealed record RiskEventQuery
{
    /// <summary>The code, with <c>*</c> and <c>?</c>, without case.</summary>
    public string? Code { get; init; }

    /// <summary>The target, with <c>*</c> and <c>?</c>, without case; a name alone means all its versions.</summary>
    public string? Target { get; init; }

    /// <summary>The earliest time, inclusive.</summary>
    public DateTime? Since { get; init; }

    /// <summary>The latest time, inclusive.</summary>
    public DateTime? Until { get; init; }

    /// <summary>How many at most.</summary>
    public int? First { get; init; }
}
