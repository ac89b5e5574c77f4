using System.Globalization;

namespace AlphaFactory.Core.Risk;

/// <summary>What is checked before anything runs: parameters, data and leaks.</summary>
internal static class RulesBeforeRun
{
    private const string NotNumber = "not a number";

    private static readonly string[] WindowNames = ["lookback", "window"];

    /// <summary>The rules, in order.</summary>
    public static IReadOnlyList<RiskRule> All { get; } =
    [
        new()
        {
            Code = "PARAM_UNKNOWN",
            Severity = RiskOutcome.Deny,
            Operator = "is used",
            Message = "The expression does not use parameter '{scope}'{detail}.",
            Remedy = "Remove the parameter, or correct its name here or in the expression.",
            Observe = UnknownParameters,
        },
        new()
        {
            Code = "PARAM_NOT_FINITE",
            Severity = RiskOutcome.Deny,
            Operator = "is finite",
            Message = "Parameter '{scope}' is {observed}.",
            Remedy = "Give the parameter a finite number.",
            Observe = target =>
                from parameter in target.Parameters
                where parameter.Value is double number && !double.IsFinite(number)
                select new RiskObservation(parameter.Key, (double)parameter.Value, Broken: true),
        },
        new()
        {
            Code = "PARAM_OUT_OF_RANGE",
            Severity = RiskOutcome.Deny,
            Operator = "is in its range",
            Message = "Parameter '{scope}' is {observed}, {detail} {limit}, the end of its range.",
            Remedy = "Give it a value in the range that Get-RiskPolicy shows, or another range in a policy.",
            Observe = ParametersOutOfRange,
        },
        new()
        {
            Code = "PARAM_LOOKBACK_NONPOSITIVE",
            Severity = RiskOutcome.Deny,
            Operator = ">=",
            Limit = 1,
            MinimumLimit = 1,
            MaximumLimit = 1e9,
            Unit = "bars",
            Message = "Window '{scope}' is {observed} bars, under {limit}.",
            Remedy = "Use a window of at least the limit; 1 is the current bar alone.",
            Observe = target => Numbers(target, IsWindow),
        },
        new()
        {
            Code = "PARAM_LOOKBACK_EXCEEDS_SAMPLE",
            Severity = RiskOutcome.Deny,
            Operator = "<=",
            Limit = 1,
            MaximumLimit = 1,
            Unit = "share of sample",
            Message = "Window '{scope}' is {detail}: {observed} of the sample, over {limit}.",
            Remedy = "Shorten the window, or use more history (-From, -To).",
            Observe = target => HistoryIsKnown(target) ? WindowShares(target) : [],
        },
        new()
        {
            Code = "PARAM_TOO_MANY",
            Severity = RiskOutcome.Warn,
            Operator = "<=",
            Limit = 10,
            MaximumLimit = 1e6,
            Unit = "parameters",
            Message = "There are {observed} parameters, over {limit}: so many can fit any noise.",
            Remedy = "Fix those that matter little in the expression itself.",
            Observe = target => [new RiskObservation("parameters", target.Parameters.Count)],
        },
        new()
        {
            Code = "PARAM_COST_ZERO",
            Severity = RiskOutcome.Warn,
            Operator = ">",
            Limit = 0,
            MaximumLimit = 1e4,
            Unit = "basis points",
            Message = "The cost of trading is {observed} basis points, not over {limit}.",
            Remedy = "Set -CostBps to what a trade really costs.",
            Observe = target => BeforeRun(target, "cost", target.CostBps),
        },
        new()
        {
            Code = "PARAM_GRID_TOO_LARGE",
            Severity = RiskOutcome.Deny,
            Operator = "<=",
            Limit = 10_000_000,
            MinimumLimit = 1,
            MaximumLimit = 1e12,
            Unit = "runs",
            Message = "The grid has {observed} runs, over {limit}.",
            Remedy = "Use fewer or coarser values in -Grid, or several experiments.",
            Observe = target => RiskObservation.WhenKnown("grid", target.GridSize),
        },
        new()
        {
            Code = "PARAM_WINDOW_INVALID",
            Severity = RiskOutcome.Deny,
            Operator = "starts before it ends",
            Message = "The window is empty: it starts after it ends.",
            Remedy = "Set -From to a time before -To.",
            Observe = target => target.WindowEmpty ? [new RiskObservation("window", null, Broken: true)] : [],
        },
        new()
        {
            Code = "DATA_SAMPLE_TOO_SHORT",
            Severity = RiskOutcome.Warn,
            Operator = ">=",
            Limit = 252,
            MinimumLimit = 2,
            MaximumLimit = 1e9,
            Unit = "bars",
            Message = "The sample has {observed} bars, under {limit}: its metrics say little.",
            Remedy = "Use more history (-From, -To), or import more.",
            Observe = target => BeforeRun(target, "sample", target.SampleBars),
        },
        new()
        {
            Code = "DATA_MISSING_SHARE",
            Severity = RiskOutcome.Deny,
            Operator = "<=",
            Limit = 0.2,
            MaximumLimit = 1,
            Unit = "share of prices",
            Message = "{observed} of the prices are missing, over {limit}.",
            Remedy = "Leave out entities with gaps (-Entity), use -Align Inner, or mend the data.",
            Observe = target => BeforeRun(target, "prices", target.MissingShare),
        },
        new()
        {
            Code = "DATA_STALE",
            Severity = RiskOutcome.Warn,
            Operator = "<=",
            Limit = 5,
            MaximumLimit = 1e9,
            Unit = "bars",
            Message = "The last price is {observed} bars before -To, over {limit}: the data end early.",
            Remedy = "Import newer data, or set -To to the last bar.",
            Observe = target => RiskObservation.WhenKnown("prices", target.StaleBars),
        },
        new()
        {
            Code = "DATA_DUPLICATE_KEY",
            Severity = RiskOutcome.Deny,
            Operator = "<=",
            Limit = 0,
            MaximumLimit = 1e9,
            Unit = "rows",
            Message =
                "{observed} rows have the entity and time of another, over {limit}: which of them counts is chance.",
            Remedy = "Import the source again; -DuplicatePolicy says which row to keep.",
            Observe = target => BeforeRun(target, "rows", target.DuplicateKeys),
        },
        new()
        {
            Code = "DATA_NON_MONOTONIC",
            Severity = RiskOutcome.Deny,
            Operator = "<=",
            Limit = 0,
            MaximumLimit = 1e9,
            Unit = "rows",
            Message =
                "{observed} rows are earlier than the row before them, over {limit}: they are not in the order of time.",
            Remedy = "Import the source again: that sorts it.",
            Observe = target => BeforeRun(target, "rows", target.RowsOutOfOrder),
        },
        new()
        {
            Code = "DATA_PRICE_NONPOSITIVE",
            Severity = RiskOutcome.Deny,
            Operator = "<=",
            Limit = 0,
            MaximumLimit = 1e9,
            Unit = "prices",
            Message = "{observed} prices are zero or negative, over {limit}: returns need positive prices.",
            Remedy = "Mend the data, or name another column with -Price.",
            Observe = target => BeforeRun(target, "prices", target.NonPositivePrices),
        },
        new()
        {
            Code = "LEAK_FUTURE_REFERENCE",
            Severity = RiskOutcome.Deny,
            Operator = ">=",
            Limit = 0,
            MaximumLimit = 0,
            Unit = "bars",
            Message = "Lag '{scope}' is {observed} bars, under {limit}: it reads later bars.",
            Remedy = "Use a lag of at least the limit.",
            Observe = target => Numbers(target, IsLag),
        },
        new()
        {
            Code = "LEAK_TRUNCATION_MISMATCH",
            Severity = RiskOutcome.Deny,
            Operator = "is unchanged by later bars",
            Unit = "signal",
            Message = "The signal of '{scope}' {detail}: it looks ahead.",
            Remedy = "Take out of it what reads later bars.",
            Observe = ChangedSignal,
        },
        new()
        {
            Code = "LEAK_KNOWLEDGE_TIME",
            Severity = RiskOutcome.Deny,
            Operator = "<=",
            Limit = 0,
            MaximumLimit = 1e9,
            Unit = "rows",
            Message =
                "{observed} rows became known after the bar at whose close their signal is traded, over {limit}: {detail}.",
            Remedy = "Bring them in as they were known (Join-Feature), or trade later (-Lag).",
            Observe = target => RiskObservation.WhenKnown("rows", target.LateRows, target.FirstLateRow),
        },
    ];

