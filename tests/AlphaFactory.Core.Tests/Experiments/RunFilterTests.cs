using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Filtering;
using AlphaFactory.Core.Tests.Registry;
using CsCheck;

namespace AlphaFactory.Core.Tests.Experiments;

/// <summary>Filters of runs: what they find is what a plain evaluation of every run finds.</summary>
public sealed class RunFilterTests : IDisposable
{
    private static readonly DateTime Start = new(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc);

    private readonly Lab _lab = new();
    private readonly List<(ExperimentRun Run, DateTime CreatedAt)> _runs = [];

    public RunFilterTests()
    {
        _lab.ImportSeries("prices", Lab.Walk(60, 1), Lab.Walk(60, 2));
        var spec = Lab.Crossover();
        // Three of its windows are too long, and rejected.
        Run(spec with { Grid = Grid([2, 3, 50], [5, 70]) }, 0);
        Run(spec with { Name = "Other_b", Split = Lab.Day(30), Seed = 7, From = Lab.Day(5) }, 1);
        Run(spec with { Name = "other", Metrics = ["max_weight"], CostBps = 0 }, 24 * 3600);
        Run(
            spec with
            {
                Name = "typed",
                Expression = "$flag ? close : -close * $n",
                Grid = ParameterGrid.List([
                    Lab.Set(("flag", true), ("n", 20L)),
                    Lab.Set(("flag", false), ("n", 20.0)),
                    Lab.Set(("flag", true), ("n", double.NaN)),
                ]),
            },
            24 * 3600 + 1
        );
        RunScript();
    }

    public void Dispose() => _lab.Dispose();

    private static readonly Gen<TypedField> Field = Gen.Frequency(
        (
            4,
            One("sharpe", "turnover", "oos_sharpe", "max_weight", "nosuch", "from")
                .Select(name => new TypedField(RunFilter.Fields.Metric(name), Near, true, false))
        ),
        (
            4,
            One("fast", "slow", "n", "flag", "mode", "day", "nosuch")
                .Select(FilterField.Parameter)
                .Select(field => new TypedField(
                    field,
                    Gen.OneOf(FilterGen.Number, FilterGen.Flags, Text, Day),
                    true,
                    true
                ))
        ),
        (1, Property("name", Text)),
        (1, Property("feature_set", Text)),
        (1, Property("run_id", Text)),
        (1, Property("equity_hash", Text)),
        (1, Property("status", One<object>("completed", "Stopped", "REJECTED"))),
        (2, Gen.Const(new TypedField(RunFilter.Fields.Property("code")!, Codes, false, true))),
        (1, Gen.Const(new TypedField(RunFilter.Fields.Property("created")!, FilterGen.Date, true, false))),
        (1, Gen.Const(new TypedField(RunFilter.Fields.Property("to")!, Day, true, false))),
        (1, Gen.Const(new TypedField(RunFilter.Fields.Property("from")!, Day, true, false))),
        (
            1,
            Gen.Const(
                new TypedField(RunFilter.Fields.Property("seed")!, One<object>(0L, 7L, 6.5), true, false)
            )
        )
    );

    private static Gen<object> Near =>
        Gen.OneOf(Gen.Double[-1, 1].Select(value => (object)value), FilterGen.Number);

    private static Gen<object> Text =>
        One<object>("other", "OTHER_B", "typed", "prices", "fast", "été", "", "2020-01-06", "crossover");

    private static Gen<object> Day => One<object>("2020-01-06", "2020-02-29", "2020-02-29T12:00:00Z");

    private static Gen<object> Codes =>
        One<object>("DATA_SAMPLE_TOO_SHORT", "param_cost_zero", "PARAM_LOOKBACK_EXCEEDS_SAMPLE", "nosuch");

    [Fact]
    public void A_filter_finds_what_a_plain_evaluation_finds() =>
        Gen.Select(
                FilterGen.Trees(Field),
                One<string?>(null, "sharpe", "turnover", "Name"),
                Gen.Bool,
                One<long?>(null, 3, 100),
                Gen.Long[0, 3]
            )
            .Sample(
                (tree, sortBy, descending, first, skip) =>
                {
                    var filter = RunFilter.Parse(tree.ToString());
                    Assert.Equal(tree.ToString(), filter.Root.ToString());
                    var all = new RunQuery { SortBy = sortBy, Descending = descending };
                    var expected = _lab.Find(all)
                        .Where(run => Holds(tree, run))
                        .Select(run => run.RunId)
                        .ToList();

                    var found = _lab.Runs.Find(
                        all with
                        {
                            Filter = filter,
                            First = first,
                            Skip = skip,
                            CountTotal = true,
                        },
                        _lab.Context.Cancellation
                    );

                    Assert.Equal(
                        expected.Skip((int)skip).Take((int)(first ?? 1000)),
                        found.Runs.Select(run => run.RunId)
                    );
                    Assert.Equal(expected.Count, found.Total);
                },
                iter: 500,
                threads: 1
            );

