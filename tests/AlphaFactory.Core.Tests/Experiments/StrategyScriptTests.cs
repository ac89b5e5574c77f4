using System.Collections;
using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Expressions;
using AlphaFactory.Core.Risk;

namespace AlphaFactory.Core.Tests.Experiments;

/// <summary>Scripts as Core sees them: files with a function. That PowerShell runs them is tested with the cmdlets.</summary>
public sealed class StrategyScriptTests : IDisposable
{
    private readonly Lab _lab = new();
    private readonly string _file;

    public StrategyScriptTests()
    {
        _lab.ImportSeries("prices", Lab.Walk(300, 1), Lab.Walk(300, 2));
        _file = _lab.Write("strategy.ps1", "first");
    }

    public void Dispose() => _lab.Dispose();

    private ExperimentSpec Spec =>
        Lab.Crossover() with
        {
            Expression = null,
            ScriptPath = _file,
            Grid = ParameterGrid.Product([
                KeyValuePair.Create<string, IReadOnlyList<object?>>("bars", [2, 5]),
            ]),
        };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_script_that_does_not_end_is_given_up_when_its_time_is_over(bool skipLookAheadTest)
    {
        StrategyFunction endless = (panel, parameters, _, cancellation) =>
        {
            if ((long)parameters["bars"] == 1)
            {
                return [.. new object?[panel.Bars]];
            }

            cancellation.WaitHandle.WaitOne(TimeSpan.FromMinutes(1));
            cancellation.ThrowIfCancellationRequested();
            return [];
        };
        var spec = Lab.Crossover() with
        {
            Expression = null,
            ScriptPath = _file,
            SkipLookAheadTest = skipLookAheadTest,
            Grid = ParameterGrid.List([Lab.Set(("bars", 1L)), Lab.Set(("bars", 2L))]),
        };

        var runs = new ExperimentRunner(_lab.Store)
            .Run(spec, With(endless), new RunOptions { MaxRuntime = TimeSpan.FromMilliseconds(20) })
            .Count();

        // The first set is done in time or not; the second never is, and the test runs it as well.
        Assert.InRange(runs, 0, skipLookAheadTest ? 1 : 0);
        Assert.Contains(
            runs == 1 ? "1 of 2 runs are done" : "before the first run was done: nothing is recorded",
            _lab.Warnings[^1],
            StringComparison.Ordinal
        );
        Assert.Equal(runs, _lab.Find(new RunQuery()).Count);
    }

    [Fact]
    public void How_far_a_grid_or_its_re_run_is_and_how_long_the_rest_takes_is_told()
    {
        using var told = new ManualResetEventSlim();
        // The second set goes on until the first is reported.
        StrategyFunction patient = (panel, parameters, random, cancellation) =>
        {
            _ = (long)parameters["bars"] == 1 || told.Wait(TimeSpan.FromMinutes(1), cancellation);
            return [.. new object?[panel.Bars]];
        };
        var reports = new List<ProgressReport>();
        var context = With(patient) with
        {
            Progress = report =>
            {
                if (report.Remaining is not null)
                {
                    reports.Add(report);
                    told.Set();
                }
            },
        };
        var spec = Lab.Crossover() with
        {
            Expression = null,
            ScriptPath = _file,
            SkipLookAheadTest = true,
            Grid = ParameterGrid.List([Lab.Set(("bars", 1L)), Lab.Set(("bars", 2L))]),
        };

        Assert.Equal(2, new ExperimentRunner(_lab.Store).Run(spec, context).Count());
        Check("Experiment crossover");
        Assert.Equal(2, new ExperimentReproducer(_lab.Store).Run(null, null, context).Count());
        Check("Re-run of crossover");

        void Check(string activity)
        {
            Assert.Equal((activity, 50.0), (reports[0].Activity, reports[0].PercentComplete));
            Assert.StartsWith("1 of 2 runs, ", reports[0].Status, StringComparison.Ordinal);
            Assert.True(reports[0].Remaining > TimeSpan.Zero);
            reports.Clear();
            told.Reset();
        }
    }

    private OperationContext With(StrategyFunction function) =>
        _lab.Context with
        {
            Scripts = path => new StrategyScript([path], function),
        };

    private static List<object?> Momentum(
        StrategyPanel panel,
        ParameterValues parameters,
        Random random,
        CancellationToken cancellation
    )
    {
        var bars = (int)(long)parameters["bars"];
        var series = Array.ConvertAll(panel.Entities, entity => panel.Series("close", entity));
        return
        [
            .. Enumerable
                .Range(0, panel.Bars)
                .Select(bar =>
                    bar < bars
                        ? null
                        : (object?)Array.ConvertAll(series, close => close[bar] - close[bar - bars])
                ),
        ];
    }

