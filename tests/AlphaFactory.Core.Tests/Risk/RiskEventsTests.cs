using AlphaFactory.Core.Risk;
using AlphaFactory.Core.Storage;
using static AlphaFactory.Core.Tests.Risk.RiskTargets;

namespace AlphaFactory.Core.Tests.Risk;

public sealed class RiskEventsTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly AlphaStore _store;
    private readonly RiskEvents _events;

    public RiskEventsTests()
    {
        _store = AlphaStore.OpenOrCreate(_folder.File("store"));
        _events = new RiskEvents(_store);
    }

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Records_what_denies_and_nothing_else()
    {
        var warned = AfterRun.With("turnover", 0).Judge();
        var denied = (AfterRun with { Name = "bad" }).With("sharpe", 9).With("turnover", double.NaN).Judge();

        Assert.Equal(RiskOutcome.Warn, warned.Outcome);
        // The Sharpe ratio, and turnover by two rules.
        Assert.Equal(3, _events.Record([AfterRun.Judge(), warned, denied], "Test-AlphaRisk"));

        var events = _events.List(new RiskEventQuery());
        Assert.All(events, found => Assert.Equal("bad", found.Target));
        Assert.Equal(
            ["FIT_SHARPE_IMPLAUSIBLE", "PORT_TURNOVER_HIGH", "PORT_TURNOVER_LOW"],
            events.Select(found => found.Code).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void An_event_says_all_that_the_finding_said()
    {
        var verdict = AfterRun.With("sharpe", 9.5).Judge("strict");
        _events.Record([verdict], "Invoke-Experiment");

        var found = Assert.Single(_events.List(new RiskEventQuery()));

        var finding = Assert.Single(verdict.Findings);
        Assert.Equal((Now, "trend.1", "Invoke-Experiment"), (found.CreatedAt, found.Target, found.Source));
        Assert.Equal((9.5, 3.0), (found.Observed, found.Limit));
        Assert.Equal((finding.Message, finding.Remedy), (found.Message, found.Remedy));
        Assert.Equal((verdict.PolicyName, verdict.PolicyHash), (found.PolicyName, found.PolicyHash));
        Assert.Equal(
            (finding.Code, finding.Severity, finding.Operator, finding.Unit, finding.Scope),
            (found.Code, found.Severity, found.Operator, found.Unit, found.Scope)
        );
    }

    [Fact]
    public void Nan_infinity_and_quotes_survive()
    {
        var target = Alpha with { Name = "it's \"x\"; DROP TABLE risk_events --" };
        _events.Record([target.With("sharpe", double.NaN).Judge()], "test");
        _events.Record([target.With("sharpe", double.PositiveInfinity).Judge()], "test");

        var events = _events.List(new RiskEventQuery { Target = target.Name });

        Assert.Equal([double.PositiveInfinity, null], events.Select(found => found.Observed));
        Assert.Equal([RiskOutcome.Deny, RiskOutcome.Indeterminate], events.Select(found => found.Severity));
    }

    [Theory]
    [InlineData("FIT_*", 3)]
    [InlineData("fit_sharpe_implausible", 3)]
    [InlineData("PORT*", 0)]
    [InlineData("FIT_SHARPE_IMPLAUSIBL?", 3)]
    [InlineData("%", 0)]
    public void Filters_by_code(string code, int expected)
    {
        RecordThree();

        Assert.Equal(expected, _events.List(new RiskEventQuery { Code = code }).Count);
    }

    [Theory]
    [InlineData("mom", 2)]
    [InlineData("MOM v2", 1)]
    [InlineData("mom*", 3)]
    [InlineData("momentum", 1)]
    [InlineData("m", 0)]
    public void Filters_by_target_where_a_name_means_all_its_versions(string target, int expected)
    {
        RecordThree();

        Assert.Equal(expected, _events.List(new RiskEventQuery { Target = target }).Count);
    }

    [Fact]
    public void Lists_the_newest_first_between_inclusive_ends()
    {
        RecordThree();

        Assert.Equal(
            ["momentum v1", "mom v2"],
            _events.List(new RiskEventQuery { First = 2 }).Select(found => found.Target)
        );
        Assert.Equal(
            ["mom v2"],
            _events
                .List(new RiskEventQuery { Since = Now.AddDays(1), Until = Now.AddDays(1) })
                .Select(found => found.Target)
        );
        Assert.Empty(_events.List(new RiskEventQuery { First = 0 }));
    }

    private void RecordThree()
    {
        var governor = new RiskGovernor(RiskPolicy.Load(null));
        string[] names = ["mom v1", "mom v2", "momentum v1"];
        for (var day = 0; day < names.Length; day++)
        {
            var target = (Alpha with { Name = names[day] }).With("sharpe", 9);
            _events.Record([governor.Evaluate(target, Now.AddDays(day))], "test");
        }
    }
}
