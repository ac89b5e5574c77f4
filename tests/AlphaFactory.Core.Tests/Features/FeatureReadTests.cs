using AlphaFactory.Core.Expressions;
using AlphaFactory.Core.Features;

namespace AlphaFactory.Core.Tests.Features;

public sealed class FeatureReadTests : IDisposable
{
    // B has no bar on the 2nd, A none on the 4th.
    private const string Csv = """
        day,name,close,n,up,note
        2020-01-01,A,1.5,1,true,x
        2020-01-02,A,2.5,2,false,
        2020-01-03,A,,3,,y
        2020-01-01,B,10.5,,true,
        2020-01-03,B,30.5,30,false,z
        2020-01-04T12:00:00Z,B,40.5,40,true,z
        """;

    private readonly FeatureBench _bench = new();
    private readonly FeatureSet _set;

    public FeatureReadTests() => _set = _bench.Import(Csv, r => r with { Time = "day", Entity = "name" });

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Rows_are_cut_by_time_and_entity_and_columns_come_in_the_order_wanted()
    {
        var query = new FeatureQuery
        {
            Set = _set,
            Columns = ["CLOSE", "day"],
            Entities = ["B"],
            From = FeatureBench.Day(2020, 1, 3),
            To = UtcDate.EndOfDay(FeatureBench.Day(2020, 1, 4)),
        };
        var rows = _bench.Features.Read(query, OperationContext.Silent).ToList();

        Assert.Equal(["close", "day"], rows[0].Columns);
        Assert.Equal([30.5, 40.5], rows.Select(row => row.Values[0]));
        Assert.Equal(2, _bench.Rows(_set, q => q with { To = FeatureBench.Day(2020, 1, 1) }).Count);
        Assert.Empty(_bench.Rows(_set, q => q with { From = FeatureBench.Day(2021, 1, 1) }));
    }

    [Theory]
    [InlineData("clse", null, "no column 'clse'. Did you mean 'close'?")]
    [InlineData(null, "b", "no entity 'b' (case counts)")]
    public void A_column_or_entity_that_is_not_there_is_named(string? column, string? entity, string says)
    {
        var error = Assert.Throws<AlphaFactoryException>(() =>
            _bench.Rows(
                _set,
                q =>
                    q with
                    {
                        Columns = column is null ? null : [column],
                        Entities = entity is null ? null : [entity],
                    }
            )
        );

        Assert.Equal(ErrorId.SchemaMismatch, error.Id);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_outer_panel_has_every_bar_and_an_inner_one_those_that_all_have()
    {
        var outer = Panel(new PanelRequest());
        Assert.Equal(["A", "B"], outer.Entities);
        Assert.Equal(4, outer.Bars);
        Assert.Equal(["close", "n", "up"], outer.Columns.Order(StringComparer.Ordinal));
        Assert.Equal([1.5, 2.5, double.NaN, double.NaN], outer.Series("close", 0).ToArray());
        Assert.Equal([10.5, double.NaN, 30.5, 40.5], outer.Series("close", 1).ToArray());
        Assert.Equal([1, 2, 3, double.NaN], outer.Series("n", 0).ToArray());
        Assert.Equal([1, 0, double.NaN, double.NaN], outer.Series("up", 0).ToArray());

        var inner = Panel(new PanelRequest { Align = PanelAlignment.Inner, Columns = ["Close"] });
        Assert.Equal([FeatureBench.Day(2020, 1, 1), FeatureBench.Day(2020, 1, 3)], inner.Times);
        Assert.Equal([1.5, double.NaN, 10.5, 30.5], inner.Column("close").ToArray());
    }

    [Fact]
    public void A_panel_is_cut_before_it_is_aligned()
    {
        var alone = Panel(new PanelRequest { Entities = ["A"], Columns = ["close"] });
        Assert.Equal(3, alone.Bars);

        var late = Panel(new PanelRequest { From = FeatureBench.Day(2020, 1, 4), Columns = ["close"] });
        Assert.Equal(["B"], late.Entities);

        var wanted = Panel(
            new PanelRequest
            {
                From = FeatureBench.Day(2020, 1, 4),
                Entities = ["B", "A"],
                Columns = ["close"],
            }
        );
        Assert.Equal(["A", "B"], wanted.Entities);
        Assert.Equal([double.NaN, 40.5], wanted.Column("close").ToArray());
    }

    [Fact]
    public void A_panel_takes_numbers_only()
    {
        var error = Assert.Throws<AlphaFactoryException>(() =>
            Panel(new PanelRequest { Columns = ["close", "note"] })
        );

        Assert.Equal(ErrorId.SchemaMismatch, error.Id);
        Assert.Contains("'note' of feature set 'x' is text", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_set_without_entities_is_one_entity_of_the_sets_name()
    {
        var set = _bench.Import("time,v\n2020-01-02,2\n2020-01-01,1\n", r => r with { Name = "spx" });
        var panel = _bench.Features.LoadPanel(
            set,
            new PanelRequest { Entities = ["spx"] },
            OperationContext.Silent
        );

        Assert.Equal(1, set.Entities);
        Assert.Equal(["spx"], panel.Entities);
        Assert.Equal([1, 2], panel.Column("v").ToArray());
    }

    [Fact]
    public void More_rows_than_a_row_group_holds_are_read_whole_and_in_part()
    {
        var rows = SortLimits.Default.Group + 1_000;
        var lines = Enumerable
            .Range(0, rows)
            .Select(i =>
                $"{UtcDate.Format(DateTime.UnixEpoch.AddHours(i / 2))},{(i % 2 == 0 ? "A" : "B")},{i}"
            );
        var set = _bench.Import("time,entity,v\n" + string.Join('\n', lines), r => r with { Name = "big" });

        Assert.Equal(rows, _bench.Rows(set).Count);
        var last = _bench.Rows(set, q => q with { Entities = ["B"], From = set.To });
        Assert.Equal([set.To, "B", (long)rows - 1], last.Single());
    }

    private Panel Panel(PanelRequest request) =>
        _bench.Features.LoadPanel(_set, request, OperationContext.Silent);
}
