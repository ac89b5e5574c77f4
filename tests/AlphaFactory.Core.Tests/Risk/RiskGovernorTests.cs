using AlphaFactory.Core.Risk;
using CsCheck;
using static AlphaFactory.Core.Tests.Risk.RiskTargets;

namespace AlphaFactory.Core.Tests.Risk;

public sealed class RiskGovernorTests
{
    [Fact]
    public void Allows_what_keeps_to_every_rule()
    {
        var before = BeforeRun.JudgeBefore();
        Assert.Equal((RiskOutcome.Allow, 0), (before.Outcome, before.Findings.Count));
        Assert.Equal(RiskOutcome.Allow, AfterRun.Judge().Outcome);
        Assert.Equal(RiskOutcome.Allow, Alpha.Judge().Outcome);
    }

    [Fact]
    public void Stamps_the_verdict_with_target_policy_and_time()
    {
        var policy = RiskPolicy.Load("strict");

        var verdict = AfterRun.Judge("strict");

        Assert.Equal("trend.1", verdict.Target);
        Assert.Equal("strict", verdict.PolicyName);
        Assert.Equal(policy.Hash, verdict.PolicyHash);
        Assert.Equal(Now, verdict.EvaluatedAt);
    }

    // The limits are those of the interface's table, or where it has none those that the catalogue documents.
    public static TheoryData<string, string, double, RiskOutcome> Metric_limits =>
        new()
        {
            { "FIT_SHARPE_IMPLAUSIBLE", "sharpe", 5, RiskOutcome.Allow },
            { "FIT_SHARPE_IMPLAUSIBLE", "sharpe", 5.0000000001, RiskOutcome.Deny },
            { "FIT_SHARPE_IMPLAUSIBLE", "sharpe", double.PositiveInfinity, RiskOutcome.Deny },
            { "FIT_SHARPE_IMPLAUSIBLE", "sharpe", double.NegativeInfinity, RiskOutcome.Indeterminate },
            { "FIT_SHARPE_IMPLAUSIBLE", "sharpe", double.NaN, RiskOutcome.Indeterminate },
            { "FIT_SHARPE_IMPLAUSIBLE", "sharpe", -3, RiskOutcome.Allow },
            { "FIT_DSR_LOW", "dsr", 0.95, RiskOutcome.Allow },
            { "FIT_DSR_LOW", "dsr", 0.9499999999, RiskOutcome.Deny },
            { "FIT_DSR_LOW", "dsr", double.NegativeInfinity, RiskOutcome.Deny },
            { "FIT_DSR_LOW", "dsr", double.PositiveInfinity, RiskOutcome.Indeterminate },
            { "FIT_DSR_LOW", "dsr", double.NaN, RiskOutcome.Indeterminate },
            { "FIT_PBO_HIGH", "pbo", 0.5, RiskOutcome.Allow },
            { "FIT_PBO_HIGH", "pbo", 0.5000000001, RiskOutcome.Deny },
            { "FIT_PBO_HIGH", "pbo", double.NaN, RiskOutcome.Indeterminate },
            { "PORT_CONCENTRATION", "max_weight", 0.5, RiskOutcome.Allow },
            { "PORT_CONCENTRATION", "max_weight", 0.5000000001, RiskOutcome.Deny },
            { "PORT_CONCENTRATION", "max_weight", double.NaN, RiskOutcome.Indeterminate },
            { "PORT_TURNOVER_HIGH", "turnover", 0.5, RiskOutcome.Allow },
            { "PORT_TURNOVER_HIGH", "turnover", 0.5000000001, RiskOutcome.Deny },
            { "PORT_TURNOVER_HIGH", "turnover", double.PositiveInfinity, RiskOutcome.Deny },
            { "PORT_TURNOVER_HIGH", "turnover", double.NaN, RiskOutcome.Indeterminate },
            { "PORT_TURNOVER_LOW", "turnover", 0.001, RiskOutcome.Allow },
            { "PORT_TURNOVER_LOW", "turnover", 0.00099999, RiskOutcome.Warn },
            { "PORT_TURNOVER_LOW", "turnover", 0, RiskOutcome.Warn },
            { "PORT_TURNOVER_LOW", "turnover", double.NaN, RiskOutcome.Indeterminate },
            { "PORT_TURNOVER_LOW", "turnover", double.PositiveInfinity, RiskOutcome.Indeterminate },
        };

