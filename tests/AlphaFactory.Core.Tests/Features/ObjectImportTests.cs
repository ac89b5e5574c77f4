using System.Globalization;
using System.Numerics;
using AlphaFactory.Core.Features;

namespace AlphaFactory.Core.Tests.Features;

public sealed class ObjectImportTests : IDisposable
{
    private readonly FeatureBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Values_give_the_types_and_columns_come_in_the_order_of_their_first_appearance()
    {
        var day = FeatureBench.Day(2020, 1, 1);
        var set = Import(
            [("time", day), ("d", 1.5f), ("l", (byte)3), ("b", true), ("s", "x")],
            [("Time", day.AddDays(1)), ("late", DateOnly.FromDateTime(day)), ("l", 4UL)],
            [("time", new DateTimeOffset(2020, 1, 3, 1, 0, 0, TimeSpan.FromHours(1))), ("D", 0.1m)]
        );

        Assert.Equal(
            [
                ("time", FeatureType.Timestamp),
                ("d", FeatureType.Double),
                ("l", FeatureType.Long),
                ("b", FeatureType.Bool),
                ("s", FeatureType.Text),
                ("late", FeatureType.Timestamp),
            ],
            set.Columns.Select(column => (column.Name, column.Type))
        );
        Assert.Equal(
            [
                [day, 1.5, 3L, true, "x", null],
                [day.AddDays(1), null, 4L, null, null, day],
                [day.AddDays(2), 0.1, null, null, null, null],
            ],
            _bench.Rows(set)
        );
    }

    [Theory]
    [InlineData("de-DE")]
    [InlineData("ar-SA")]
    [InlineData("en-US")]
    public void Texts_are_read_as_those_of_a_file_in_any_culture(string culture)
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
        try
        {
            var set = Import([("time", "2020-01-01"), ("v", "1.5")], [("time", "2020-01-02"), ("v", "NA")]);
            var file = _bench.Import("time,v\n2020-01-02,\n2020-01-01,1.5\n", r => r with { Name = "y" });

            Assert.Equal(file.ContentHash, set.ContentHash);
            Assert.Equal([1.5, null], _bench.Rows(set).Select(row => row[1]));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void A_schema_makes_what_it_says_of_values()
    {
        var set = Import(
            r =>
                r with
                {
                    Schema = new Dictionary<string, FeatureType>(StringComparer.OrdinalIgnoreCase)
                    {
                        ["v"] = FeatureType.Text,
                        ["w"] = FeatureType.Double,
                    },
                    DateFormat = "yyyyMMdd",
                },
            [("time", 20200101), ("v", 7), ("w", 7)]
        );

        Assert.Equal([FeatureBench.Day(2020, 1, 1), "7", 7.0], _bench.Rows(set).Single());
    }

    [Fact]
    public void A_value_that_is_none_is_named()
    {
        var error = Assert.Throws<AlphaFactoryException>(() =>
            Import([("time", "2020-01-01"), ("v", 1)], [("time", "2020-01-02"), ("v", new[] { 1, 2 })])
        );
        Assert.Equal(ErrorId.RowInvalid, error.Id);
        Assert.Contains("row 2, column 'v'", error.Message, StringComparison.Ordinal);

        var missing = Assert.Throws<AlphaFactoryException>(() => Import([("time", null), ("v", 1)]));
        Assert.Equal(ErrorId.RowInvalid, missing.Id);
        Assert.Empty(_bench.Features.List("*"));
        Assert.Empty(_bench.Leftovers());
    }

    [Fact]
    public void Big_numbers_are_numbers_and_no_number_is_missing()
    {
        var set = Import(
            [("time", "2020-01-01"), ("v", ulong.MaxValue), ("w", BigInteger.Pow(10, 30))],
            [("time", "2020-01-02"), ("v", double.NaN), ("w", double.PositiveInfinity)]
        );

        Assert.Equal([18446744073709551615.0, null], _bench.Rows(set).Select(row => row[1]));
        Assert.Equal([1e30, double.PositiveInfinity], _bench.Rows(set).Select(row => row[2]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\u0001")]
    public void A_name_that_cannot_head_a_column_is_refused(string name) =>
        Assert.Equal(
            ErrorId.FileFormatInvalid,
            Assert.Throws<AlphaFactoryException>(() => Import([("time", "2020-01-01"), (name, 1)])).Id
        );

    [Fact]
    public void No_objects_are_no_version() => Assert.Throws<AlphaFactoryException>(() => Import());

    private FeatureSet Import(params (string, object?)[][] rows) => Import(r => r, rows);

    private FeatureSet Import(
        Func<ImportRequest, ImportRequest> change,
        params (string Name, object? Value)[][] rows
    )
    {
        var objects = new ObjectRows();
        foreach (var row in rows)
        {
            objects.Add(row.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        }

        var request = new ImportRequest
        {
            Name = "x",
            Rows = objects,
            Time = "time",
        };
        return _bench.Import(change(request)).Set;
    }
}
