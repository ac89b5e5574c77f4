using System.Globalization;

namespace AlphaFactory.Core.Risk;

/// <summary>
/// Every rule that there is, in the order in which they are evaluated. A rule that does not apply to a target
/// observes nothing; one that applies but lacks what it needs observes null, which is indeterminate.
/// </summary>
public static class RiskCatalogue
{
    private const string NotNumber = "not a number";

    private static readonly RiskTargetKind[] Results = [RiskTargetKind.Run, RiskTargetKind.Alpha];

    // They are observed bar by bar while a run goes on (StopRules), never on a target as a whole.
    private static readonly RiskTargetKind[] OnTheWay = [];

    private static readonly string[] WindowNames = ["lookback", "window"];

    /// <summary>The rules.</summary>
    public static IReadOnlyList<RiskRule> Rules { get; } =
        Array.AsReadOnly<RiskRule>([
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
                Code = "PARAM_LOOKBACK_NONPOSITIVE",
                Severity = RiskOutcome.Deny,
                Operator = ">=",
                Limit = 1,
                MinimumLimit = 1,
                MaximumLimit = 1e9,
                Unit = "bars",
                Message = "Window '{scope}' is {observed} bars, under {limit}.",
                Remedy = "Use a window of at least the limit; 1 is the current bar alone.",
                Observe = target =>
                    Windows(target).Select(w => new RiskObservation(w.Name, w.Bars, Absence: NotNumber)),
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
                Observe = target => WhenKnown("grid", target.GridSize),
            },
            new()
            {
                Code = "PARAM_WINDOW_INVALID",
                Severity = RiskOutcome.Deny,
                Operator = "starts before it ends",
                Message = "The window is empty: it starts after it ends.",
                Remedy = "Set -From to a time before -To.",
                Observe = target =>
                    target.WindowEmpty ? [new RiskObservation("window", null, Broken: true)] : [],
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
                Code = "DATA_PRICE_NONPOSITIVE",
                Severity = RiskOutcome.Deny,
                Operator = "<=",
                Limit = 0,
                MaximumLimit = 1e9,
                Unit = "prices",
                Message =
                    "{observed} prices are zero or negative, over {limit}: returns need positive prices.",
                Remedy = "Mend the data, or name another column with -Price.",
                Observe = target => BeforeRun(target, "prices", target.NonPositivePrices),
            },
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
                Message =
                    "At {detail} the volatility of the last 20 bars is {observed} a year, over {limit}.",
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
                Remedy =
                    "Use less history or a simpler signal, or set another limit in a policy of your own.",
            },
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
                Observe = target => WhenKnown("leverage", target.MaxLeverage),
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
                Message =
                    "Turnover is {observed} times capital a bar, over {limit}: costs decide the result.",
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
                Code = "PORT_DUPLICATE_CODE",
                Severity = RiskOutcome.Warn,
                Operator = "<=",
                Limit = 0,
                MaximumLimit = 1e6,
                Unit = "alphas",
                AppliesTo = Results,
                Message =
                    "Registered with the same code and parameters: {detail} ({observed}, over {limit}).",
                Remedy = "Keep one of them, or change what this one does.",
                Observe = target =>
                    [new RiskObservation("code", target.SameCode.Count, Few(target.SameCode))],
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
                    target.HasProvenance is false
                        ? [new RiskObservation("provenance", null, Broken: true)]
                        : [],
            },
        ]);

    private static readonly Dictionary<string, RiskRule> ByCode = Rules.ToDictionary(
        rule => rule.Code,
        StringComparer.Ordinal
    );

    /// <summary>The rule of a code, or null.</summary>
    public static RiskRule? Find(string code) => ByCode.GetValueOrDefault(code);

    /// <summary>The rule of a code, without case.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.PolicyInvalid"/>: there is no such rule.</exception>
    public static RiskRule Require(string code) =>
        Find(code.ToUpperInvariant())
        ?? throw new AlphaFactoryException(
            ErrorId.PolicyInvalid,
            $"There is no risk rule '{code}'.{Nearest.Hint(code, ByCode.Keys)} Get-RiskRule lists them all."
        )
        {
            Target = code,
        };

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

    private static IEnumerable<(string Name, double? Bars)> Windows(RiskTarget target)
    {
        foreach (var (name, value) in target.Parameters)
        {
            if (
                target.WindowParameters.Contains(name, StringComparer.OrdinalIgnoreCase)
                || WindowNames.Contains(name, StringComparer.OrdinalIgnoreCase)
            )
            {
                yield return (name, Number(value));
            }
        }
    }

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

        foreach (var (name, bars) in Windows(target))
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

    // What must be known before a run; afterwards it was checked, and is evaluated again where it is known.
    private static IEnumerable<RiskObservation> BeforeRun(RiskTarget target, string scope, double? value) =>
        value is null && !IsBeforeRun(target) ? [] : [new RiskObservation(scope, value)];

    private static bool IsBeforeRun(RiskTarget target) =>
        target.Kind == RiskTargetKind.Run && target.Metrics.Count == 0;

    private static IEnumerable<RiskObservation> WhenKnown(string scope, double? value) =>
        value is null ? [] : [new RiskObservation(scope, value)];

    // Every run has the metric; an alpha that was fed by hand may do without.
    private static IEnumerable<RiskObservation> Metric(RiskTarget target, string name) =>
        target.Metrics.TryGetValue(name, out var value) ? [new RiskObservation(name, value)]
        : target.Kind == RiskTargetKind.Run ? [new RiskObservation(name, null)]
        : [];

    // The metric belongs to an experiment as a whole, so its absence from a run or an alpha says nothing.
    private static IEnumerable<RiskObservation> MetricWhenPresent(RiskTarget target, string name) =>
        target.Metrics.TryGetValue(name, out var value) ? [new RiskObservation(name, value)] : [];

    private static double? Number(object value) =>
        value switch
        {
            long number => number,
            double number => number,
            _ => null,
        };

    private static string Few(IReadOnlyCollection<string> names) =>
        string.Join(", ", names.Take(3)) + (names.Count > 3 ? ", …" : "");
}