    [Theory]
    [MemberData(nameof(Metric_limits))]
    public void Holds_metrics_against_their_limits(
        string code,
        string metric,
        double value,
        RiskOutcome expected
    )
    {
        Assert.Equal(expected, Found(AfterRun.With(metric, value).Judge(), code));
        Assert.Equal(expected, Found(Alpha.With(metric, value).Judge(), code));
    }

    [Theory]
    [InlineData("sharpe", "FIT_SHARPE_IMPLAUSIBLE", RiskOutcome.Indeterminate)]
    [InlineData("turnover", "PORT_TURNOVER_HIGH", RiskOutcome.Indeterminate)]
    [InlineData("turnover", "PORT_TURNOVER_LOW", RiskOutcome.Indeterminate)]
    [InlineData("dsr", "FIT_DSR_LOW", RiskOutcome.Allow)]
    [InlineData("pbo", "FIT_PBO_HIGH", RiskOutcome.Allow)]
    public void A_metric_that_every_run_has_must_be_there_and_others_need_not(
        string metric,
        string code,
        RiskOutcome expected
    )
    {
        Assert.Equal(expected, Found(AfterRun.Without(metric).Judge(), code));
        Assert.Equal(RiskOutcome.Allow, Found(Alpha.Judge(), code));
    }

    [Theory]
    [InlineData(1.0, 0.5, RiskOutcome.Allow)]
    [InlineData(1.0, 0.4999, RiskOutcome.Deny)]
    [InlineData(2.0, -1.0, RiskOutcome.Deny)]
    [InlineData(0.0, -1.0, RiskOutcome.Allow)]
    [InlineData(-1.0, -2.0, RiskOutcome.Allow)]
    [InlineData(double.NaN, 1.0, RiskOutcome.Indeterminate)]
    [InlineData(1.0, double.NaN, RiskOutcome.Indeterminate)]
    public void Holds_out_of_sample_against_in_sample(double inside, double outside, RiskOutcome expected)
    {
        var target = Alpha.With("is_sharpe", inside).With("oos_sharpe", outside);

        Assert.Equal(expected, Found(target.Judge(), "FIT_OOS_DECAY"));
    }

    public static TheoryData<string, int?, RiskOutcome> Samples =>
        new()
        {
            { "DATA_SAMPLE_TOO_SHORT", 252, RiskOutcome.Allow },
            { "DATA_SAMPLE_TOO_SHORT", 251, RiskOutcome.Warn },
            { "DATA_SAMPLE_TOO_SHORT", 0, RiskOutcome.Warn },
            { "DATA_SAMPLE_TOO_SHORT", null, RiskOutcome.Indeterminate },
            { "PARAM_LOOKBACK_EXCEEDS_SAMPLE", 50, RiskOutcome.Allow },
            { "PARAM_LOOKBACK_EXCEEDS_SAMPLE", 49, RiskOutcome.Deny },
            { "PARAM_LOOKBACK_EXCEEDS_SAMPLE", 0, RiskOutcome.Deny },
            { "PARAM_LOOKBACK_EXCEEDS_SAMPLE", null, RiskOutcome.Indeterminate },
        };

    [Theory]
    [MemberData(nameof(Samples))]
    public void Holds_the_sample_against_its_limits(string code, int? bars, RiskOutcome expected) =>
        Assert.Equal(expected, Found((BeforeRun with { SampleBars = bars }).JudgeBefore(), code));

    [Theory]
    [InlineData(0.2, RiskOutcome.Allow)]
    [InlineData(0.2000000001, RiskOutcome.Deny)]
    [InlineData(double.NaN, RiskOutcome.Indeterminate)]
    [InlineData(double.PositiveInfinity, RiskOutcome.Deny)]
    [InlineData(null, RiskOutcome.Indeterminate)]
    public void Holds_gaps_against_their_limit(double? share, RiskOutcome expected) =>
        Assert.Equal(
            expected,
            Found((BeforeRun with { MissingShare = share }).JudgeBefore(), "DATA_MISSING_SHARE")
        );

