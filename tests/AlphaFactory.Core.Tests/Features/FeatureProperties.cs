using System.Globalization;
using AlphaFactory.Core.Features;
using CsCheck;

namespace AlphaFactory.Core.Tests.Features;

public sealed class FeatureProperties
{
    private static readonly string[] Entities = ["A", "b", "Ä", "a b", "NA"];

    private static readonly Gen<string> Word = Gen.String[Gen.Char["abcXYZ é\"';,|\n\t=漢"], 1, 8]
        .Select(text => "w" + text + "w");

    private static readonly Gen<object?[]> Values = Gen.Select(
            Gen.Double[-1e9, 1e9].Nullable(),
            Gen.Long.Nullable(),
            Gen.Bool.Nullable(),
            Word.Null(),
            Gen.Long[-62_000_000_000_000_000, 200_000_000_000_000_000].Nullable()
        )
        .Select(
            (a, b, c, d, e) =>
                new object?[] { a, b, c, d, e is { } us ? DateTime.UnixEpoch.AddTicks(us * 10) : null }
        );

    private static readonly Gen<List<Row>> Table = Gen.Select(
            Gen.Int[0, 40],
            Gen.Int[0, 4].Select(i => Entities[i]),
            Values
        )
        .Select((bar, entity, values) => new Row(bar, entity, values))
        .List[1, 60]
        .Select(rows => rows.DistinctBy(row => (row.Bar, row.Entity)).ToList());

    [Fact]
    public void What_is_imported_is_what_is_read() =>
        Table.Sample(
            table =>
            {
                using var bench = new FeatureBench();
                var set = bench.Import(bench.Request(Csv(table), Typed)).Set;
                var expected = table
                    .OrderBy(row => row.Entity, StringComparer.Ordinal)
                    .ThenBy(row => row.Bar)
                    .Select(row => ((object?[])[row.Time, row.Entity, .. row.Values]));
                Assert.Equal(expected, bench.Rows(set));
            },
            iter: 40
        );

    [Fact]
    public void The_hash_does_not_depend_on_the_order_or_the_files_but_on_every_value() =>
        Gen.Select(Table, Gen.Int[0, 1000], Gen.Int[0, 59])
            .Sample(
                (table, seed, cut) =>
                {
                    using var bench = new FeatureBench();
                    var first = bench.Import(bench.Request(Csv(table), Typed)).Set;

                    var shuffled = table.OrderBy(row => HashCode.Combine(row.Bar * 7919 + seed)).ToList();
                    cut = Math.Min(cut, shuffled.Count - 1);
                    var request = Typed(bench.Request(Csv(shuffled[..(cut + 1)])));
                    var rest = bench.Request(Csv(shuffled[(cut + 1)..])).Paths;
                    var again = bench.Import(request with { Paths = [.. request.Paths, .. rest] });
                    Assert.True(again.Existing);

                    var changed = shuffled.ToList();
                    changed[cut] = changed[cut] with
                    {
                        Values = [.. changed[cut].Values[..^1], DateTime.UnixEpoch.AddYears(-1900)],
                    };
                    var other = bench
                        .Import(bench.Request(Csv(changed), r => Typed(r) with { Name = "y" }))
                        .Set;
                    Assert.NotEqual(first.ContentHash, other.ContentHash);
                },
                iter: 30
            );

    [Fact]
    public void A_panel_is_what_one_would_lay_out_by_hand() =>
        Gen.Select(Table, Gen.Int[0, 40], Gen.Int[0, 40], Gen.Bool)
            .Sample(
                (table, from, to, inner) =>
                {
                    using var bench = new FeatureBench();
                    // Several row groups, so that an entity is cut apart by them.
                    var limits = SortLimits.Default with
                    {
                        Group = 7,
                    };
                    var set = bench
                        .Import(bench.Request(Csv(table), r => Typed(r) with { Limits = limits }))
                        .Set;
                    var request = new PanelRequest
                    {
                        From = Row.At(from),
                        To = Row.At(to),
                        Align = inner ? PanelAlignment.Inner : PanelAlignment.Outer,
                    };
                    var panel = bench.Features.LoadPanel(set, request, OperationContext.Silent);

                    var rows = table.Where(row => row.Bar >= from && row.Bar <= to).ToList();
                    var entities = rows.Select(r => r.Entity)
                        .Distinct(StringComparer.Ordinal)
                        .Order(StringComparer.Ordinal)
                        .ToList();
                    var bars = rows.GroupBy(row => row.Time)
                        .Where(bar => !inner || bar.Count() == entities.Count)
                        .Select(bar => bar.Key)
                        .Order()
                        .ToList();
                    Assert.Equal(entities, panel.Entities);
                    Assert.Equal(bars, panel.Times);
                    for (var e = 0; e < entities.Count; e++)
                    {
                        var expected = bars.Select(bar =>
                            rows.SingleOrDefault(r => r.Time == bar && r.Entity == entities[e])?.Values[0]
                                as double?
                            ?? double.NaN
                        );
                        Assert.Equal(expected, panel.Series("d", e).ToArray());
                    }
                },
                iter: 40
            );

    private static ImportRequest Typed(ImportRequest request) =>
        request with
        {
            Schema = new Dictionary<string, FeatureType>(StringComparer.OrdinalIgnoreCase)
            {
                ["d"] = FeatureType.Double,
                ["l"] = FeatureType.Long,
                ["b"] = FeatureType.Bool,
                ["s"] = FeatureType.Text,
                ["t"] = FeatureType.Timestamp,
            },
        };

    private static string Csv(IEnumerable<Row> rows) =>
        "time,entity,d,l,b,s,t\n"
        + string.Concat(
            rows.Select(row =>
                string.Join(',', ((object?[])[row.Time, row.Entity, .. row.Values]).Select(Field)) + "\n"
            )
        );

    private static string Field(object? value) =>
        value switch
        {
            null => "",
            DateTime time => UtcDate.Format(time),
            string text => "\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString()!,
        };

    private sealed record Row(int Bar, string Entity, object?[] Values)
    {
        public DateTime Time => At(Bar);

        public static DateTime At(int bar) => DateTime.UnixEpoch.AddHours(bar * 24.5);
    }
}
