using System.Globalization;

namespace AlphaFactory.Core.Risk;

/// <summary>Judges targets by a policy.</summary>
/// <param name="policy">Which rules, at which limits.</param>
public sealed class RiskGovernor(RiskPolicy policy)
{
    private Selection? _selected;

    /// <summary>The policy.</summary>
    public RiskPolicy Policy { get; } = policy;

    /// <summary>
    /// Evaluates every enabled rule. A value that is missing or NaN is indeterminate, and so is an infinite one
    /// that would pass: nobody should trust it.
    /// </summary>
    /// <param name="target">What to judge.</param>
    /// <param name="utcNow">The time to stamp.</param>
    /// <param name="groups">The groups of rules to evaluate, such as <c>PARAM_</c>; null for all.</param>
    /// <param name="failFast">Whether to leave out what comes after the first rule that denies.</param>
    /// <exception cref="ArgumentException">There is no such group.</exception>
    public RiskVerdict Evaluate(
        RiskTarget target,
        DateTime utcNow,
        IReadOnlyCollection<string>? groups = null,
        bool failFast = false
    )
    {
        ArgumentNullException.ThrowIfNull(target);
        target = target with { JudgedBy = Policy };
        var findings = new List<RiskFinding>();
        foreach (var rule in Selected(groups))
        {
            if (!rule.Rule.AppliesTo.Contains(target.Kind))
            {
                continue;
            }

            foreach (var seen in rule.Rule.Observe(target))
            {
                if (Judge(rule, seen) is { } finding)
                {
                    findings.Add(finding);
                }
            }

            if (failFast && findings.Exists(finding => finding.Denies))
            {
                break;
            }
        }

        return new RiskVerdict
        {
            Target = target.Name,
            Outcome = Worst(findings),
            Findings = new RiskFindings(findings),
            PolicyName = Policy.Name,
            PolicyHash = Policy.Hash,
            EvaluatedAt = utcNow,
        };
    }

    /// <summary>The worst severity: Deny, then Indeterminate, then Warn; Allow when there is none.</summary>
    internal static RiskOutcome Worst(IEnumerable<RiskFinding> findings) =>
        findings.Select(finding => finding.Severity).DefaultIfEmpty(RiskOutcome.Allow).MaxBy(Rank);

    private static int Rank(RiskOutcome outcome) =>
        outcome switch
        {
            RiskOutcome.Deny => 3,
            RiskOutcome.Indeterminate => 2,
            RiskOutcome.Warn => 1,
            _ => 0,
        };

    /// <summary>The enabled rules of some groups. A grid asks for the same ones again and again.</summary>
    private RiskPolicyRule[] Selected(IReadOnlyCollection<string>? groups)
    {
        var last = _selected;
        if (last is null || !ReferenceEquals(last.Groups, groups))
        {
            RiskPolicyRule[] rules = [.. Policy.Rules.Where(rule => rule.Enabled).Where(Among(groups))];
            _selected = last = new Selection(groups, rules);
        }

        return last.Rules;
    }

    private sealed record Selection(IReadOnlyCollection<string>? Groups, RiskPolicyRule[] Rules);

    private static Func<RiskPolicyRule, bool> Among(IReadOnlyCollection<string>? groups)
    {
        if (groups is null)
        {
            return _ => true;
        }

        var wanted = groups.Select(group => group.TrimEnd('_')).ToHashSet(StringComparer.OrdinalIgnoreCase);
        // A mistyped group would leave its rules out without a word.
        var unknown = wanted.FirstOrDefault(group =>
            !RiskCatalogue.Rules.Any(rule => rule.Group.Equals(group, StringComparison.OrdinalIgnoreCase))
        );
        return unknown is null
            ? rule => wanted.Contains(rule.Rule.Group)
            : throw new ArgumentException($"There is no group of risk rules '{unknown}'.", nameof(groups));
    }

    private static RiskFinding? Judge(RiskPolicyRule rule, RiskObservation seen)
    {
        if (seen.Broken || (seen.Limit ?? rule.Limit) is not { } limit)
        {
            return seen.Broken ? Broken(rule, seen) : null;
        }

        if (seen.Value is not { } value || double.IsNaN(value))
        {
            return Indeterminate(rule, seen);
        }

        return !rule.Rule.Passes(value, seen.Operator ?? rule.Rule.Operator, limit) ? Broken(rule, seen)
            : double.IsInfinity(value) ? Indeterminate(rule, seen)
            : null;
    }

    /// <summary>What is found where a rule is broken.</summary>
    internal static RiskFinding Broken(RiskPolicyRule rule, RiskObservation seen)
    {
        var limit = RiskText.Number(seen.Limit ?? rule.Limit);
        var observed = RiskText.Number(seen.Value);
        // Just over a limit must not read as the limit itself.
        if (observed == limit && seen.Value is { } value)
        {
            observed = value.ToString("R", CultureInfo.InvariantCulture);
        }

        return Finding(
            rule,
            seen,
            rule.Severity,
            (seen.Message ?? rule.Rule.Message)
                .Replace("{observed}", observed, StringComparison.Ordinal)
                .Replace("{limit}", limit, StringComparison.Ordinal)
                .Replace("{detail}", seen.Detail, StringComparison.Ordinal)
                .Replace("{scope}", seen.Scope, StringComparison.Ordinal),
            seen.Remedy ?? rule.Rule.Remedy
        );
    }

    private static RiskFinding Indeterminate(RiskPolicyRule rule, RiskObservation seen) =>
        Finding(
            rule,
            seen,
            RiskOutcome.Indeterminate,
            $"'{seen.Scope}' is {(seen.Value is null ? seen.Absence : RiskText.Number(seen.Value))}, so the rule cannot be evaluated.",
            $"Provide a finite number for '{seen.Scope}', or leave the rule out in a policy of your own."
        );

    private static RiskFinding Finding(
        RiskPolicyRule rule,
        RiskObservation seen,
        RiskOutcome severity,
        string message,
        string remedy
    ) =>
        new()
        {
            Code = rule.Code,
            Severity = severity,
            Observed = seen.Value,
            Limit = seen.Limit ?? rule.Limit,
            Operator = seen.Operator ?? rule.Rule.Operator,
            Unit = rule.Rule.Unit,
            Scope = seen.Scope,
            Message = message,
            Remedy = remedy,
        };
}