    [Theory]
    [InlineData(0, RiskOutcome.Allow)]
    [InlineData(1, RiskOutcome.Deny)]
    [InlineData(null, RiskOutcome.Indeterminate)]
    public void Denies_prices_that_are_not_positive(int? prices, RiskOutcome expected) =>
        Assert.Equal(
            expected,
            Found((BeforeRun with { NonPositivePrices = prices }).JudgeBefore(), "DATA_PRICE_NONPOSITIVE")
        );

    [Theory]
    [InlineData(0.0001, RiskOutcome.Allow)]
    [InlineData(0.0, RiskOutcome.Warn)]
    [InlineData(-1.0, RiskOutcome.Warn)]
    [InlineData(double.NaN, RiskOutcome.Indeterminate)]
    [InlineData(null, RiskOutcome.Indeterminate)]
    public void Warns_of_trading_that_costs_nothing(double? cost, RiskOutcome expected) =>
        Assert.Equal(expected, Found((BeforeRun with { CostBps = cost }).JudgeBefore(), "PARAM_COST_ZERO"));

    [Theory]
    [InlineData(10_000_000L, RiskOutcome.Allow)]
    [InlineData(10_000_001L, RiskOutcome.Deny)]
    [InlineData(long.MaxValue, RiskOutcome.Deny)]
    [InlineData(null, RiskOutcome.Allow)]
    public void Denies_a_grid_of_more_than_ten_million_runs(long? runs, RiskOutcome expected) =>
        Assert.Equal(
            expected,
            Found((BeforeRun with { GridSize = runs }).JudgeBefore(), "PARAM_GRID_TOO_LARGE")
        );

    [Theory]
    [InlineData(2.0, RiskOutcome.Allow)]
    [InlineData(2.0001, RiskOutcome.Deny)]
    [InlineData(double.NaN, RiskOutcome.Indeterminate)]
    [InlineData(null, RiskOutcome.Allow)]
    public void Holds_leverage_against_its_limit(double? leverage, RiskOutcome expected) =>
        Assert.Equal(expected, Found((AfterRun with { MaxLeverage = leverage }).Judge(), "PORT_LEVERAGE"));

    [Theory]
    [InlineData(5, RiskOutcome.Allow)]
    [InlineData(6, RiskOutcome.Warn)]
    [InlineData(null, RiskOutcome.Allow)]
    public void Warns_of_prices_that_end_early(int? bars, RiskOutcome expected) =>
        Assert.Equal(expected, Found((BeforeRun with { StaleBars = bars }).JudgeBefore(), "DATA_STALE"));

    [Theory]
    [InlineData(0L, RiskOutcome.Allow)]
    [InlineData(1L, RiskOutcome.Deny)]
    [InlineData(null, RiskOutcome.Indeterminate)]
    public void Denies_rows_that_are_there_twice_or_out_of_order(long? rows, RiskOutcome expected)
    {
        var (twice, unsorted) = (
            BeforeRun with
            {
                DuplicateKeys = rows,
            },
            BeforeRun with
            {
                RowsOutOfOrder = rows,
            }
        );

        Assert.Equal(expected, Found(twice.JudgeBefore(), "DATA_DUPLICATE_KEY"));
        Assert.Equal(expected, Found(unsorted.JudgeBefore(), "DATA_NON_MONOTONIC"));
    }

    [Theory]
    [InlineData(0L, RiskOutcome.Allow)]
    [InlineData(1L, RiskOutcome.Deny)]
    [InlineData(null, RiskOutcome.Allow)]
    public void Denies_what_was_not_known_yet(long? rows, RiskOutcome expected)
    {
        var target = BeforeRun with { LateRows = rows, FirstLateRow = "first the row of 'a'" };

        Assert.Equal(expected, Found(target.JudgeBefore(), "LEAK_KNOWLEDGE_TIME"));
    }

