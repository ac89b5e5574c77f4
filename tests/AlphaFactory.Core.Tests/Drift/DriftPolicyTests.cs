using AlphaFactory.Core.Drift;

namespace AlphaFactory.Core.Tests.Drift;

public sealed class DriftPolicyTests
{
    [Fact]
    public void What_a_policy_does_not_say_is_as_in_the_default()
    {
        var policy = DriftPolicy.Parse(
            """{ "name": "loose", "psi": 0.5, "wasserstein": null }""",
            "loose.json"
        );

        Assert.Equal(DriftPolicy.Default with { Name = "loose", Psi = 0.5, Wasserstein = null }, policy);
        Assert.NotEqual(DriftPolicy.Default.Hash, policy.Hash);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{ \"psi\": 0.2")]
    [InlineData("""{ "psy": 0.2 }""")]
    [InlineData("""{ "psi": -1 }""")]
    [InlineData("""{ "psi": "NaN" }""")]
    [InlineData("""{ "psi": "much" }""")]
    [InlineData("""{ "name": "" }""")]
    [InlineData("""{ "name": null }""")]
    [InlineData("""{ "jensenShannon": 1.5 }""")]
    [InlineData("""{ "significance": 0 }""")]
    [InlineData("""{ "driftedShare": 2 }""")]
    [InlineData("""{ "minimumValues": 1 }""")]
    [InlineData("""{ "psi": null, "wasserstein": null, "jensenShannon": null }""")]
    public void A_policy_that_cannot_be_used_is_named(string json)
    {
        var error = Assert.Throws<AlphaFactoryException>(() => DriftPolicy.Parse(json, "my.json"));

        Assert.Equal(ErrorId.PolicyInvalid, error.Id);
        Assert.Contains("'my.json'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_policy_is_read_from_a_file_or_is_not_there()
    {
        using var folder = new TempFolder();
        var path = folder.Write("p.json", """{ "psi": 0.3 }""");

        Assert.Equal(0.3, DriftPolicy.Load(path).Psi);
        Assert.Equal(DriftPolicy.Default, DriftPolicy.Load("Default"));
        Assert.Equal(DriftPolicy.Default, DriftPolicy.Load(null));
        Assert.Equal(
            ErrorId.PathNotFound,
            Assert.Throws<AlphaFactoryException>(() => DriftPolicy.Load(folder.File("none.json"))).Id
        );
    }

    [Theory]
    [InlineData("Daily", 1)]
    [InlineData("weekly", 7)]
    [InlineData("90d", 90)]
    [InlineData("4w", 28)]
    [InlineData("48H", 2)]
    [InlineData("365.00:00:00", 365)]
    public void Windows_are_read(string text, double days) =>
        Assert.Equal(TimeSpan.FromDays(days), DriftRequest.ParseWindow(text));

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("90")]
    [InlineData("-1d")]
    [InlineData("d")]
    [InlineData("0d")]
    [InlineData("1.5d")]
    [InlineData("00:00:00")]
    [InlineData("-1.00:00:00")]
    [InlineData("4294967295w")]
    [InlineData("Monthly")]
    public void What_is_no_window_is_refused(string? text) =>
        Assert.Equal(
            ErrorId.SpecInvalid,
            Assert.Throws<AlphaFactoryException>(() => DriftRequest.ParseWindow(text)).Id
        );
}
