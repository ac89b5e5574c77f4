using AlphaFactory.Core.Features;

namespace AlphaFactory.Core.Tests.Features;

public sealed class DerivedColumnTests : IDisposable
{
    private static readonly KeyValuePair<string, string>[] Formulas =
    [
        new("momentum", "close / delay(close, 3) - 1"),
        new("mean", "ts_mean(close, 4)"),
        new("place", "rank(close)"),
    ];

    private readonly FeatureBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(PanelAlignment.Outer, null)]
    [InlineData(PanelAlignment.Inner, null)]
    [InlineData(PanelAlignment.Outer, 20)]
    [InlineData(PanelAlignment.Inner, 20)]
    public void Values_are_those_of_pandas_wherever_the_rows_begin(PanelAlignment align, int? day)
    {
        var set = _bench.Import(File.ReadAllText(Repository.File("tests", "reference", "derived.csv")));
        DateTime? from = day is { } d ? FeatureBench.Day(2020, 1, d) : null;
        var query = new FeatureQuery
        {
            Set = set,
            From = from,
            Expressions = Formulas,
            Align = align,
        };
        var prefix = align == PanelAlignment.Outer ? "outer_" : "inner_";
        var rows = _bench.Features.Read(query, OperationContext.Silent).ToList();

        Assert.Equal(_bench.Rows(set, q => q with { From = from }).Count, rows.Count);
        Assert.Equal(Formulas.Select(formula => formula.Key), rows[0].Columns.Skip(set.Columns.Count));
        foreach (var row in rows)
        {
            for (var i = 0; i < Formulas.Length; i++)
            {
                var column = set.Columns.TakeWhile(c => c.Name != prefix + Formulas[i].Key).Count();
                Expect((double?)row.Values[column], (double?)row.Values[set.Columns.Count + i]);
            }
        }

        static void Expect(double? expected, double? actual)
        {
            Assert.Equal(expected is null, actual is null);
            Assert.InRange(
                Math.Abs((actual - expected) ?? 0),
                0,
                1e-12 * Math.Max(1, Math.Abs(expected ?? 0))
            );
        }
    }

    [Fact]
    public void A_derived_column_stands_where_it_is_named_and_else_at_the_end()
    {
        var set = _bench.Import("time,entity,v,note\n2020-01-01,A,1,x\n2020-01-02,A,3,y\n");
        var query = new FeatureQuery
        {
            Set = set,
            Columns = ["Gain", "time"],
            Expressions = [new("gain", "delta(v, 1)"), new("twice", "2 * v")],
        };
        var rows = _bench.Features.Read(query, OperationContext.Silent).ToList();

        Assert.Equal(["gain", "time", "twice"], rows[0].Columns);
        Assert.Equal(
            [
                [null, FeatureBench.Day(2020, 1, 1), 2.0],
                [2.0, FeatureBench.Day(2020, 1, 2), 6.0],
            ],
            rows.Select(row => row.Values)
        );
    }

    [Fact]
    public void Ranks_are_among_the_entities_asked_for_and_a_set_without_is_one()
    {
        var set = _bench.Import("time,entity,v\n2020-01-01,A,1\n2020-01-01,B,2\n2020-01-01,C,3\n");
        Assert.Equal([1 / 3.0, 2 / 3.0, 1.0], Derived(set, "rank(v)"));
        Assert.Equal([0.5, 1.0], Derived(set, "rank(v)", q => q with { Entities = ["C", "B"] }));

        var alone = _bench.Import("time,v\n2020-01-01,5\n2020-01-02,7\n", r => r with { Name = "alone" });
        Assert.Equal([null, 2.0], Derived(alone, "delta(v, 1)"));
    }

    [Fact]
    public void A_formula_sees_what_was_known_then_and_the_version_asked_for()
    {
        const string revised =
            "time,entity,v,known\n2020-01-01,A,1,2020-01-02\n2020-01-01,A,5,2020-02-01\n2020-01-02,A,8,2020-01-03\n";
        var set = _bench.Import(revised, r => r with { Known = "known" });

        Assert.Equal([null, 3.0], Derived(set, "delta(v, 1)"));
        Assert.Equal(
            [null, 7.0],
            Derived(set, "delta(v, 1)", q => q with { AsOf = FeatureBench.Day(2020, 1, 31) })
        );
        Assert.Equal(
            [7.0],
            Derived(
                set,
                "delta(v, 1)",
                q => q with { AsOf = FeatureBench.Day(2020, 1, 31), From = FeatureBench.Day(2020, 1, 2) }
            )
        );
        _bench.Import(
            "time,entity,v,known\n2020-01-01,A,0,2020-01-02\n",
            r => r with { Known = "known", Mode = ImportMode.Replace }
        );
        Assert.Equal([null, 3.0], Derived(_bench.Features.Find("x", 1), "delta(v, 1)"));
        Assert.Equal(
            ErrorId.SpecInvalid,
            Assert.Throws<AlphaFactoryException>(() => Derived(set, "v", q => q with { History = true })).Id
        );
    }

    [Theory]
    [InlineData("d", "v + + )", ErrorId.ExpressionSyntax, "line 1, column 5")]
    [InlineData(
        "d",
        "v + clse",
        ErrorId.ExpressionSyntax,
        "line 1, column 5: there is no column of numbers 'clse'"
    )]
    [InlineData(
        "d",
        "note + 1",
        ErrorId.ExpressionSyntax,
        "line 1, column 1: there is no column of numbers 'note'"
    )]
    [InlineData("d", "ts_mean(v, $n)", ErrorId.ExpressionSyntax, "the parameter $n has no value")]
    [InlineData("d", "delay(v, -1)", ErrorId.ExpressionSyntax, "line 1, column 10")]
    [InlineData("V", "v", ErrorId.SchemaMismatch, "There is a column 'V' already")]
    [InlineData("", "v", ErrorId.SchemaMismatch, "printable name")]
    public void What_is_wrong_is_named_with_its_place(string name, string text, ErrorId id, string says)
    {
        var set = _bench.Import("time,entity,v,note\n2020-01-01,A,1,x\n");
        var error = Assert.Throws<AlphaFactoryException>(() =>
            _bench.Rows(set, q => q with { Expressions = [new(name, text)] })
        );

        Assert.Equal(id, error.Id);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Derived_columns_are_exported_in_every_format()
    {
        var set = _bench.Import("time,entity,v\n2020-01-01,A,1\n2020-01-02,A,3\n");
        var query = new FeatureQuery { Set = set, Expressions = [new("gain", "delta(v, 1)")] };
        foreach (var name in (string[])["d.csv", "d.parquet", "d.json"])
        {
            Assert.Equal(
                2,
                FeatureFile.Write(_bench.PathOf(name), query, false, false, OperationContext.Silent)
            );
        }

        Assert.Equal(
            "time,entity,v,gain\n2020-01-01,A,1,\n2020-01-02,A,3,2\n",
            File.ReadAllText(_bench.PathOf("d.csv"))
        );
        Assert.Contains("\"gain\":2", File.ReadAllText(_bench.PathOf("d.json")), StringComparison.Ordinal);
        var again = _bench.Import(
            new ImportRequest
            {
                Name = "again",
                Paths = [_bench.PathOf("d.parquet")],
                Time = "time",
                Entity = "entity",
            }
        );
        Assert.Equal([null, 2.0], _bench.Rows(again.Set).Select(row => row[3]));
    }

    private List<object?> Derived(
        FeatureSet set,
        string formula,
        Func<FeatureQuery, FeatureQuery>? change = null
    )
    {
        var query = new FeatureQuery
        {
            Set = set,
            Columns = [],
            Expressions = [new("derived", formula)],
        };
        return _bench
            .Features.Read(change?.Invoke(query) ?? query, OperationContext.Silent)
            .Select(row => row.Values.Single())
            .ToList();
    }
}