    [Theory]
    [InlineData(0L, RiskOutcome.Allow)]
    [InlineData(1.0, RiskOutcome.Allow)]
    [InlineData(-1L, RiskOutcome.Deny)]
    [InlineData(-0.5, RiskOutcome.Deny)]
    [InlineData(double.NaN, RiskOutcome.Indeterminate)]
    [InlineData("one", RiskOutcome.Indeterminate)]
    public void A_lag_reads_nothing_later(object lag, RiskOutcome expected)
    {
        var target = Given(("n", lag)) with { LagParameters = ["N"] };

        Assert.Equal(expected, Found(target.Judge(), "LEAK_FUTURE_REFERENCE"));
        // A lag is no window: 0 is the current bar.
        Assert.Equal(RiskOutcome.Allow, Found(target.Judge(), "PARAM_LOOKBACK_NONPOSITIVE"));
    }

    [Fact]
    public void A_lag_that_is_longer_than_the_sample_is_denied()
    {
        var target = BeforeRun with
        {
            Parameters = Parameters(("n", 1001L)),
            DeclaredParameters = ["n"],
            WindowParameters = [],
            LagParameters = ["n"],
        };

        Assert.Equal("PARAM_LOOKBACK_EXCEEDS_SAMPLE", target.JudgeBefore().Findings.ToString());
    }

    [Fact]
    public void A_signal_that_later_bars_change_is_shown_before_and_after()
    {
        var change = new SignalChange("a", Now.Date, Now.Date.AddDays(3), double.NaN, 0.25);

        var finding = Assert.Single((BeforeRun with { SignalChange = change }).JudgeBefore().Findings);

        Assert.Equal(("LEAK_TRUNCATION_MISMATCH", RiskOutcome.Deny), (finding.Code, finding.Severity));
        Assert.Equal(
            ("a", 0.25, double.NaN),
            (finding.Scope, finding.Observed.GetValueOrDefault(), finding.Limit.GetValueOrDefault())
        );
        Assert.Equal(
            "The signal of 'a' at 2026-01-02 is NaN on the sample up to 2026-01-05 and 0.25 once later bars are known: "
                + "it looks ahead.",
            finding.Message
        );
    }

    [Fact]
    public void One_series_cannot_be_spread()
    {
        var held = AfterRun.With("max_weight", 1);

        Assert.Equal(RiskOutcome.Allow, Found((held with { Entities = 1 }).Judge(), "PORT_CONCENTRATION"));
        Assert.Equal(RiskOutcome.Deny, Found((held with { Entities = 2 }).Judge(), "PORT_CONCENTRATION"));
    }

    [Fact]
    public void Warns_when_the_policy_of_a_run_is_no_longer_what_it_was()
    {
        const string code = "OPS_POLICY_CHANGED";
        var (now, other) = (RiskPolicy.Load(null), RiskPolicy.Load("strict"));

        Assert.Equal(RiskOutcome.Allow, Found(Of("default", now.Hash), code));
        Assert.Equal(RiskOutcome.Warn, Found(Of("default", other.Hash), code));
        // Another policy is not a changed one.
        Assert.Equal(RiskOutcome.Allow, Found(Of("strict", other.Hash), code));

        static RiskVerdict Of(string name, string hash) =>
            (AfterRun with { RunPolicy = new PolicyMark(name, hash) }).Judge();
    }

    [Fact]
    public void Denies_a_window_that_starts_after_it_ends() =>
        Assert.Equal(
            RiskOutcome.Deny,
            Found((BeforeRun with { WindowEmpty = true }).JudgeBefore(), "PARAM_WINDOW_INVALID")
        );

    [Theory]
    [InlineData(true, RiskOutcome.Allow)]
    [InlineData(false, RiskOutcome.Warn)]
    [InlineData(null, RiskOutcome.Allow)]
    public void Warns_when_provenance_is_missing(bool? has, RiskOutcome expected) =>
        Assert.Equal(
            expected,
            Found((AfterRun with { HasProvenance = has }).Judge(), "OPS_PROVENANCE_MISSING")
        );

