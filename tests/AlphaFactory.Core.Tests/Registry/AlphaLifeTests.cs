using AlphaFactory.Core.Registry;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Tests.Registry;

public sealed class AlphaLifeTests : IDisposable
{
    private static readonly DateTime Then = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    private readonly TempStore _temp = new();

    private AlphaRegistry Registry => new(_temp.Store);

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void A_change_is_found_and_told_with_who_when_why_and_what_it_was()
    {
        var alpha = Register("mom");

        var changed = Change(
            alpha,
            new AlphaChange
            {
                Stage = AlphaStage.Live,
                AddTags = new TagList(["🚀", "FX"]),
                RemoveTags = new TagList(["RATES", "nosuch"]),
                Description = "new",
                Reason = "it \"works\"",
            }
        );

        Assert.Equal(
            (AlphaStage.Live, "fx;🚀", "new"),
            (changed.Stage, $"{changed.Tags}", changed.Description)
        );
        Assert.Equal(changed, Registry.Find("mom"));
        Assert.Single(Search(new AlphaQuery { Tags = ["🚀"], Stages = [AlphaStage.Live] }));
        Assert.Empty(Search(new AlphaQuery { Tags = ["rates"] }));
        var history = History(new AlphaHistoryQuery { Since = Then });
        Assert.Equal(
            [("Tags", "fx;rates", "fx;🚀"), ("Description", "old", "new"), ("Stage", "Research", "Live")],
            history.Select(entry => (entry.What!, entry.Old!, entry.New!))
        );
        Assert.All(
            history,
            entry =>
                Assert.Equal(
                    (
                        "set",
                        "mom",
                        1,
                        Then,
                        "it \"works\"",
                        $"{Environment.UserName}@{Environment.MachineName}"
                    ),
                    (entry.Action, entry.Name, entry.Version, entry.At, entry.Reason, entry.Who)
                )
        );
    }

    [Fact]
    public void What_is_so_already_leaves_no_trace()
    {
        var alpha = Register("mom");

        Change(
            alpha,
            new AlphaChange
            {
                Stage = alpha.Stage,
                Description = alpha.Description,
                AddTags = new TagList(["FX"]),
                RemoveTags = new TagList(["nosuch"]),
            }
        );

        Assert.Equal("register", Assert.Single(History(new AlphaHistoryQuery())).Action);
        Assert.Equal(alpha, Registry.Find("mom"));
    }

    [Fact]
    public void Everything_else_of_a_version_stays()
    {
        Register("mom");
        var (first, second) = (Registry.Find("mom", 1), Register("mom"));

        Change(first, new AlphaChange { Stage = AlphaStage.Retired });

        Assert.Equal(first with { Stage = AlphaStage.Retired }, Registry.Find("mom", 1));
        Assert.Equal(second, Registry.Find("mom"));
    }

    [Theory]
    [InlineData("a;b", "")]
    [InlineData("a\0", "")]
    [InlineData("a", "A")]
    public void A_change_that_cannot_be_kept_or_contradicts_itself_is_refused(string add, string remove)
    {
        var alpha = Register("mom");
        var change = new AlphaChange { AddTags = new TagList([add]), RemoveTags = new TagList([remove]) };

        var error = Assert.Throws<AlphaFactoryException>(() => Change(alpha, change));

        Assert.Equal(ErrorId.NameInvalid, error.Id);
        Assert.Equal(alpha, Registry.Find("mom"));
    }

    [Fact]
    public void A_number_is_not_given_twice_while_the_name_lives()
    {
        var alphas = new[] { Register("mom"), Register("mom"), Register("mom") };

        Unregister(alphas[2]);

        Assert.Equal(2, Registry.Find("mom").Version);
        Assert.Single(Search(new AlphaQuery { Latest = true, Versions = [2] }));
        Assert.Equal(4, Register("mom").Version);
        Assert.Equal([1, 2, 4], Search(new AlphaQuery()).Select(alpha => alpha.Version));
    }

    [Fact]
    public void When_the_last_version_is_gone_the_name_is_free_again()
    {
        var alphas = new[] { Register("Mom"), Register("mom") };

        Unregister(alphas);

        Assert.Equal(
            ErrorId.AlphaNotFound,
            Assert.Throws<AlphaFactoryException>(() => Registry.Find("mom")).Id
        );
        Assert.Equal("mOM v1", Register("mOM").ToString());
    }

