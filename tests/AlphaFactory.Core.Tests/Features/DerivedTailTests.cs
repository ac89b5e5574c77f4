using System.Globalization;
using AlphaFactory.Core.Expressions;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Tests.Expressions;
using CsCheck;

namespace AlphaFactory.Core.Tests.Features;

/// <summary>A query that begins later gives the last rows of the one that begins nowhere, bit for bit.</summary>
public sealed class DerivedTailTests : IDisposable
{
    private const int Days = 30;

    /// <summary>Every operator that looks back, and formulas that nest, alone and together.</summary>
    private static readonly KeyValuePair<string, string>[] Formulas =
    [
        .. Operators
            .All.Where(called => called.Notation == Notation.Function && !called.IsElementwise)
            .Select(called => KeyValuePair.Create("d_" + called.Name, Formula.Call(called, 3))),
        new("d_nested", "rank(correlation(a, delay(b, 2), 4)) - ts_mean(ts_max(a, 3), 5)"),
        new("d_infix", "a > b ? sma(a, 6) ^ 2 : -delta(b, 1) / a"),
        new("d_number", "1 / 3"),
        new("d_column", "b"),
        new("d_all", "ema(b, 3) - rank(ts_std(a, 4))"),
    ];

    private static readonly Gen<string> Number = Gen.Frequency(
        (6, Gen.Int[-40, 400].Select(number => (number / 8d).ToString(CultureInfo.InvariantCulture))),
        (1, Gen.Const(""))
    );

    // A row in four is not there; an entity may end early.
    private static readonly Gen<string> Files =
        from rows in Gen.Select(Gen.Int[0, 3], Number, Number, Gen.Bool).Array[4 * Days]
        from ends in Gen.Int[1, Days].Array[4]
        select "time,entity,a,note,b,close,volume,flag\n"
            + string.Concat(
                rows.Index()
                    .Where(row =>
                        row.Index % Days == 0
                        || (row.Item.Item1 > 0 && row.Index % Days < ends[row.Index / Days])
                    )
                    .Select(row =>
                    {
                        var (index, (some, a, b, flag)) = row;
                        // Or the columns have no type.
                        (a, b) = index == 0 ? ("1.5", "2.5") : (a, b);
                        return $"{Day(index % Days):yyyy-MM-dd},E{index / Days},{a},n{some},{b},{b},{a},{flag}\n";
                    })
            );

    private readonly FeatureBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(PanelAlignment.Outer)]
    [InlineData(PanelAlignment.Inner)]
    public void Beginning_later_gives_the_same_bits(PanelAlignment align) =>
        (
            from file in Files
            from day in Gen.Int[-1, Days]
            from last in Gen.Int[day, Days]
            from formulas in Gen.Shuffle(Formulas, 1, Formulas.Length)
            from rowsInGroup in Gen.OneOf(7, 40, 1000)
            select (file, day, last, formulas, rowsInGroup)
        ).Sample(
            sample =>
            {
                var (file, day, last, formulas, rowsInGroup) = sample;
                var set = _bench.Import(
                    file,
                    r =>
                        r with
                        {
                            Mode = ImportMode.Replace,
                            Limits = SortLimits.Default with { Group = rowsInGroup },
                        }
                );
                var whole = Rows(q => q);
                var late = Rows(q => q with { From = Day(day) });
                var time = set.Columns.TakeWhile(column => column.Name != "time").Count();
                Assert.Equal(whole.Where(row => (DateTime)row[time]! >= Day(day)), late, SameRow);

                List<object?[]> Rows(Func<FeatureQuery, FeatureQuery> change) =>
                    _bench.Rows(
                        set,
                        q => change(q with { Align = align, To = Day(last), Expressions = formulas })
                    );
            },
            iter: 25,
            threads: 1
        );

    [Fact]
    public void Only_the_entities_and_columns_that_are_asked_for_come()
    {
        var set = _bench.Import(
            "time,entity,v,note\n2020-01-01,A,1,x\n2020-01-01,B,3,y\n2020-01-02,A,4,\n2020-01-02,B,9,z\n"
        );
        List<object?[]> Rows(Func<FeatureQuery, FeatureQuery> change) =>
            _bench.Rows(set, q => change(q with { From = Day(2), Expressions = [new("d", "delta(v, 1)")] }));

        Assert.Equal(
            [
                [null, 3.0],
                ["z", 6.0],
            ],
            Rows(q => q with { Columns = ["note"] })
        );
        Assert.Equal(
            [
                [6.0],
            ],
            Rows(q => q with { Columns = [], Entities = ["B"] })
        );
        Assert.Equal(
            [
                ["B", 6.0, 9L],
            ],
            Rows(q => q with { Columns = ["entity", "d", "v"], Entities = ["B"] })
        );
        Assert.Empty(Rows(q => q with { From = Day(3) }));
    }

    [Fact]
    public void A_set_without_entities_begins_later_too()
    {
        var set = _bench.Import("time,v\n2020-01-02,5\n2020-01-03,7\n2020-01-05,4\n");

        Assert.Equal(
            [
                [Day(3), 7L, 2.0],
                [Day(5), 4L, -3.0],
            ],
            _bench.Rows(set, q => q with { From = Day(3), Expressions = [new("d", "delta(v, 1)")] })
        );
    }

    [Fact]
    public void What_was_withheld_is_counted_among_the_rows_that_come()
    {
        var set = _bench.Import(
            "time,entity,v,known\n2020-01-02,A,1,2020-01-09\n2020-01-03,A,5,2020-01-04\n2020-01-03,A,6,2020-01-09\n",
            r => r with { Known = "known" }
        );
        var said = new List<string>();
        var query = new FeatureQuery
        {
            Set = set,
            From = Day(3),
            AsOf = Day(5),
            Columns = ["v"],
            Expressions = [new("twice", "2 * v")],
        };
        var rows = _bench.Features.Read(query, OperationContext.Silent with { Verbose = said.Add }).ToList();

        Assert.Equal([5L, 10.0], rows.Single().Values);
        Assert.StartsWith("Withheld 1 row of 'x'", Assert.Single(said), StringComparison.Ordinal);
    }

    private static bool SameRow(object?[] expected, object?[] actual) =>
        expected.Length == actual.Length
        && expected
            .Zip(actual)
            .All(pair =>
                pair is (double x, double y)
                    ? BitConverter.DoubleToInt64Bits(x) == BitConverter.DoubleToInt64Bits(y)
                    : Equals(pair.First, pair.Second)
            );

    private static DateTime Day(int day) => FeatureBench.Day(2020, 1, 1).AddDays(day - 1);
}
