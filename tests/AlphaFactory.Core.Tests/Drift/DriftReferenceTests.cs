using System.Text.Json;
using AlphaFactory.Core.Drift;

namespace AlphaFactory.Core.Tests.Drift;

/// <summary>Holds every statistic against a table that numpy and scipy made (tests/reference/drift.py).</summary>
public sealed class DriftReferenceTests
{
    private static readonly JsonElement Table = JsonDocument
        .Parse(File.ReadAllText(Repository.File("tests", "reference", "drift.json")))
        .RootElement;

    private static readonly DriftPolicy AnyNumber = DriftPolicy.Default with { MinimumValues = 1 };

    public static TheoryData<string> Numeric => Names("numeric");

    public static TheoryData<string> Categorical => Names("categorical");

    [Theory]
    [MemberData(nameof(Numeric))]
    public void Numbers_differ_as_much_as_scipy_says(string name)
    {
        var expected = Case("numeric", name);

        var actual = DriftDetector.CompareNumbers(
            name,
            Numbers(expected.GetProperty("reference")),
            Numbers(expected.GetProperty("current")),
            AnyNumber
        );

        Near(expected, "psi", actual.Psi);
        Near(expected, "ks", actual.Ks);
        Near(expected, "ksPValue", actual.KsPValue);
        Near(expected, "wasserstein", actual.Wasserstein);
        Near(expected, "jensenShannon", actual.JensenShannon);
        Near(expected, "meanShift", actual.MeanShift);
        Near(expected, "deviationShift", actual.DeviationShift);
        Near(expected, "missingShift", actual.MissingShift);
        Near(expected, "outOfRangeShare", actual.OutOfRangeShare);
    }

    [Theory]
    [MemberData(nameof(Categorical))]
    public void Categories_differ_as_much_as_scipy_says(string name)
    {
        var expected = Case("categorical", name);

        var actual = DriftDetector.CompareCategories(
            name,
            Counts(expected.GetProperty("reference")),
            Counts(expected.GetProperty("current")),
            0,
            0,
            AnyNumber
        );

        Near(expected, "psi", actual.Psi);
        Near(expected, "jensenShannon", actual.JensenShannon);
        Near(expected, "chi2PValue", actual.Chi2PValue);
        Near(expected, "unseenShare", actual.UnseenShare);
    }

    [Fact]
    public void The_tail_of_the_Kolmogorov_distribution_is_scipys()
    {
        foreach (var pair in Table.GetProperty("kolmogorov").EnumerateArray())
        {
            var (x, expected) = (pair[0].GetDouble(), pair[1].GetDouble());
            Assert.Equal(expected, DriftStatistics.KolmogorovTail(x), Math.Max(expected * 1e-10, 1e-300));
        }
    }

    private static void Near(JsonElement expected, string property, double? actual)
    {
        var value = expected.GetProperty(property);
        if (value.ValueKind == JsonValueKind.Null)
        {
            Assert.Null(actual);
            return;
        }

        Assert.NotNull(actual);
        var want = value.GetDouble();
        Assert.True(
            Math.Abs(actual.Value - want) <= Math.Max(1e-10 * Math.Abs(want), 1e-13),
            $"{property}: {actual} instead of {want}"
        );
    }

    private static TheoryData<string> Names(string kind) =>
        [.. Table.GetProperty(kind).EnumerateArray().Select(item => item.GetProperty("name").GetString()!)];

    private static JsonElement Case(string kind, string name) =>
        Table.GetProperty(kind).EnumerateArray().Single(item => item.GetProperty("name").GetString() == name);

    private static double[] Numbers(JsonElement values) =>
        [
            .. values
                .EnumerateArray()
                .Select(value => value.ValueKind == JsonValueKind.Null ? double.NaN : value.GetDouble()),
        ];

    private static Dictionary<string, long> Counts(JsonElement counts) =>
        counts
            .EnumerateObject()
            .ToDictionary(count => count.Name, count => count.Value.GetInt64(), StringComparer.Ordinal);
}