    [Fact]
    public void Nothing_of_what_is_removed_is_found_any_more()
    {
        var gone = Register("gone");
        var stays = Register("stays");

        Unregister(gone);

        Assert.Equal([stays], Search(new AlphaQuery()));
        Assert.Equal([stays], Search(new AlphaQuery { Tags = ["fx"] }));
        Assert.Equal([stays], Search(new AlphaQuery { MinMetrics = new MetricBounds([new("sharpe", 0)]) }));
        Assert.Equal([stays], Search(new AlphaQuery { Parameters = gone.Parameters }));
        string[] tables =
        [
            "alphas",
            "alpha_metrics WHERE metric_id = 1",
            "alpha_parameters WHERE parameter_id = 1",
            "alpha_tags WHERE tag_id = 1",
        ];
        Assert.All(
            tables,
            table =>
                Assert.Equal(
                    1L,
                    _temp.Store.Read(connection => connection.Scalar($"SELECT COUNT(*) FROM {table}"))
                )
        );
    }

    [Fact]
    public void History_stays_and_can_be_asked_by_name_version_and_time()
    {
        var (first, second) = (Register("mom"), Register("mom"));
        Register("carry");
        Unregister(first, second);

        Assert.Equal(
            ["unregister mom v2", "unregister mom v1", "register mom v2", "register mom v1"],
            History(new AlphaHistoryQuery { Name = "MOM" }).Select(Short)
        );
        Assert.Equal(
            ["unregister mom v1", "register mom v1"],
            History(new AlphaHistoryQuery { Name = "m*", Versions = [1] }).Select(Short)
        );
        Assert.Equal(
            ["unregister mom v1"],
            History(
                    new AlphaHistoryQuery
                    {
                        Since = Then,
                        First = 1,
                        Skip = 1,
                    }
                )
                .Select(Short)
        );
        Assert.Equal(3, History(new AlphaHistoryQuery { Until = Then.AddTicks(-1) }).Count);
        Assert.Empty(History(new AlphaHistoryQuery { Name = "x*" }));
        var error = Assert.Throws<AlphaFactoryException>(() =>
            History(new AlphaHistoryQuery { Name = "cary" })
        );
        Assert.Equal(ErrorId.AlphaNotFound, error.Id);
        Assert.Contains("'carry'", error.Message, StringComparison.Ordinal);

        static string Short(AlphaHistoryEntry entry) => $"{entry.Action} {entry.Name} v{entry.Version}";
    }

    [Fact]
    public void What_is_not_there_any_more_is_told_and_the_rest_goes_on()
    {
        var (gone, stays) = (Register("gone"), Register("stays"));
        Unregister(gone);
        var errors = new List<AlphaFactoryException>();

        var changed = Registry.Change(
            [gone, stays],
            new AlphaChange { Stage = AlphaStage.Live },
            errors.Add,
            OperationContext.Silent
        );

        Assert.Equal("stays", Assert.Single(changed).Name);
        Assert.Equal(ErrorId.AlphaNotFound, Assert.Single(errors).Id);
    }

    [Fact]
    public void Cancelling_changes_nothing()
    {
        var alpha = Register("mom");
        using var source = new CancellationTokenSource();
        source.Cancel();
        var context = new OperationContext { Cancellation = source.Token };

        Assert.Throws<OperationCanceledException>(() => Registry.Unregister([alpha], null, Fail, context));

        Assert.Equal(alpha, Registry.Find("mom"));
    }

    private static void Fail(AlphaFactoryException error) => throw error;

    private Alpha Register(string name) =>
        Registry
            .Register(
                [
                    new AlphaDraft
                    {
                        Name = name,
                        Tags = new TagList(["fx", "rates"]),
                        Metrics = new MetricValues([new("sharpe", 1.5), new("odd", double.NaN)]),
                        Parameters = new ParameterValues([new("n", 20L)]),
                        Description = "old",
                    },
                ],
                FixedTime.Context(Then.AddDays(-1))
            )
            .Single();

    private Alpha Change(Alpha alpha, AlphaChange change) =>
        Registry.Change([alpha], change, Fail, FixedTime.Context(Then)).Single();

    private void Unregister(params Alpha[] alphas) =>
        Registry.Unregister(alphas, null, Fail, FixedTime.Context(Then));

    private List<Alpha> Search(AlphaQuery query) => [.. Registry.Search(query, OperationContext.Silent)];

    private List<AlphaHistoryEntry> History(AlphaHistoryQuery query) =>
        [.. Registry.History(query, OperationContext.Silent)];
}