    private static IEnumerable<RiskObservation> UnknownParameters(RiskTarget target)
    {
        if (target.DeclaredParameters is not { } declared)
        {
            yield break;
        }

        foreach (var name in target.Parameters.Keys)
        {
            if (!declared.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                var nearest = Nearest.Find(name, declared);
                yield return new(
                    name,
                    null,
                    nearest is null ? "" : $"; did you mean '{nearest}'?",
                    Broken: true
                );
            }
        }
    }

    private static IEnumerable<RiskObservation> ParametersOutOfRange(RiskTarget target) =>
        target.JudgedBy is not { Ranges: { Count: > 0 } ranges }
            ? []
            : from range in ranges
            where target.Parameters.ContainsKey(range.Parameter)
            let value = Number(target.Parameters[range.Parameter])
            where !range.Holds(value)
            let over = value > range.Most
            select new RiskObservation(
                range.Parameter,
                value,
                over ? "over" : "under",
                Absence: NotNumber,
                Limit: over ? range.Most : range.Least ?? range.Most,
                Operator: over ? "<=" : ">="
            );

    private static IEnumerable<RiskObservation> ChangedSignal(RiskTarget target) =>
        target.SignalChange is not { } change
            ? []
            :
            [
                new RiskObservation(
                    change.Entity,
                    change.After,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"at {UtcDate.Format(change.Time)} is {change.Before} on the sample up to {UtcDate.Format(change.Cut)} and "
                    )
                        + string.Create(
                            CultureInfo.InvariantCulture,
                            $"{change.After} once later bars are known"
                        ),
                    Broken: true,
                    Limit: change.Before
                ),
            ];

    // Windows, and lags as far as their length goes. One that is written as a number has that for its name.
    private static IEnumerable<(string Name, double? Bars)> Reaches(RiskTarget target)
    {
        foreach (var (name, value) in target.Parameters)
        {
            if (IsWindow(target, name) || IsLag(target, name))
            {
                yield return (name, Number(value));
            }
        }

        if (target.LongestWindow is { } longest)
        {
            yield return (longest.ToString(CultureInfo.InvariantCulture), longest);
        }
    }

    private static IEnumerable<RiskObservation> Numbers(
        RiskTarget target,
        Func<RiskTarget, string, bool> isOne
    )
    {
        foreach (var (name, value) in target.Parameters)
        {
            if (isOne(target, name))
            {
                yield return new(name, Number(value), Absence: NotNumber);
            }
        }
    }

    private static bool IsWindow(RiskTarget target, string name) =>
        target.WindowParameters.Contains(name, StringComparer.OrdinalIgnoreCase)
        || WindowNames.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static bool IsLag(RiskTarget target, string name) =>
        target.LagParameters.Contains(name, StringComparer.OrdinalIgnoreCase);

    // After a run its metrics tell the bars of the window, but not those before it that warmed the expression up.
    private static bool HistoryIsKnown(RiskTarget target) =>
        target.HistoryBars is not null || target.Metrics.Count == 0;

    private static IEnumerable<RiskObservation> WindowShares(RiskTarget target)
    {
        // Bars before the window warm a moving average up as well as those in it.
        var sample = target.HistoryBars ?? target.SampleBars;
        if (sample is null && !IsBeforeRun(target))
        {
            yield break;
        }

        foreach (var (name, bars) in Reaches(target))
        {
            var detail = string.Create(CultureInfo.InvariantCulture, $"{bars} bars of a sample of {sample}");
            var share = sample > 0 ? bars / sample : Unbounded(bars, sample);
            var absence = bars is null ? NotNumber : "a window of a sample of unknown length";
            yield return new(name, share, detail, Absence: absence);
        }
    }

    // Any window is longer than a sample without bars.
    private static double? Unbounded(double? bars, int? sample) =>
        sample is null || bars is null ? null : double.PositiveInfinity;

    // What must be known before a run; afterwards it was checked, and is evaluated again where it is known.
    private static IEnumerable<RiskObservation> BeforeRun(RiskTarget target, string scope, double? value) =>
        value is null && !IsBeforeRun(target) ? [] : [new RiskObservation(scope, value)];

    private static bool IsBeforeRun(RiskTarget target) =>
        target.Kind == RiskTargetKind.Run && target.Metrics.Count == 0;

    private static double? Number(object value) =>
        value switch
        {
            long number => number,
            double number => number,
            _ => null,
        };
}
