using AlphaFactory.Core.Drift;
using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Governance;
using AlphaFactory.Core.Registry;
using AlphaFactory.Core.Risk;
using AlphaFactory.Core.Tests.Experiments;

namespace AlphaFactory.Core.Tests.Governance;

/// <summary>What a store knows of a result besides the result itself.</summary>
public sealed class ResultJudgeTests : IDisposable
{
    private readonly Lab _lab = new();

    public void Dispose() => _lab.Dispose();

    private ResultJudge Judge => new(RiskPolicy.Load(null), _lab.Context);

    [Fact]
    public void A_run_that_earns_what_an_alpha_earns_is_told_which()
    {
        var (a, b) = (Lab.Walk(80, 1), Lab.Walk(80, 2));
        _lab.ImportSeries("prices", a, b);
        var held = Register("held", Run("first", "a", "close", kept: true));
        Register("other", Run("second", "b", "close", kept: true));

        var same = Run("third", "a", "close * 2");
        var opposite = Run("fourth", "a", "-close");
        var finding = Correlated(Judge.Judge(same, _lab.Store));

        Assert.NotNull(finding);
        Assert.Equal((RiskOutcome.Warn, 0.7), (finding.Severity, finding.Limit));
        Assert.Equal(1, finding.Observed!.Value, 12);
        Assert.Contains("'held v1' over 79 bars", finding.Message, StringComparison.Ordinal);
        // The opposite is like 'other' as far as that goes, and that is not far.
        Assert.Null(Correlated(Judge.Judge(opposite, _lab.Store)));
        Assert.Equal(
            -Pearson(Returns(a), Returns(b)),
            new CorrelatedAlphas(_lab.Store, _lab.Context).Compare(opposite.RunId, null).Most!.Correlation,
            12
        );
        // Neither its own run nor another version of its name is another alpha.
        Assert.Null(Correlated(Judge.Judge(held, _lab.Store)));
        Assert.Null(Correlated(Judge.Admit(Draft("HELD", same), _lab.Store, force: true)));
        Assert.NotNull(Correlated(Judge.Admit(Draft("copy", same), _lab.Store, force: true)));
    }

    [Fact]
    public void Returns_of_an_alpha_in_use_are_computed_again_where_they_were_not_kept()
    {
        _lab.ImportSeries("prices", Lab.Walk(80, 1), Lab.Walk(80, 2));
        var first = Run("first", "a", "close");
        Register("candidate", first, AlphaStage.Candidate);
        var finding = Correlated(Judge.Judge(Run("second", "a", "close * 2"), _lab.Store));

        Assert.Equal(1, finding!.Observed!.Value, 12);
        Assert.Contains("'candidate v1' over 79 bars", finding.Message, StringComparison.Ordinal);

        // What cannot be had is told, and what can be had is compared nevertheless.
        Register("live", Run("third", "a", "close", kept: true), AlphaStage.Live);
        File.AppendAllText(Path.Combine(_lab.Store.ExperimentsFolder, first.ExperimentId, "spec.json"), " ");
        var verdict = Judge.Judge(Run("fourth", "a", "close * 2"), _lab.Store);
        Assert.Collection(
            verdict.Findings.Where(each => each.Code == "PORT_CORRELATED").Select(each => each.Message),
            told => Assert.Contains("'live v1' over 79 bars", told, StringComparison.Ordinal),
            told =>
                Assert.Contains(
                    "Not compared are the returns of 'candidate v1': The record",
                    told,
                    StringComparison.Ordinal
                )
        );
    }

    [Fact]
    public void Of_many_alphas_without_returns_the_live_ones_are_computed_first_and_the_rest_is_told()
    {
        _lab.ImportSeries("prices", Lab.Walk(80, 1), Lab.Walk(80, 2));
        var other = Run("first", "b", "close");
        var live = Register("live", Run("second", "a", "close"), AlphaStage.Live);
        for (var i = 0; i < CorrelatedAlphas.MostComputed; i++)
        {
            Register(FormattableString.Invariant($"c{i}"), other, AlphaStage.Candidate);
        }

        var found = new CorrelatedAlphas(_lab.Store, _lab.Context).Compare(
            Run("third", "a", "close * 2").RunId,
            null
        );
        Assert.Equal(live.ToString(), found.Most!.Alpha);
        Assert.Equal("c0 v1", Assert.Single(found.Uncompared).Name);
    }

    [Fact]
    public void Returns_that_were_not_kept_and_retired_alphas_are_not_compared()
    {
        _lab.ImportSeries("prices", Lab.Walk(80, 1), Lab.Walk(80, 2));
        Register("not-kept", Run("first", "a", "close"));
        var retired = Register("retired", Run("second", "a", "close", kept: true));
        _ = new AlphaRegistry(_lab.Store)
            .Change(
                [retired],
                new AlphaChange { Stage = AlphaStage.Retired },
                error => throw error,
                _lab.Context
            )
            .ToList();

        Assert.Null(Correlated(Judge.Judge(Run("third", "a", "close * 2"), _lab.Store)));
    }

