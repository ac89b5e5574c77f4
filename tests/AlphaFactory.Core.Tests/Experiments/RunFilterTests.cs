using System.Globalization;
using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Tests.Filtering;
using CsCheck;
using static AlphaFactory.Core.Tests.Filtering.SentenceGen;

namespace AlphaFactory.Core.Tests.Experiments;

/// <summary>Filters of runs: what they find is what their words mean of every run.</summary>
public sealed class RunFilterTests : IDisposable
{
    private static readonly DateTime Start = new(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc);

    private readonly Lab _lab = new();
    private readonly Dictionary<string, Facts> _facts = new(StringComparer.Ordinal);

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

    private static readonly Gen<Word> Near = Gen.OneOf(
        Gen.Double[-1, 1].Select(value => new Word(value.ToString("R", CultureInfo.InvariantCulture), value)),
        Number
    );

    private static readonly Gen<Word> Days = One(
        Word.Day("2020-01-06", 2020, 1, 6),
        Word.Day("2020-02-29", 2020, 2, 29),
        Word.At("2020-02-29T12:00:00Z", new DateTime(2020, 2, 29, 12, 0, 0, DateTimeKind.Utc))
    );

    private static readonly Gen<Word> Texts = Gen.OneOf(
        One("other", "OTHER_B", "typed", "prices", "fast", "été", "", "crossover").Select(Word.Quoted),
        Days
    );

    private static readonly Gen<Word> Statuses = One("completed", "Stopped", "REJECTED").Select(Word.Quoted);

    private static readonly Gen<Word> Codes = One(
            "DATA_SAMPLE_TOO_SHORT",
            "param_cost_zero",
            "PARAM_LOOKBACK_EXCEEDS_SAMPLE",
            "nosuch"
        )
        .Select(Word.Quoted);

    private static readonly Gen<Topic> Metrics = One(
            Field.Metric("sharpe"),
            Field.Metric("turnover", "metric.Turnover"),
            Field.Metric("oos_sharpe"),
            Field.Metric("max_weight"),
            Field.Metric("nosuch"),
            Field.Metric("from", "metric.from")
        )
        .Select(field => new Topic(field, Near));

    private static readonly Gen<Topic> Parameters = One("fast", "slow", "n", "flag", "mode", "day", "nosuch")
        .Select(name => new Topic(
            Field.Parameter(name),
            Gen.OneOf(Number, SentenceGen.Flag, Texts),
            IsText: true
        ));

    private static readonly Gen<Topic> Properties = One(
        new Topic(Field.Property("name"), Texts, IsText: true),
        new Topic(Field.Property("feature_set"), Texts, IsText: true),
        new Topic(Field.Property("run_id", "RunId"), Texts, IsText: true),
        new Topic(Field.Property("equity_hash"), Texts, IsText: true),
        new Topic(Field.Property("status"), Statuses, IsText: true),
        new Topic(Field.Property("code"), Codes, IsOrdered: false, IsText: true),
        new Topic(Field.Property("code", "Codes"), Codes, IsOrdered: false, IsText: true),
        new Topic(Field.Property("created", "CreatedAt"), Date),
        new Topic(Field.Property("to"), Days),
        new Topic(Field.Property("from"), Days),
        new Topic(Field.Property("seed"), One(new Word("0", 0L), new Word("7", 7L), new Word("6.5", 6.5))),
        new Topic(Field.Property("feature_version"), One(new Word("1", 1L), new Word("1.5", 1.5)))
    );

    private static readonly Gen<Sentence> Sentences = Of(
        Gen.Frequency((4, Metrics), (4, Parameters), (9, Properties))
    );

    [Fact]
    public void A_filter_finds_what_its_words_mean()
    {
        var orders =
            from sortBy in new[] { null, "sharpe", "turnover", "Name" }
            from backwards in new[] { false, true }
            select new RunQuery { SortBy = sortBy, Descending = backwards };
        var sorted = orders.Select(order => (Order: order, Runs: _lab.Find(order))).ToArray();
        Gen.Select(Sentences, One(sorted), One<long?>(null, 3, 100), Gen.Long[0, 3], One<long>(0, 6, 4096))
            .Sample(
                (sentence, all, first, skip, leastOfGrid) =>
                {
                    var expected = all
                        .Runs.Where(run => sentence.Holds(_facts[run.RunId]))
                        .Select(run => run.RunId)
                        .ToList();

                    var runs = new ExperimentStore(_lab.Store) { LeastOfGrid = leastOfGrid };
                    var found = runs.Find(
                        all.Order with
                        {
                            Filter = RunFilter.Parse(sentence.Text),
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
                iter: 2000,
                threads: 1,
                print: one => one.Item1.Text
            );
    }

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
    public void A_record_that_was_edited_does_not_say_which_run_has_which_parameters()
    {
        var query = new RunQuery { Names = ["crossover"], Parameters = Lab.Set(("fast", 3L)) };
        var byGrid = new ExperimentStore(_lab.Store) { LeastOfGrid = 0 };
        var before = Found();
        Assert.Equal(2, before.Count);
        var file = Path.Combine(_lab.Store.ExperimentsFolder, before[0].Split('.')[0], "spec.json");
        var record = File.ReadAllText(file);
        File.WriteAllText(file, record.Replace("3,", "4,", StringComparison.Ordinal));
        Assert.NotEqual(record, File.ReadAllText(file));
        Assert.Equal(before, Found());
        File.Delete(file);
        Assert.Equal(before, Found());

        List<string> Found() =>
            [.. byGrid.Find(query, _lab.Context.Cancellation).Runs.Select(run => run.RunId)];
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
        foreach (var run in runs)
        {
            _facts.Add(run.RunId, Facts.Of(run, at));
        }
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
                Lab.Set(("mode", ""), ("day", "")),
            ]),
        };
        Run(spec, Start.AddDays(1), context);
    }

    private static ParameterGrid Grid(object?[] fast, object?[] slow) =>
        ParameterGrid.Product([
            KeyValuePair.Create<string, IReadOnlyList<object?>>("fast", fast),
            KeyValuePair.Create<string, IReadOnlyList<object?>>("slow", slow),
        ]);
}