    [Fact]
    public void A_script_earns_what_the_same_expression_earns()
    {
        var runner = new ExperimentRunner(_lab.Store);
        var scripted = runner.Run(Spec, With(Momentum)).ToList();
        var expressed = _lab.Run(Spec with { ScriptPath = null, Expression = "close - delay(close, $bars)" });
        Assert.Equal(
            expressed.Select(run => (run.EquityHash, run.Metrics)),
            scripted.Select(run => (run.EquityHash, run.Metrics))
        );
        Assert.All(scripted, run => Assert.NotEqual(expressed[0].CodeHash, run.CodeHash));
    }

    [Fact]
    public void A_changed_script_is_named_and_an_untouched_one_is_identical()
    {
        var context = With(Momentum);
        _ = new ExperimentRunner(_lab.Store).Run(Spec, context).ToList();
        var reproducer = new ExperimentReproducer(_lab.Store);
        Assert.All(
            reproducer.Run(null, null, context),
            result =>
                Assert.Equal((ReproductionVerdict.Identical, 0), (result.Verdict, result.ChangedInputs.Count))
        );
        File.WriteAllText(_file, "second");
        var changed = reproducer
            .Run(null, null, With((panel, _, _, _) => [.. Enumerable.Repeat<object?>(null, panel.Bars)]))
            .ToList();
        Assert.All(changed, result => Assert.Equal(["code"], result.ChangedInputs));
        Assert.All(changed, result => Assert.Equal(ReproductionVerdict.Different, result.Verdict));
    }

    [Fact]
    public void A_script_that_is_gone_or_fails_by_now_is_a_changed_code_and_no_error()
    {
        var runs = new ExperimentRunner(_lab.Store).Run(Spec, With(Momentum)).ToList();

        File.WriteAllText(_file, "second");
        var failing = Again(
            With((_, _, _, _) => throw new AlphaFactoryException(ErrorId.SpecInvalid, "Line 3: no."))
        );
        File.Delete(_file);
        var gone = Again(With(Momentum));

        Assert.Contains(
            "is not what it was, and cannot be run: Line 3: no.",
            failing.Warning,
            StringComparison.Ordinal
        );
        Assert.Contains(_file, gone.Warning, StringComparison.Ordinal);
        foreach (var result in failing.Results.Concat(gone.Results))
        {
            Assert.Equal(ReproductionVerdict.Different, result.Verdict);
            Assert.Equal(["code"], result.ChangedInputs);
            Assert.Equal("Status: Completed → none", result.Differences[0].ToString());
            Assert.Empty(result.Metrics);
        }

        Assert.Equal([.. runs, .. runs], failing.Results.Concat(gone.Results).Select(Run));

        ExperimentRun Run(ReproductionResult result) => runs.Single(run => run.RunId == result.RunId);

        (List<ReproductionResult> Results, string Warning) Again(OperationContext context)
        {
            var warnings = new List<string>();
            var results = new ExperimentReproducer(_lab.Store)
                .Run(null, null, context with { Warn = warnings.Add })
                .ToList();
            return (results, Assert.Single(warnings));
        }
    }

    [Fact]
    public void A_script_that_fails_unchanged_is_an_error()
    {
        _ = new ExperimentRunner(_lab.Store).Run(Spec, With(Momentum)).ToList();
        var failing = With((_, _, _, _) => throw new AlphaFactoryException(ErrorId.SpecInvalid, "No."));

        Assert.Throws<AlphaFactoryException>(() =>
            new ExperimentReproducer(_lab.Store).Run(null, null, failing).ToList()
        );
    }

    [Fact]
    public void A_script_that_looks_ahead_is_rejected()
    {
        var run = new ExperimentRunner(_lab.Store)
            .Run(
                Spec with
                {
                    Grid = ParameterGrid.One,
                },
                With(
                    (panel, _, _, _) =>
                    {
                        var close = panel.Series("close", "a");
                        return
                        [
                            .. Enumerable
                                .Range(0, panel.Bars)
                                .Select(bar =>
                                    (object?)
                                        new[] { close[Math.Min(bar + 1, panel.Bars - 1)] - close[bar], 0 }
                                ),
                        ];
                    }
                )
            )
            .Single();
        Assert.Equal(RunStatus.Rejected, run.Status);
        Assert.Contains("LEAK_TRUNCATION_MISMATCH", run.Codes);
    }