    [Fact]
    public void Names_the_alphas_that_share_code()
    {
        var verdict = (Alpha with { SameCode = ["a", "b", "c", "d"] }).Judge();

        var finding = Assert.Single(verdict.Findings);
        Assert.Equal((RiskOutcome.Warn, 4.0), (finding.Severity, finding.Observed));
        Assert.Contains("a, b, c, …", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Warns_of_more_than_ten_parameters()
    {
        var ten = Enumerable.Range(0, 10).Select(i => ($"p{i}", (object)1L)).ToArray();

        Assert.Equal(RiskOutcome.Allow, Found(Given(ten).Judge(), "PARAM_TOO_MANY"));
        Assert.Equal(RiskOutcome.Warn, Found(Given([.. ten, ("more", 1L)]).Judge(), "PARAM_TOO_MANY"));
    }

    public static TheoryData<object, RiskOutcome> Lookbacks =>
        new()
        {
            { 1L, RiskOutcome.Allow },
            { 1.0, RiskOutcome.Allow },
            { 0L, RiskOutcome.Deny },
            { -5L, RiskOutcome.Deny },
            { 0.5, RiskOutcome.Deny },
            { long.MinValue, RiskOutcome.Deny },
            { double.NegativeInfinity, RiskOutcome.Deny },
            { double.PositiveInfinity, RiskOutcome.Indeterminate },
            { double.NaN, RiskOutcome.Indeterminate },
            { "ten", RiskOutcome.Indeterminate },
            { true, RiskOutcome.Indeterminate },
        };

    [Theory]
    [MemberData(nameof(Lookbacks))]
    public void A_window_is_a_positive_number(object value, RiskOutcome expected)
    {
        const string code = "PARAM_LOOKBACK_NONPOSITIVE";
        Assert.Equal(expected, Found(Given(("LookBack", value)).Judge(), code));
        Assert.Equal(expected, Found(Given(("window", value)).Judge(), code));
        Assert.Equal(expected, Found((Given(("n", value)) with { WindowParameters = ["N"] }).Judge(), code));
        Assert.Equal(RiskOutcome.Allow, Found(Given(("n", value)).Judge(), code));
    }

    [Fact]
    public void Says_why_a_window_cannot_be_evaluated()
    {
        var text = Assert.Single(Given(("lookback", "ten")).Judge().Findings);
        var unknown = (BeforeRun with { SampleBars = null }).JudgeBefore().Findings[0];

        Assert.Equal("'lookback' is not a number, so the rule cannot be evaluated.", text.Message);
        Assert.Equal("PARAM_LOOKBACK_EXCEEDS_SAMPLE", unknown.Code);
        Assert.Contains("of unknown length", unknown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(double.NaN, RiskOutcome.Deny)]
    [InlineData(double.PositiveInfinity, RiskOutcome.Deny)]
    [InlineData(double.NegativeInfinity, RiskOutcome.Deny)]
    [InlineData(double.MaxValue, RiskOutcome.Allow)]
    public void A_parameter_is_finite(double value, RiskOutcome expected) =>
        Assert.Equal(expected, Found(Given(("x", value)).Judge(), "PARAM_NOT_FINITE"));

    [Fact]
    public void Parameters_alone_have_no_sample_to_exceed() =>
        Assert.Equal(RiskOutcome.Allow, Given(("lookback", 1_000_000L)).Judge().Outcome);

    [Fact]
    public void Bars_that_warm_an_expression_up_count_for_its_windows()
    {
        var target = BeforeRun with { SampleBars = 20, HistoryBars = 50 };

        Assert.Equal(RiskOutcome.Allow, Found(target.JudgeBefore(), "PARAM_LOOKBACK_EXCEEDS_SAMPLE"));
        Assert.Equal(
            RiskOutcome.Deny,
            Found((target with { HistoryBars = 49 }).JudgeBefore(), "PARAM_LOOKBACK_EXCEEDS_SAMPLE")
        );
    }

    [Fact]
    public void After_a_run_its_warm_up_is_unknown_and_windows_are_not_judged_again() =>
        Assert.Equal(
            RiskOutcome.Allow,
            Found(
                (AfterRun with { WindowParameters = ["slow"], SampleBars = 20 }).Judge(),
                "PARAM_LOOKBACK_EXCEEDS_SAMPLE"
            )
        );

    [Fact]
    public void Names_the_parameter_that_was_probably_meant()
    {
        var target = BeforeRun with { Parameters = Parameters(("fsat", 10L), ("SLOW", 50L)) };

        var finding = Assert.Single(target.JudgeBefore().Findings);

        Assert.Equal(
            ("PARAM_UNKNOWN", "fsat", RiskOutcome.Deny),
            (finding.Code, finding.Scope, finding.Severity)
        );
        Assert.Contains("did you mean 'fast'?", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Braces_in_a_name_stay_as_they_are()
    {
        var target = Given(("{limit}{observed}", double.NaN));

        var finding = Assert.Single(target.Judge().Findings);

        Assert.Equal("Parameter '{limit}{observed}' is NaN.", finding.Message);
    }

    [Fact]
    public void A_message_tells_a_value_just_over_the_limit_from_the_limit()
    {
        var finding = Assert.Single(Alpha.With("sharpe", 5.0000000001).Judge().Findings);

        Assert.Equal(
            (5.0000000001, 5.0, "<=", "sharpe"),
            (finding.Observed, finding.Limit, finding.Operator, finding.Scope)
        );
        Assert.Contains("5.0000000001", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluates_only_the_groups_that_are_asked_for()
    {
        var governor = new RiskGovernor(RiskPolicy.Load(null));
        var target = (AfterRun with { Parameters = Parameters(("x", double.NaN)) }).With("sharpe", 9);

        Assert.Equal("PARAM_NOT_FINITE", governor.Evaluate(target, Now, ["PARAM_"]).Findings.ToString());
        Assert.Equal("FIT_SHARPE_IMPLAUSIBLE", governor.Evaluate(target, Now, ["fit"]).Findings.ToString());
        Assert.Equal(
            "PARAM_NOT_FINITE;FIT_SHARPE_IMPLAUSIBLE",
            governor.Evaluate(target, Now).Findings.ToString()
        );
        Assert.Throws<ArgumentException>(() => governor.Evaluate(target, Now, ["PARM_"]));
    }

    [Fact]
    public void Fail_fast_leaves_out_what_comes_after_the_first_denial()
    {
        var governor = new RiskGovernor(RiskPolicy.Load(null));
        var target = (AfterRun with { Parameters = Parameters(("x", double.NaN)) }).With("sharpe", 9);

        var verdict = governor.Evaluate(target, Now, failFast: true);

        Assert.Equal("PARAM_NOT_FINITE", verdict.Findings.ToString());
    }

    [Fact]
    public void A_denial_stands_whatever_else_cannot_be_seen()
    {
        var verdict = AfterRun.With("sharpe", 9).With("turnover", double.NaN).Judge();

        Assert.Equal(RiskOutcome.Deny, verdict.Outcome);
        Assert.False(verdict.Allowed);
    }

    [Fact]
    public void What_cannot_be_evaluated_is_not_allowed()
    {
        var verdict = AfterRun.With("sharpe", double.NaN).Judge();

        Assert.Equal(RiskOutcome.Indeterminate, verdict.Outcome);
        Assert.False(verdict.Allowed);
    }

    [Fact]
    public void The_error_of_a_denial_names_code_value_and_remedy()
    {
        var error = AfterRun.With("sharpe", 9.25).Judge().Denied();

        Assert.Equal(ErrorId.RiskDenied, error.Id);
        Assert.Contains("'trend.1'", error.Message, StringComparison.Ordinal);
        Assert.Contains("FIT_SHARPE_IMPLAUSIBLE", error.Message, StringComparison.Ordinal);
        Assert.Contains("9.25", error.Message, StringComparison.Ordinal);
        Assert.IsType<RiskVerdict>(error.Target);
    }

    private static readonly double[] Special =
    [
        double.NaN,
        double.PositiveInfinity,
        double.NegativeInfinity,
        0,
        0.5,
        0.95,
        5,
    ];

    private static readonly Gen<double> Values = Gen.OneOf(
        Gen.Double[-2, 10],
        Gen.Int[0, Special.Length - 1].Select(i => Special[i])
    );

    private static readonly Gen<RiskTarget> Targets = Gen.Select(
        Values.Array[5],
        Gen.Int[0, 2000],
        Gen.Long[-5, 3000],
        Gen.Bool,
        (metrics, bars, lookback, before) =>
            new RiskTarget
            {
                Name = "x",
                Kind = RiskTargetKind.Run,
                Parameters = Parameters(("lookback", lookback), ("x", metrics[0])),
                Metrics = before
                    ? MetricValues.None
                    : Metrics(
                        ("sharpe", metrics[0]),
                        ("turnover", metrics[1]),
                        ("dsr", metrics[2]),
                        ("pbo", metrics[3])
                    ),
                SampleBars = bars,
                MissingShare = metrics[4],
                NonPositivePrices = bars % 3,
                StaleBars = bars % 7,
                DuplicateKeys = bars % 5,
                LateRows = bars % 2,
                CostBps = metrics[1],
                MaxLeverage = metrics[2],
                GridSize = bars,
            }
    );

    [Fact]
    public void A_tighter_limit_never_allows_what_a_looser_one_denies() =>
        Gen.Select(Targets, Gen.Int[0, RiskCatalogue.Rules.Count - 1], Gen.Double[0, 1], Gen.Double[0, 1])
            .Sample(
                (target, index, first, second) =>
                {
                    var rule = RiskCatalogue.Rules[index];
                    if (rule.Limit is null)
                    {
                        return;
                    }

                    var (low, high) = (Math.Min(first, second), Math.Max(first, second));
                    var (tight, loose) = rule.Operator == "<=" ? (low, high) : (high, low);
                    var strict = Evaluate(rule.Code, tight, target);
                    var relaxed = Evaluate(rule.Code, loose, target);
                    if (!relaxed.Allowed)
                    {
                        Assert.False(strict.Allowed);
                    }

                    Assert.True(strict.Findings.Count >= relaxed.Findings.Count);
                }
            );

    [Fact]
    public void The_outcome_is_the_worst_of_the_findings() =>
        Targets.Sample(target =>
        {
            var verdict = target.Judge();
            var severities = verdict.Findings.Select(finding => finding.Severity).ToHashSet();
            var expected =
                severities.Contains(RiskOutcome.Deny) ? RiskOutcome.Deny
                : severities.Contains(RiskOutcome.Indeterminate) ? RiskOutcome.Indeterminate
                : severities.Contains(RiskOutcome.Warn) ? RiskOutcome.Warn
                : RiskOutcome.Allow;
            Assert.Equal(expected, verdict.Outcome);
            Assert.DoesNotContain(
                verdict.Findings,
                finding => finding.Message.Contains('{', StringComparison.Ordinal)
            );
        });

    // A policy with one limit, a share of the range that the rule allows.
    private static RiskVerdict Evaluate(string code, double share, RiskTarget target)
    {
        var rule = RiskCatalogue.Require(code);
        var top = Math.Min(rule.MaximumLimit, 2000);
        var limit = rule.MinimumLimit + share * (top - rule.MinimumLimit);
        var rules = RiskPolicy
            .Load(null)
            .Rules.Select(other => other.Code == code ? other with { Limit = limit } : other);
        return new RiskGovernor(new RiskPolicy("test", "", "test", rules)).Evaluate(target, Now);
    }

    private static RiskTarget Given(params (string Name, object Value)[] parameters) =>
        new()
        {
            Name = "parameters",
            Kind = RiskTargetKind.Parameters,
            Parameters = Parameters(parameters),
        };

    // What one rule found: Allow when nothing.
    private static RiskOutcome Found(RiskVerdict verdict, string code) =>
        verdict.Findings.FirstOrDefault(finding => finding.Code == code)?.Severity ?? RiskOutcome.Allow;
}