    [Fact]
    public void Bounds_of_a_filter_find_the_page_that_reading_all_runs_finds()
    {
        var limit = _lab.Find(new RunQuery { Names = ["other"] })[3].Metrics["turnover"];
        foreach (var comparison in new[] { "=", "<", "<=", ">", ">=" })
        {
            var text = FormattableString.Invariant($"turnover {comparison} {limit:R}");
            var page = new RunQuery { SortBy = "sharpe", First = 2 };
            // 'or' keeps it off the columns of metrics.
            Assert.Equal(
                Ids(page with { Filter = RunFilter.Parse($"{text} or turnover = -1") }),
                Ids(page with { Filter = RunFilter.Parse($"{text} and name = 'other'") })
                    .Concat(Ids(page with { Filter = RunFilter.Parse($"{text} and name != 'other'") }))
                    .OrderBy(id => _lab.Runs.Get(id).Metrics["sharpe"])
                    .Take(2)
            );
        }
    }

    [Fact]
    public void Parameters_are_found_by_their_value_whatever_number_it_is()
    {
        Assert.Equal(2, Count(new RunQuery { Parameters = Lab.Set(("N", 20L)) }));
        Assert.Equal(1, Count(new RunQuery { Parameters = Lab.Set(("n", 20.0), ("flag", true)) }));
        Assert.Equal(1, Count(new RunQuery { Parameters = Lab.Set(("mode", "FAST")) }));
        Assert.Equal(0, Count(new RunQuery { Parameters = Lab.Set(("n", "20")) }));
    }

    [Fact]
    public void A_mistake_is_shown_where_it_is_and_an_unknown_metric_is_told()
    {
        var error = Assert.Throws<AlphaFactoryException>(() => RunFilter.Parse("status = 'Done'"));
        Assert.Equal(ErrorId.FilterSyntax, error.Id);
        Assert.Contains("one of Completed, Stopped, Rejected", error.Message, StringComparison.Ordinal);
        Assert.Contains("column 10", error.Message, StringComparison.Ordinal);

        // What an alpha has and a run has not is a metric, if anything.
        var result = _lab.Runs.Find(
            new RunQuery { Filter = RunFilter.Parse("turnovr > 1 or zzz = 1") },
            _lab.Context.Cancellation
        );
        Assert.Equal(
            [
                "No run in the store has a metric 'turnovr'. Did you mean 'turnover'?",
                "No run in the store has a metric 'zzz'.",
            ],
            result.UnknownMetrics
        );
    }

    [Fact]
    public void A_name_may_be_a_pattern_with_sets()
    {
        Assert.Equal(12, Count(new RunQuery { Names = ["[n-o]ther*"] }));
        Assert.Equal(
            ErrorId.RunNotFound,
            Assert.Throws<AlphaFactoryException>(() => Count(new RunQuery { Names = ["othr"] })).Id
        );
    }

    private int Count(RunQuery query) => _lab.Find(query).Count;

    private IEnumerable<string> Ids(RunQuery query) => _lab.Find(query).Select(run => run.RunId);

    private bool Holds(FilterNode tree, ExperimentRun run) =>
        NaiveFilter.Holds(
            tree,
            field =>
                field.Kind switch
                {
                    FilterKind.Metric => [run.Metrics.TryGetValue(field.Name, out var value) ? value : null],
                    FilterKind.Parameter =>
                    [
                        run.Parameters.TryGetValue(field.Name, out var value) ? value : null,
                    ],
                    FilterKind.Set => [.. run.Codes],
                    FilterKind.Name => [new NaiveFilter.NameOf(run.Name)],
                    FilterKind.Date when field.Name == "created" =>
                    [
                        _runs.Find(each => each.Run.RunId == run.RunId).CreatedAt,
                    ],
                    _ => [NaiveFilter.PropertyOf(run, field)],
                }
        );

    private void Run(ExperimentSpec spec, int seconds) => Run(spec, Start.AddSeconds(seconds), _lab.Context);

    private void Run(ExperimentSpec spec, DateTime at, OperationContext context)
    {
        var runs = new ExperimentRunner(_lab.Store).Run(
            spec with
            {
                SkipLookAheadTest = true,
            },
            context with
            {
                Time = FixedTime.Context(at).Time,
            }
        );
        _runs.AddRange(runs.Select(run => (run, at)));
    }

    // An expression takes numbers and flags only.
    private void RunScript()
    {
        var file = _lab.Write("strategy.ps1", "");
        var context = _lab.Context with
        {
            Scripts = path => new StrategyScript(
                [path],
                (panel, _, _, _) => [.. Enumerable.Repeat<object?>(null, panel.Bars)]
            ),
        };
        var spec = Lab.Crossover() with
        {
            Name = "scripted",
            Expression = null,
            ScriptPath = file,
            Grid = ParameterGrid.List([
                Lab.Set(("mode", "fast"), ("day", Lab.Day(5))),
                Lab.Set(("mode", "été"), ("day", "2020-01-06")),
            ]),
        };
        Run(spec, Start.AddDays(1), context);
    }

    private static ParameterGrid Grid(object?[] fast, object?[] slow) =>
        ParameterGrid.Product([
            KeyValuePair.Create<string, IReadOnlyList<object?>>("fast", fast),
            KeyValuePair.Create<string, IReadOnlyList<object?>>("slow", slow),
        ]);

    private static Gen<TypedField> Property(string name, Gen<object> values) =>
        Gen.Const(new TypedField(RunFilter.Fields.Property(name)!, values, true, true));

    private static Gen<T> One<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
