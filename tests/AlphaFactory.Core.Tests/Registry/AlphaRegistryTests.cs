using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Registry;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Tests.Registry;

public sealed class AlphaRegistryTests : IDisposable
{
    private readonly TempStore _temp = new();

    private AlphaRegistry Registry => new(_temp.Store);

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void An_alpha_comes_back_as_it_was_registered()
    {
        var draft = new AlphaDraft
        {
            Name = "mom.1",
            Stage = AlphaStage.Candidate,
            Tags = new TagList(["b;]%_*?['\"".Replace(";", "", StringComparison.Ordinal), "🚀", "ع"]),
            Metrics = new MetricValues([
                new("z", double.NaN),
                new("a", double.NegativeInfinity),
                new("Sharpe", 0.1 + 0.2),
                new("tiny", double.Epsilon),
                new("zero", -0.0),
            ]),
            Parameters = new ParameterValues([
                new("n", 20L),
                new("x", 20.0),
                new("nan", double.NaN),
                new("big", 1e300),
                new("flag", true),
                new("text", "20"),
                new("quote", "a\"b\\c\n☃"),
                new("time", new DateTime(2015, 1, 2, 3, 4, 5, DateTimeKind.Utc).AddTicks(1)),
            ]),
            Description = new string('ß', 1 << 20),
            Author = "O'Neil; DROP TABLE alphas",
            RunId = "e1.7",
            FeatureSet = "fx",
            FeatureVersion = 3,
            CodeHash = "c",
            DataHash = "d",
        };
        var now = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc).AddTicks(1234567);

        var registered = Registry.Register([draft], FixedTime.Context(now)).Single();
        var found = Registry.Find("MOM.1");

