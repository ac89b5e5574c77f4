using AlphaFactory.Core.Features;
using CsCheck;

namespace AlphaFactory.Core.Tests.Features;

public sealed class JoinTests : IDisposable
{
    private readonly FeatureBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void A_row_gets_what_had_come_and_was_known_and_never_what_came_later()
    {
        var spine = _bench.Import(
            "time,entity,r\n2020-01-01,A,1\n2020-01-05,A,2\n2020-01-09,A,3\n2020-01-09,B,4\n",
            r => r with { Name = "spine" }
        );
        var prices = _bench.Import(
            "time,entity,v,known\n2020-01-02,A,10,2020-01-03\n2020-01-02,A,11,2020-01-08\n2020-01-04,A,12,2020-01-20\n",
            r => r with { Name = "prices", Known = "known" }
        );
        var rates = _bench.Import("time,v,r\n2020-01-04,0.5,7\n", r => r with { Name = "rates" });

        var rows = Join(new JoinRequest { Spine = spine, With = [prices, rates] });

        Assert.Equal(["time", "entity", "r", "prices_v", "rates_v", "rates_r"], rows[0].Columns);
        Assert.Equal([null, 10L, 11L, null], rows.Select(row => row.Values[3]));
        Assert.Equal([null, 0.5, 0.5, 0.5], rows.Select(row => row.Values[4]));
        Assert.Equal([1L, 2L, 3L, 4L], rows.Select(row => row.Values[2]));

        var tolerant = Join(
            new JoinRequest
            {
                Spine = spine,
                With = [prices],
                Tolerance = TimeSpan.FromDays(3),
            }
        );
        Assert.Equal([null, 10L, null, null], tolerant.Select(row => row.Values[3]));
    }

    [Fact]
    public void Objects_keep_their_order_and_need_a_time_and_entities_where_the_set_has_them()
    {
        var set = _bench.Import("time,entity,v\n2020-01-01,A,1\n2020-01-03,A,3\n");
        var spine = new ObjectRows();
        spine.Add([new("who", "A"), new("at", "2020-01-04T00:00:00Z")]);
        spine.Add([new("who", "A"), new("at", FeatureBench.Day(2020, 1, 2)), new("note", "x")]);
        var request = new JoinRequest
        {
            Rows = spine,
            Time = "At",
            Entity = "who",
            With = [set],
        };

        var rows = Join(request);
        Assert.Equal(["who", "at", "note", "v"], rows[0].Columns);
        Assert.Equal(
            [
                ["A", FeatureBench.Day(2020, 1, 4), null, 3L],
                ["A", FeatureBench.Day(2020, 1, 2), "x", 1L],
            ],
            rows.Select(row => row.Values)
        );
        Assert.Equal(ErrorId.SchemaMismatch, Fail(request with { Entity = null }).Id);
        Assert.Equal(ErrorId.SchemaMismatch, Fail(request with { Time = "when" }).Id);
        Assert.Equal(ErrorId.SpecInvalid, Fail(request with { Tolerance = TimeSpan.FromTicks(-1) }).Id);
        spine.Add([new("who", "A"), new("at", "soon")]);
        Assert.Equal(ErrorId.RowInvalid, Fail(request).Id);
        Assert.Empty(Join(request with { Rows = new ObjectRows() }));
    }

    [Fact]
    public void A_join_is_what_its_definition_picks_from_any_history() =>
        Gen.Select(
                Histories.Many,
                Gen.Select(Gen.Int[-1, 14], Gen.Int[0, 3], Gen.Int[0, Histories.Count - 1]).Array[200],
                Gen.Int[0, 6].Nullable(),
                Gen.Bool
            )
            .Sample(
                (entries, spine, tolerance, hasKnown) =>
                {
                    var history = hasKnown
                        ? entries.DistinctBy(row => (row.Entity, row.Time, row.Known)).ToArray()
                        : entries.DistinctBy(row => (row.Entity, row.Time)).ToArray();
                    using var bench = new FeatureBench();
                    var set = bench.Import(
                        Histories.Csv(history),
                        r => r with { Known = hasKnown ? "known" : null }
                    );
                    var rows = new ObjectRows();
                    foreach (var (time, entity, number) in spine)
                    {
                        rows.Add([new("t", Histories.At(time)), new("e", Name(entity, number))]);
                    }

                    var joined = bench.Features.Join(
                        new JoinRequest
                        {
                            Rows = rows,
                            Time = "t",
                            Entity = "e",
                            With = [set],
                            Tolerance = tolerance is { } hours ? TimeSpan.FromHours(hours) : null,
                        },
                        OperationContext.Silent
                    );
                    Assert.Equal(
                        spine.Select(row => (object?)Naive(history, row.Item1, Name(row.Item2, row.Item3))),
                        joined.Select(row => row.Values[^1])
                    );

                    long? Naive(HistoryRow[] all, int time, string entity) =>
                        all.Where(row =>
                                row.Entity == entity
                                && row.Time <= time
                                && (!hasKnown || row.Known <= time)
                                && (tolerance is null || time - row.Time <= tolerance)
                            )
                            .OrderByDescending(row => row.Time)
                            .ThenByDescending(row => row.Known)
                            .FirstOrDefault()
                            ?.Value;
                },
                iter: 60
            );

    private static string Name(int entity, int history) =>
        FormattableString.Invariant($"{((string[])["A", "B", "Ä", "absent"])[entity]}{history}");

    private List<FeatureRow> Join(JoinRequest request) =>
        [.. _bench.Features.Join(request, OperationContext.Silent)];

    private AlphaFactoryException Fail(JoinRequest request) =>
        Assert.Throws<AlphaFactoryException>(() => Join(request));
}