    [Fact]
    public void Data_that_drifted_block_a_result_until_a_report_says_otherwise()
    {
        var lines = Enumerable
            .Range(0, 400)
            .Select(bar =>
                FormattableString.Invariant(
                    $"{Lab.Day(bar):yyyy-MM-dd},{100 + bar % 7 + (bar is >= 250 and < 300 ? 500 : 0)}"
                )
            );
        _lab.Import("prices", _lab.Write("jump.csv", "date,close\n" + string.Join('\n', lines) + "\n"), null);
        var run = Assert.Single(
            _lab.Run(Lab.Crossover() with { Expression = "close", Grid = ParameterGrid.One })
        );
        Assert.DoesNotContain("OPS_DRIFT_BLOCK", Judge.Judge(run, _lab.Store).Findings.Codes);

        Report(Lab.Day(299), Lab.Day(249));
        var blocked = Judge.Judge(run, _lab.Store);
        var finding = Assert.Single(blocked.Findings, each => each.Code == "OPS_DRIFT_BLOCK");
        Assert.Equal((RiskOutcome.Deny, "prices", 1.0), (finding.Severity, finding.Scope, finding.Observed));
        Assert.Contains(
            "1 of 1 features by the report of 2020-10-26",
            finding.Message,
            StringComparison.Ordinal
        );
        var alpha = Register("jumpy", run);
        Assert.Contains("OPS_DRIFT_BLOCK", Judge.Judge(alpha, _lab.Store).Findings.Codes);
        Assert.DoesNotContain("OPS_DRIFT_BLOCK", Judge.Judge(alpha, null).Findings.Codes);

        Report(Lab.Day(399), Lab.Day(249));
        Assert.DoesNotContain("OPS_DRIFT_BLOCK", Judge.Judge(run, _lab.Store).Findings.Codes);
    }

    [Fact]
    public void A_draft_that_is_denied_is_recorded_and_only_registered_by_force()
    {
        var draft = new AlphaDraft { Name = "wild", Metrics = new([KeyValuePair.Create("sharpe", 9.0)]) };

        var error = Assert.Throws<AlphaFactoryException>(() => Judge.Admit(draft, _lab.Store, force: false));
        Assert.Equal(ErrorId.RiskDenied, error.Id);
        Assert.Equal("Register-Alpha", Assert.Single(new RiskEvents(_lab.Store).List(new())).Source);

        Assert.False(Judge.Admit(draft, _lab.Store, force: true).Allowed);
        Assert.Contains("registered all the same", Assert.Single(_lab.Warnings), StringComparison.Ordinal);
    }

    private void Report(DateTime asOf, DateTime referenceTo) =>
        _ = new DriftReporter(_lab.Store).Run(
            new DriftRequest
            {
                FeatureSet = "prices",
                Window = TimeSpan.FromDays(40),
                AsOf = asOf,
                ReferenceTo = referenceTo,
            },
            _lab.Context
        );

    private ExperimentRun Run(string name, string entity, string expression, bool kept = false) =>
        Assert.Single(
            new ExperimentRunner(_lab.Store).Run(
                Lab.Crossover() with
                {
                    Name = name,
                    Entities = [entity],
                    Expression = expression,
                    Grid = ParameterGrid.One,
                    CostBps = 0,
                },
                _lab.Context,
                new RunOptions { SaveEquity = kept }
            )
        );

    private Alpha Register(string name, ExperimentRun run, AlphaStage stage = AlphaStage.Research) =>
        Assert.Single(
            new AlphaRegistry(_lab.Store).Register(
                [Draft(name, run) with { Stage = stage }],
                OperationContext.Silent
            )
        );

    private static AlphaDraft Draft(string name, ExperimentRun run) =>
        AlphaDraft.FromRun(run) with
        {
            Name = name,
        };

    private static RiskFinding? Correlated(RiskVerdict verdict) =>
        verdict.Findings.FirstOrDefault(finding => finding.Code == "PORT_CORRELATED");

    private static double[] Returns(double[] prices) =>
        [.. prices.Skip(1).Zip(prices, (now, before) => now / before - 1)];

    private static double Pearson(double[] a, double[] b)
    {
        var (x, y) = (a.Average(), b.Average());
        return a.Zip(b, (u, v) => (u - x) * (v - y)).Sum()
            / Math.Sqrt(a.Sum(u => (u - x) * (u - x)) * b.Sum(v => (v - y) * (v - y)));
    }
}
