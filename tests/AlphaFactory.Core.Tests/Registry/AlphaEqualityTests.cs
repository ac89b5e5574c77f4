using AlphaFactory.Core.Registry;

namespace AlphaFactory.Core.Tests.Registry;

public sealed class AlphaEqualityTests
{
    [Fact]
    public void Tables_are_equal_by_content_whatever_the_order_and_the_case_of_names()
    {
        var one = new MetricValues([new("sharpe", 1.5), new("odd", double.NaN)]);
        var same = new MetricValues([new("ODD", double.NaN), new("sharpe", 1.5)]);
        var parameters = new ParameterValues([new("n", 20L)]);

        Assert.True(one.Equals(same) && one.Equals((object)same));
        Assert.Equal(one.GetHashCode(), same.GetHashCode());
        Assert.False(one.Equals(new MetricValues([new("sharpe", 1.5)])));
        Assert.False(one.Equals(new MetricValues([new("sharpe", 1.6), new("odd", double.NaN)])));
        Assert.False(parameters.Equals(new ParameterValues([new("n", 20.0)])));
        Assert.True(parameters.Equals(new ParameterValues([new("N", 20)])));
        Assert.False(MetricValues.None.Equals((object)ParameterValues.None));
    }

    [Fact]
    public void Tags_are_equal_without_case()
    {
        var one = new TagList(["fx", "Rates"]);
        var same = new TagList(["rates", "FX"]);

        Assert.True(one.Equals(same) && one.Equals((object)same));
        Assert.Equal(one.GetHashCode(), same.GetHashCode());
        Assert.False(one.Equals(new TagList(["fx"])));
        Assert.False(one.Equals(new TagList(["fx", "credit"])));
    }

    [Fact]
    public void Alphas_of_two_stores_are_equal_when_they_say_the_same()
    {
        var same = Alpha with { Name = "MOM", Store = "/other", Tags = new TagList(["fx"]) };

        Assert.Equal(Alpha, same);
        Assert.Equal(Alpha.GetHashCode(), same.GetHashCode());
        Assert.Equal(0, Alpha.CompareTo(same));
        Assert.True(Alpha <= same && Alpha >= same);
    }

    public static TheoryData<string> Properties =>
        [.. typeof(Alpha).GetProperties().Select(property => property.Name).Where(name => name != "Store")];

    [Theory]
    [MemberData(nameof(Properties))]
    public void A_difference_in_any_property_counts(string property)
    {
        var other = Changed(property);

        Assert.NotEqual(Alpha, other);
        Assert.Equal([property], Alpha.Differences(other));
        Assert.NotEqual(0, Alpha.CompareTo(other));
        Assert.Equal(-Math.Sign(Alpha.CompareTo(other)), Math.Sign(other.CompareTo(Alpha)));
    }

    [Fact]
    public void They_sort_by_name_then_version_as_a_number()
    {
        Alpha[] alphas =
        [
            Alpha with
            {
                Version = 10,
            },
            Alpha with
            {
                Version = 9,
            },
            Alpha with
            {
                Name = "Carry",
            },
        ];

        Assert.Equal(["Carry v2", "mom v9", "mom v10"], alphas.Order().Select(alpha => alpha.ToString()));
    }

    private static Alpha Changed(string property) =>
        property switch
        {
            "Name" => Alpha with { Name = "other" },
            "Version" => Alpha with { Version = 3 },
            "Stage" => Alpha with { Stage = AlphaStage.Live },
            "Tags" => Alpha with { Tags = TagList.Empty },
            "Metrics" => Alpha with { Metrics = MetricValues.None },
            "Parameters" => Alpha with { Parameters = ParameterValues.None },
            "Description" => Alpha with { Description = "other" },
            "Author" => Alpha with { Author = "other" },
            "CreatedAt" => Alpha with { CreatedAt = Alpha.CreatedAt.AddTicks(10) },
            "RunId" => Alpha with { RunId = "other" },
            "FeatureSet" => Alpha with { FeatureSet = "other" },
            "FeatureVersion" => Alpha with { FeatureVersion = 4 },
            "CodeHash" => Alpha with { CodeHash = "other" },
            "DataHash" => Alpha with { DataHash = "other" },
            "Seed" => Alpha with { Seed = 1 },
            "GitCommit" => Alpha with { GitCommit = "other" },
            "GitDirty" => Alpha with { GitDirty = true },
            "ModuleVersion" => Alpha with { ModuleVersion = "other" },
            "User" => Alpha with { User = "other" },
            "Machine" => Alpha with { Machine = "other" },
            _ => throw new ArgumentOutOfRangeException(nameof(property)),
        };

    private static Alpha Alpha { get; } =
        new()
        {
            Name = "mom",
            Version = 2,
            Stage = AlphaStage.Research,
            Tags = new TagList(["fx"]),
            Metrics = new MetricValues([new("sharpe", 1.5)]),
            Parameters = new ParameterValues([new("n", 20L)]),
            Description = "",
            Author = "ann",
            CreatedAt = new DateTime(2026, 1, 2, 0, 0, 0, DateTimeKind.Utc),
            RunId = null,
            FeatureSet = null,
            FeatureVersion = null,
            CodeHash = null,
            DataHash = null,
            Store = "/s",
        };
}