        foreach (var alpha in (Alpha[])[registered, found])
        {
            Assert.Equal("mom.1", alpha.Name);
            Assert.Equal(1, alpha.Version);
            Assert.Equal(draft.Stage, alpha.Stage);
            Assert.Equal(draft.Tags, alpha.Tags);
            Assert.Equal(
                draft.Metrics.Select(pair => (pair.Key, BitConverter.DoubleToInt64Bits(pair.Value))),
                alpha.Metrics.Select(pair => (pair.Key, BitConverter.DoubleToInt64Bits(pair.Value)))
            );
            Assert.Equal(draft.Parameters.AsEnumerable(), alpha.Parameters.AsEnumerable());
            Assert.Equal(draft.Description, alpha.Description);
            Assert.Equal(draft.Author, alpha.Author);
            Assert.Equal(now.AddTicks(-7), alpha.CreatedAt);
            Assert.Equal(("e1.7", "fx", 3), (alpha.RunId, alpha.FeatureSet, alpha.FeatureVersion));
            Assert.Equal(("c", "d", _temp.Path), (alpha.CodeHash, alpha.DataHash, alpha.Store));
        }
    }

    [Fact]
    public void Versions_count_within_a_name_whatever_its_case_and_the_first_spelling_stays()
    {
        var alphas = Register("Mom", "carry", "mom", "MOM").Select(alpha => alpha.ToString());

        Assert.Equal(["Mom v1", "carry v1", "Mom v2", "Mom v3"], alphas);
    }

    [Fact]
    public async Task Many_writers_give_versions_without_gap_or_repeat()
    {
        const int writers = 4;
        const int each = 100;

        await Task.WhenAll(
            Enumerable
                .Range(0, writers)
                .Select(writer =>
                    Task.Run(
                        () =>
                        {
                            using var store = AlphaStore.OpenOrCreate(_temp.Path);
                            var drafts = Enumerable
                                .Range(0, each)
                                .Select(i => new AlphaDraft { Name = $"shared-{(i + writer) % 40}" });
                            foreach (var batch in drafts.Chunk(5))
                            {
                                Assert.Equal(
                                    5,
                                    new AlphaRegistry(store).Register(batch, OperationContext.Silent).Count()
                                );
                            }
                        },
                        TestContext.Current.CancellationToken
                    )
                )
        );

        var alphas = Registry.Search(new AlphaQuery(), OperationContext.Silent).ToList();
        Assert.Equal(writers * each, alphas.Count);
        foreach (
            var versions in alphas
                .GroupBy(alpha => alpha.Name)
                .Select(name => name.Select(alpha => alpha.Version))
        )
        {
            Assert.Equal(Enumerable.Range(1, versions.Count()), versions);
        }
    }

    [Fact]
    public void What_comes_out_is_committed_and_what_is_not_asked_for_is_not_written()
    {
        using var other = AlphaStore.Open(_temp.Path);
        var drafts = Enumerable
            .Range(0, AlphaRegistry.BatchSize + 1)
            .Select(_ => new AlphaDraft { Name = "a" });

        using var alphas = Registry.Register(drafts, OperationContext.Silent).GetEnumerator();
        Assert.True(alphas.MoveNext());

        var visible = new AlphaRegistry(other).Search(new AlphaQuery(), OperationContext.Silent).Count();
        Assert.Equal(AlphaRegistry.BatchSize, visible);
    }

    [Fact]
    public void A_batch_with_a_bad_draft_writes_nothing()
    {
        Assert.Throws<AlphaFactoryException>(() => Register("good", "../bad"));

        Assert.Empty(Registry.Search(new AlphaQuery(), OperationContext.Silent));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("CON")]
    [InlineData("nul.txt")]
    [InlineData("a\0b")]
    [InlineData("a;b")]
    [InlineData("")]
    public void A_name_that_a_file_could_not_have_is_refused(string name)
    {
        var error = Assert.Throws<AlphaFactoryException>(() => Register(name));

        Assert.Equal(ErrorId.NameInvalid, error.Id);
    }

    [Fact]
    public void A_name_of_128_characters_and_ten_thousand_tags_are_kept()
    {
        var tags = new TagList(Enumerable.Range(0, 10_000).Select(i => $"tag {i}"));
        var draft = new AlphaDraft { Name = new string('x', 128), Tags = tags };

        Assert.Single(Registry.Register([draft], OperationContext.Silent));

        Assert.Equal(tags, Registry.Find(draft.Name).Tags);
        var query = new AlphaQuery { Tags = ["TAG 9999", "tag 0"] };
        Assert.Single(Registry.Search(query, OperationContext.Silent));
    }

    [Theory]
    [InlineData("name")]
    [InlineData("Sharpe ratio")]
    [InlineData("1st")]
    public void A_metric_that_would_hide_a_property_or_is_no_name_is_refused(string metric)
    {
        var draft = new AlphaDraft { Name = "a", Metrics = new MetricValues([new(metric, 1)]) };

        var error = Assert.Throws<AlphaFactoryException>(() =>
            Registry.Register([draft], OperationContext.Silent).ToList()
        );

        Assert.Equal(ErrorId.NameInvalid, error.Id);
        Assert.Contains(metric, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a;b")]
    [InlineData("a\0")]
    [InlineData(" ")]
    public void A_tag_that_cannot_be_kept_is_refused(string tag)
    {
        var draft = new AlphaDraft { Name = "a", Tags = new TagList([tag]) };

        var error = Assert.Throws<AlphaFactoryException>(() =>
            Registry.Register([draft], OperationContext.Silent).ToList()
        );

        Assert.Equal(ErrorId.NameInvalid, error.Id);
    }

    [Fact]
    public void Text_that_cannot_be_kept_is_refused()
    {
        // Not test data: half of a surrogate pair does not survive an attribute either.
        foreach (var text in (string[])["a\0b", "\uDC00", "\uD800x", "x\uD800"])
        {
            Refused(new AlphaDraft { Name = "a", Description = text }, ErrorId.NameInvalid);
            Refused(new AlphaDraft { Name = "a", Author = text }, ErrorId.NameInvalid);
            Refused(new AlphaDraft { Name = "a", Tags = new TagList([text]) }, ErrorId.NameInvalid);
            var parameters = new ParameterValues([new("p", text)]);
            Refused(new AlphaDraft { Name = "a", Parameters = parameters }, ErrorId.SpecInvalid);
            parameters = new ParameterValues([new(text, 1L)]);
            Refused(new AlphaDraft { Name = "a", Parameters = parameters }, ErrorId.SpecInvalid);
        }

        static void Refused(AlphaDraft draft, ErrorId id) =>
            Assert.Equal(id, Assert.Throws<AlphaFactoryException>(draft.Check).Id);
    }

    [Fact]
    public void A_name_that_does_not_exist_is_an_error_with_the_nearest_one()
    {
        Register("momentum", "carry");

        var error = Assert.Throws<AlphaFactoryException>(() => Registry.Find("momentun"));

        Assert.Equal(ErrorId.AlphaNotFound, error.Id);
        Assert.Contains("'momentun'", error.Message, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'momentum'?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_version_that_does_not_exist_is_an_error_with_the_newest_one()
    {
        Register("carry", "carry");

        var error = Assert.Throws<AlphaFactoryException>(() => Registry.Find("carry", 3));

        Assert.Equal(ErrorId.AlphaNotFound, error.Id);
        Assert.Contains("the newest is 2", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, Registry.Find("carry", 1).Version);
    }

    [Fact]
    public void A_rejected_run_cannot_be_registered()
    {
        var error = Assert.Throws<AlphaFactoryException>(() => AlphaDraft.FromRun(Run(RunStatus.Rejected)));

        Assert.Equal(ErrorId.RiskDenied, error.Id);
        Assert.Contains("PARAM_NOT_FINITE", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_brings_its_name_metrics_parameters_and_provenance()
    {
        var run = Run(RunStatus.Completed);

        var alpha = Registry.Register([AlphaDraft.FromRun(run)], OperationContext.Silent).Single();

        Assert.Equal(
            ("sma", run.RunId, run.FeatureSet, run.FeatureVersion, run.CodeHash, run.DataHash),
            (alpha.Name, alpha.RunId, alpha.FeatureSet, alpha.FeatureVersion, alpha.CodeHash, alpha.DataHash)
        );
        Assert.Equal(1.5, alpha.Metrics["sharpe"]);
        Assert.Equal(10L, alpha.Parameters["fast"]);
    }

    [Fact]
    public void Forty_thousand_names_and_versions_can_be_asked_for_at_once()
    {
        Register("a7", "b");
        var query = new AlphaQuery
        {
            Names = [.. Enumerable.Range(0, 40_000).Select(i => $"A{i}")],
            Versions = [.. Enumerable.Range(1, 40_000)],
        };

        Assert.Equal("a7", Assert.Single(Registry.Search(query, OperationContext.Silent)).Name);
    }

    [Fact]
    public void Five_thousand_wildcards_can_be_asked_for_at_once()
    {
        Register("a7", "b");
        var query = new AlphaQuery { Names = [.. Enumerable.Range(0, 5_000).Select(i => $"?{i}*")] };

        Assert.Equal("a7", Assert.Single(Registry.Search(query, OperationContext.Silent)).Name);
    }

    [Fact]
    public void A_search_that_is_cancelled_stops()
    {
        Register([.. Enumerable.Repeat("a", 2000)]);
        using var stop = new CancellationTokenSource();

        var seen = 0;
        Assert.ThrowsAny<OperationCanceledException>(() =>
        {
            foreach (
                var _ in Registry.Search(new AlphaQuery(), new OperationContext { Cancellation = stop.Token })
            )
            {
                if (++seen == 10)
                {
                    stop.Cancel();
                }
            }
        });

        Assert.Equal(10, seen);
        Assert.Equal(2000, Registry.Search(new AlphaQuery(), OperationContext.Silent).Count());
    }

    [Fact]
    public void Registering_is_on_record()
    {
        Register("mom");

        var entry = _temp.Store.Read(connection =>
            connection
                .Query(
                    row => (row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetString(3)),
                    "SELECT action, name, version, who FROM audit_log"
                )
                .Single()
        );

        Assert.Equal(("register", "mom", 1L), (entry.Item1, entry.Item2, entry.Item3));
        Assert.StartsWith(Environment.UserName, entry.Item4, StringComparison.Ordinal);
    }

    [Fact]
    public void A_metric_to_sort_by_that_no_alpha_has_is_warned_about()
    {
        var draft = new AlphaDraft { Name = "a", Metrics = new MetricValues([new("sharpe", 1)]) };
        Assert.Single(Registry.Register([draft], OperationContext.Silent));
        var warnings = new List<string>();

        var query = new AlphaQuery { SortBy = "shrpe" };
        Assert.Single(Registry.Search(query, new OperationContext { Warn = warnings.Add }));

        Assert.Contains("Did you mean 'sharpe'?", Assert.Single(warnings), StringComparison.Ordinal);
    }

    private List<Alpha> Register(params string[] names) =>
        [.. Registry.Register(names.Select(name => new AlphaDraft { Name = name }), OperationContext.Silent)];

    private static ExperimentRun Run(RunStatus status) =>
        new()
        {
            RunId = "20260101-120000-abcdef.1",
            ExperimentId = "20260101-120000-abcdef",
            Name = "sma",
            Parameters = new ParameterValues([new("fast", 10L)]),
            Metrics = new MetricValues([new("sharpe", 1.5)]),
            Status = status,
            Codes = status == RunStatus.Rejected ? ["PARAM_NOT_FINITE"] : [],
            From = new DateTime(2015, 1, 1, 0, 0, 0, DateTimeKind.Utc),
            To = new DateTime(2016, 1, 1, 0, 0, 0, DateTimeKind.Utc),
            Seed = 0,
            FeatureSet = "fx",
            FeatureVersion = 2,
            CodeHash = "code",
            DataHash = "data",
            Duration = TimeSpan.FromSeconds(1),
        };
}