    [Fact]
    public void A_leak_where_there_was_no_signal_before_is_rejected_and_logged()
    {
        var run = new ExperimentRunner(_lab.Store)
            .Run(
                Spec with
                {
                    Grid = ParameterGrid.One,
                },
                With(
                    (panel, _, _, _) =>
                        [
                            .. Enumerable
                                .Range(0, panel.Bars)
                                .Select(bar => bar + 1 < panel.Bars ? (object?)new[] { 1, 1 } : null),
                        ]
                )
            )
            .Single();

        Assert.Equal((RunStatus.Rejected, "LEAK_TRUNCATION_MISMATCH"), (run.Status, run.Codes.ToString()));
        var logged = Assert.Single(new RiskEvents(_lab.Store).List(new RiskEventQuery()));
        Assert.Equal((1.0, null), (logged.Observed, logged.Limit));
        Assert.Contains("is NaN on the sample up to", logged.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_policy_may_let_a_leak_pass_with_a_warning()
    {
        var policy = _lab.Write(
            "policy.json",
            """{ "rules": { "LEAK_TRUNCATION_MISMATCH": { "severity": "Warn" } } }"""
        );
        var run = new ExperimentRunner(_lab.Store)
            .Run(
                Spec with
                {
                    Grid = ParameterGrid.One,
                    RiskPolicy = policy,
                },
                With((panel, _, _, _) => [.. Enumerable.Repeat<object?>(new[] { panel.Bars, 1 }, panel.Bars)])
            )
            .Single();

        Assert.Equal((RunStatus.Completed, "LEAK_TRUNCATION_MISMATCH"), (run.Status, run.Codes.ToString()));
    }

    [Fact]
    public void The_generator_of_a_run_starts_with_its_seed()
    {
        StrategyFunction noise = (panel, _, random, _) =>
            [
                .. Enumerable
                    .Range(0, panel.Bars)
                    .Select(_ => (object?)new[] { random.NextDouble() - 0.5, random.NextDouble() - 0.5 }),
            ];
        var one = Spec with { Grid = ParameterGrid.One, Seed = 7 };
        var runner = new ExperimentRunner(_lab.Store);
        var runs = new[] { one, one, one with { Seed = 8 } }
            .Select(spec => runner.Run(spec, With(noise)).Single())
            .ToList();
        Assert.All(runs, run => Assert.Equal(RunStatus.Completed, run.Status));
        Assert.Equal(runs[0].EquityHash, runs[1].EquityHash);
        Assert.NotEqual(runs[0].EquityHash, runs[2].EquityHash);
    }

    [Fact]
    public void Without_something_to_run_scripts_it_is_refused()
    {
        Assert.Equal(ErrorId.SpecInvalid, Assert.Throws<AlphaFactoryException>(() => _lab.Run(Spec)).Id);
        Assert.Equal(
            ErrorId.SpecInvalid,
            Assert.Throws<AlphaFactoryException>(() => _lab.Run(Spec with { Expression = "close" })).Id
        );
    }

    [Fact]
    public void Rows_are_numbers_lists_or_tables()
    {
        var panel = PanelOf("a", "b");
        object?[] rows =
        [
            null,
            new object?[] { 1, null },
            new Hashtable { ["b"] = 2.5m },
            new object?[] { true, double.PositiveInfinity },
        ];
        Assert.Equal(
            [double.NaN, 1, double.NaN, 1, double.NaN, double.NaN, 2.5, double.NaN],
            SignalRows.Read(rows, panel, "s.ps1")
        );
        Assert.Equal([1.0, 0, -2, double.NaN], SignalRows.Read([1, false, -2L, null], PanelOf("a"), "s.ps1"));
    }

    public static TheoryData<object?[], string> WrongRows =>
        new()
        {
            { [1, 2], "gave 2 rows for 4 bars" },
            { [1, 2, 3, 4, 5, 6, 7, 8], ",$row" },
            { [null, 1, null, null], "Row 2 of 's.ps1'" },
            { [null, null, new object?[] { 1 }, null], "1 signals for 2 entities" },
            { [null, null, new object?[] { 1, "x" }, null], "'x', which is not a number" },
            { [new Hashtable { ["bb"] = 1 }, null, null, null], "Did you mean 'b'?" },
        };

    [Theory]
    [MemberData(nameof(WrongRows))]
    public void Other_rows_are_refused_with_their_place(object?[] rows, string why)
    {
        var error = Assert.Throws<AlphaFactoryException>(() =>
            SignalRows.Read(rows, PanelOf("a", "b"), "s.ps1")
        );
        Assert.Equal(ErrorId.SpecInvalid, error.Id);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    private static Panel PanelOf(params string[] entities) =>
        new(
            entities,
            [.. Enumerable.Range(0, 4).Select(Lab.Day)],
            [KeyValuePair.Create("close", new double[4 * entities.Length])]
        );
}
