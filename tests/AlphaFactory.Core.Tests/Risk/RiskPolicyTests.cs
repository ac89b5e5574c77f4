using System.Globalization;
using System.Text;
using System.Text.Json;
using AlphaFactory.Core.Risk;
using CsCheck;

namespace AlphaFactory.Core.Tests.Risk;

public sealed class RiskPolicyTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(null, "default")]
    [InlineData(" ", "default")]
    [InlineData("default", "default")]
    [InlineData("STRICT", "strict")]
    [InlineData("Permissive", "permissive")]
    public void Loads_what_ships_inside_by_name(string? typed, string name)
    {
        var policy = RiskPolicy.Load(typed);

        Assert.Equal((name, "built-in"), (policy.Name, policy.Source));
        Assert.Matches("^[0-9a-f]{64}$", policy.Hash);
    }

    [Fact]
    public void The_default_is_the_catalogue()
    {
        var policy = RiskPolicy.Load(null);

        Assert.Equal(0.95, policy.Limit("FIT_DSR_LOW"));
        Assert.Equal(10_000_000, policy.Limit("PARAM_GRID_TOO_LARGE"));
        Assert.Null(policy.Limit("PARAM_UNKNOWN"));
        Assert.All(policy.Rules, rule => Assert.True(rule.Enabled));
        Assert.Throws<KeyNotFoundException>(() => policy.Limit("PARAM_UNHEARD_OF"));
    }

    [Fact]
    public void Strict_is_nowhere_looser_than_default_and_permissive_nowhere_tighter()
    {
        var (strict, normal, loose) = (
            RiskPolicy.Load("strict"),
            RiskPolicy.Load("default"),
            RiskPolicy.Load("permissive")
        );
        Assert.Equal(3, new[] { strict, normal, loose }.Select(policy => policy.Hash).Distinct().Count());
        foreach (var rule in RiskCatalogue.Rules.Where(rule => rule.Limit is not null))
        {
            var sign = rule.Operator == "<=" ? 1 : -1;
            Assert.True(sign * strict.Limit(rule.Code) <= sign * normal.Limit(rule.Code), rule.Code);
            Assert.True(sign * normal.Limit(rule.Code) <= sign * loose.Limit(rule.Code), rule.Code);
            Assert.True(strict.Rule(rule.Code).Severity >= normal.Rule(rule.Code).Severity, rule.Code);
            Assert.True(normal.Rule(rule.Code).Severity >= loose.Rule(rule.Code).Severity, rule.Code);
        }
    }

    [Fact]
    public void A_file_changes_what_it_names_and_nothing_else()
    {
        var policy = Load(
            """
            {
              // Comments say why.
              "name": "desk",
              "description": "Ours.",
              "rules": {
                "FIT_SHARPE_IMPLAUSIBLE": { "limit": 3.5, "severity": "Warn" },
                "PORT_TURNOVER_LOW": { "enabled": false } /* intended */
              }
            }
            """
        );

        Assert.Equal(("desk", "Ours."), (policy.Name, policy.Description));
        Assert.Equal(3.5, policy.Limit("FIT_SHARPE_IMPLAUSIBLE"));
        Assert.Equal(RiskOutcome.Warn, policy.Rule("FIT_SHARPE_IMPLAUSIBLE").Severity);
        Assert.False(policy.Rule("PORT_TURNOVER_LOW").Enabled);
        Assert.Equal(0.95, policy.Limit("FIT_DSR_LOW"));
        var verdict = new RiskGovernor(policy).Evaluate(
            RiskTargets.AfterRun.With("sharpe", 4).With("turnover", 0),
            RiskTargets.Now
        );
        Assert.Equal(
            (RiskOutcome.Warn, "FIT_SHARPE_IMPLAUSIBLE"),
            (verdict.Outcome, verdict.Findings.ToString())
        );
    }

    [Fact]
    public void A_rule_that_is_off_is_not_evaluated_even_where_it_would_be_indeterminate()
    {
        var policy = Load("""{ "rules": { "FIT_SHARPE_IMPLAUSIBLE": { "enabled": false } } }""");

        var verdict = new RiskGovernor(policy).Evaluate(
            RiskTargets.AfterRun.With("sharpe", double.NaN),
            RiskTargets.Now
        );

        Assert.Equal(RiskOutcome.Allow, verdict.Outcome);
    }

    [Fact]
    public void A_warning_that_cannot_be_evaluated_still_denies()
    {
        var policy = Load("""{ "rules": { "FIT_SHARPE_IMPLAUSIBLE": { "severity": "Warn" } } }""");

        var verdict = new RiskGovernor(policy).Evaluate(
            RiskTargets.AfterRun.With("sharpe", double.NaN),
            RiskTargets.Now
        );

        Assert.Equal((RiskOutcome.Indeterminate, false), (verdict.Outcome, verdict.Allowed));
    }

    [Fact]
    public void A_file_without_a_name_is_named_after_itself() =>
        Assert.Equal("my-desk", RiskPolicy.Load(_folder.Write("my-desk.json", "{}")).Name);

    [Fact]
    public void A_path_is_made_full_by_the_caller()
    {
        var path = _folder.Write("desk.json", "{}");

        Assert.Equal(path, RiskPolicy.Load("desk.json", name => _folder.File(name)).Source);
    }

    [Theory]
    [InlineData("""{ "name": "x", "rules": { "FIT_DSR_LOW": { "limit": 0.9, "severity": "Warn" } } }""")]
    [InlineData("""{"rules":{"FIT_DSR_LOW":{"severity":"Warn","limit":0.90}},"name":"y"}""")]
    [InlineData("""{"rules":{"FIT_DSR_LOW":{"enabled":true,"severity":"Warn","limit":9e-1}}}""")]
    [InlineData(
        "\uFEFF{\r\n // why\r\n \"$schema\": \"x\", \"description\": \"d\", \"rules\":{\"PARAM_UNKNOWN\":{},\"FIT_DSR_LOW\":{\"severity\":\"Warn\",\"limit\":0.9}}}\r\n"
    )]
    public void The_hash_is_of_what_a_policy_does(string json) =>
        Assert.Equal(
            Load("""{"rules":{"FIT_DSR_LOW":{"limit":0.9,"severity":"Warn"}}}""").Hash,
            Load(json).Hash
        );

    [Fact]
    public void The_hash_tells_policies_apart_that_do_different_things()
    {
        string[] policies =
        [
            """{}""",
            """{"rules":{"FIT_DSR_LOW":{"limit":0.9}}}""",
            """{"rules":{"FIT_DSR_LOW":{"limit":0.90000000000000013}}}""",
            """{"rules":{"FIT_DSR_LOW":{"severity":"Warn"}}}""",
            """{"rules":{"FIT_DSR_LOW":{"enabled":false}}}""",
            """{"rules":{"FIT_PBO_HIGH":{"enabled":false}}}""",
        ];

        Assert.Equal(policies.Length, policies.Select(json => Load(json).Hash).Distinct().Count());
        Assert.Equal(RiskPolicy.Load("default").Hash, Load("{}").Hash);
    }

    [Fact]
    public void The_hash_does_not_depend_on_the_order_of_rules() =>
        Gen.Shuffle(RiskCatalogue.Rules.Where(rule => rule.Limit is not null).ToArray())
            .Sample(
                rules =>
                {
                    var body = rules.Select(rule =>
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"\"{rule.Code}\": {{ \"limit\": {rule.MaximumLimit} }}"
                        )
                    );
                    var json = $$"""{ "rules": { {{string.Join(",\n", body)}} } }""";
                    var sorted = "{\"rules\":{" + string.Join(",", body.Order(StringComparer.Ordinal)) + "}}";
                    Assert.Equal(Parse(sorted).Hash, Parse(json).Hash);
                },
                iter: 50
            );

    [Theory]
    [InlineData("", 1, "empty", "write {}")]
    [InlineData(" \r\n\t ", 1, "empty", "write {}")]
    [InlineData("null", 1, "null", "an object")]
    [InlineData("[]", 1, "a list", "an object")]
    [InlineData("{", 1, "not JSON", "Correct")]
    [InlineData("{}{}", 1, "not JSON", "Correct")]
    [InlineData("{\n\"name\": \"x\",\n}", 3, "not JSON", "Correct")]
    [InlineData("{\n\"nmae\": \"x\"}", 2, "nmae", "'name'")]
    [InlineData("{\n\"Rules\": {}}", 2, "Rules", "'rules'")]
    [InlineData("{\n\"name\": 5}", 2, "name", "a text")]
    [InlineData("{\n\"name\": \"../up\"}", 2, "name", "letters, digits")]
    [InlineData("{\n\"name\": \"\\ud800\"}", 2, "name", "Unicode")]
    [InlineData("{\n\"name\": \"a\",\n\"name\": \"b\"}", 3, "name", "twice")]
    [InlineData("{\n\"rules\": []}", 2, "rules", "an object")]
    [InlineData("{\"rules\": {\n\"FIT_DSR_LO\": {}}}", 2, "rules.FIT_DSR_LO", "'FIT_DSR_LOW'")]
    [InlineData("{\"rules\": {\n\"fit_dsr_low\": {}}}", 2, "rules.fit_dsr_low", "'FIT_DSR_LOW'")]
    [InlineData("{\"rules\": {\n\"WHATEVER_ELSE_IT_IS\": {}}}", 2, "no such rule", "Get-RiskRule")]
    [InlineData("{\"rules\": {\"FIT_DSR_LOW\": {},\n\n\"FIT_DSR_LOW\": {}}}", 3, "FIT_DSR_LOW", "twice")]
    [InlineData("{\"rules\": {\n\"FIT_DSR_LOW\": 0.9}}", 2, "rules.FIT_DSR_LOW", "an object")]
    [InlineData(
        "{\"rules\": {\"FIT_DSR_LOW\": {\n\"max\": 1}}}",
        2,
        "FIT_DSR_LOW.max",
        "enabled, severity, limit"
    )]
    [InlineData("{\"rules\": {\"FIT_DSR_LOW\": {\n\"limit\": \"NaN\"}}}", 2, "FIT_DSR_LOW.limit", "a number")]
    [InlineData("{\"rules\": {\"FIT_DSR_LOW\": {\n\"limit\": NaN}}}", 2, "not JSON", "Correct")]
    [InlineData("{\"rules\": {\"FIT_DSR_LOW\": {\n\"limit\": null}}}", 2, "FIT_DSR_LOW.limit", "a number")]
    [InlineData("{\"rules\": {\"FIT_DSR_LOW\": {\n\"limit\": 1e999}}}", 2, "1e999", "0 to 1")]
    [InlineData("{\"rules\": {\"FIT_DSR_LOW\": {\n\"limit\": 1.01}}}", 2, "1.01", "0 to 1")]
    [InlineData("{\"rules\": {\"FIT_DSR_LOW\": {\n\"limit\": -0.1}}}", 2, "-0.1", "0 to 1")]
    [InlineData(
        "{\"rules\": {\"PARAM_UNKNOWN\": {\n\"limit\": 1}}}",
        2,
        "PARAM_UNKNOWN has no limit",
        "remove"
    )]
    [InlineData(
        "{\"rules\": {\"FIT_DSR_LOW\": {\n\"severity\": \"warn\"}}}",
        2,
        "'warn'",
        "\"Warn\" or \"Deny\""
    )]
    [InlineData("{\"rules\": {\"FIT_DSR_LOW\": {\n\"severity\": \"Allow\"}}}", 2, "'Allow'", "enabled")]
    [InlineData(
        "{\"rules\": {\"FIT_DSR_LOW\": {\n\"enabled\": 1}}}",
        2,
        "FIT_DSR_LOW.enabled",
        "true or false"
    )]
    public void A_wrong_file_is_an_error_that_says_where_and_what_to_do(
        string json,
        int line,
        string what,
        string remedy
    )
    {
        var path = _folder.Write("desk.json", json);

        var error = Assert.Throws<AlphaFactoryException>(() => RiskPolicy.Load(path));

        Assert.Equal(ErrorId.PolicyInvalid, error.Id);
        Assert.Contains(
            $"'{path}', line {line.ToString(CultureInfo.InvariantCulture)}",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Message, StringComparison.Ordinal);
        Assert.Equal(path, error.Target);
    }

    [Fact]
    public void Huge_nesting_is_refused()
    {
        var json = "{\"rules\":" + string.Concat(Enumerable.Repeat("{\"a\":", 100_000));

        Assert.Equal(ErrorId.PolicyInvalid, Refused(json).Id);
        Assert.Equal(ErrorId.PolicyInvalid, Refused(new string('[', 500_000)).Id);
    }

    [Fact]
    public void A_huge_file_is_refused() =>
        Assert.Contains("1 MB", Refused(new string(' ', 1 << 21)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_long_wrong_name_does_not_flood_the_message() =>
        Assert.True(Refused($$"""{ "{{new string('x', 100_000)}}": 1 }""").Message.Length < 1000);

    [Fact]
    public void Any_bytes_are_a_policy_or_an_error_of_ours() =>
        Gen.OneOf(
                Gen.Byte.Array[0, 60],
                Gen.String[Gen.Char["{}[]\",:0123456789eE.-nulltrefas\\ \n/*"], 0, 60]
                    .Select(Encoding.UTF8.GetBytes)
            )
            .Sample(bytes =>
            {
                try
                {
                    RiskPolicyFile.Parse(bytes, "fuzz", "fuzz");
                }
                catch (AlphaFactoryException error)
                {
                    Assert.Equal(ErrorId.PolicyInvalid, error.Id);
                }
            });

    [Fact]
    public void A_mutated_policy_is_a_policy_or_an_error_of_ours()
    {
        var json = Encoding.UTF8.GetBytes(
            """{"name":"desk","rules":{"FIT_DSR_LOW":{"limit":0.9,"severity":"Warn","enabled":true}}}"""
        );
        Gen.Select(Gen.Int[0, json.Length - 1], Gen.Byte, Gen.Int[0, json.Length - 1], Gen.Byte)
            .Sample(
                (first, one, second, two) =>
                {
                    var mutated = json.ToArray();
                    (mutated[first], mutated[second]) = (one, two);
                    try
                    {
                        RiskPolicyFile.Parse(mutated, "fuzz", "fuzz");
                    }
                    catch (AlphaFactoryException error)
                    {
                        Assert.Equal(ErrorId.PolicyInvalid, error.Id);
                    }
                }
            );
    }

    [Fact]
    public void An_unknown_name_suggests_the_nearest()
    {
        var error = Assert.Throws<AlphaFactoryException>(() => RiskPolicy.Load("strct"));

        Assert.Equal(ErrorId.PolicyInvalid, error.Id);
        Assert.Contains("Did you mean 'strict'?", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nothing-here.json")]
    [InlineData("./strict")]
    public void A_path_without_a_file_is_not_there(string path)
    {
        var error = Assert.Throws<AlphaFactoryException>(() =>
            RiskPolicy.Load(path, name => _folder.File(name))
        );

        Assert.Equal(ErrorId.PathNotFound, error.Id);
    }

    public static TheoryData<object, RiskOutcome, double?, string> Ranges =>
        new()
        {
            { 2L, RiskOutcome.Allow, null, "" },
            { 50.0, RiskOutcome.Allow, null, "" },
            { 1.5, RiskOutcome.Deny, 2, ">=" },
            { 51L, RiskOutcome.Deny, 50, "<=" },
            { double.PositiveInfinity, RiskOutcome.Deny, 50, "<=" },
            { double.NaN, RiskOutcome.Indeterminate, 2, ">=" },
            { "ten", RiskOutcome.Indeterminate, 2, ">=" },
        };

    [Theory]
    [MemberData(nameof(Ranges))]
    public void A_policy_says_in_which_range_a_parameter_lies(
        object value,
        RiskOutcome expected,
        double? limit,
        string comparison
    )
    {
        var policy = Load("""{ "parameters": { "Fast": { "minimum": 2, "maximum": 50 } } }""");
        var target = new RiskTarget
        {
            Name = "parameters",
            Kind = RiskTargetKind.Parameters,
            Parameters = RiskTargets.Parameters(("fast", value), ("slow", 1000L)),
        };

        var finding = new RiskGovernor(policy)
            .Evaluate(target, RiskTargets.Now)
            .Findings.FirstOrDefault(each => each.Code == "PARAM_OUT_OF_RANGE");

        Assert.Equal(expected, finding?.Severity ?? RiskOutcome.Allow);
        Assert.Equal((limit, comparison), (finding?.Limit, finding?.Operator ?? ""));
        Assert.Equal(["Fast: 2 .. 50"], policy.Ranges.Select(range => range.ToString()));
    }

    [Fact]
    public void Ranges_belong_to_what_a_policy_does()
    {
        var open = Load("""{ "parameters": { "n": { "minimum": 2 } } }""");
        var same = Load("""{ "name": "other", "parameters": { "N": { "minimum": 2.0 } } }""");

        Assert.NotEqual(RiskPolicy.Load(null).Hash, open.Hash);
        Assert.Equal(open.Hash, same.Hash);
        Assert.NotEqual(open.Hash, Load("""{ "parameters": { "n": { "maximum": 2 } } }""").Hash);
        Assert.Equal("n: 2 .. ", open.Ranges[0].ToString());
    }

    [Theory]
    [InlineData("""{ "parameters": { "n": {} } }""", "parameters.n: it has no end")]
    [InlineData("""{ "parameters": { "n": { "minimum": 3, "maximum": 2 } } }""", "the range is empty")]
    [InlineData("""{ "parameters": { "n": { "min": 3 } } }""", "there is no such property")]
    [InlineData("""{ "parameters": { "n": { "minimum": "3" } } }""", "write a number")]
    [InlineData("""{ "parameters": { "n": { "minimum": 3 }, "N": { "minimum": 3 } } }""", "there twice")]
    [InlineData("""{ "parameters": [] }""", "it is a list")]
    public void A_wrong_range_is_refused_with_its_place(string json, string why)
    {
        var error = Refused(json);

        Assert.Equal(ErrorId.PolicyInvalid, error.Id);
        Assert.Contains("line 1", error.Message, StringComparison.Ordinal);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_cannot_pass_for_a_policy_that_ships_inside()
    {
        var error = Refused("""{ "name": "Strict", "rules": { "FIT_DSR_LOW": { "limit": 0 } } }""");

        Assert.Equal(ErrorId.PolicyInvalid, error.Id);
        Assert.Contains("another \"name\"", error.Message, StringComparison.Ordinal);
        Assert.Equal("default", Load("""{ "name": "default" }""").Name);
    }

    [Fact]
    public void Numbers_are_read_and_written_alike_in_every_culture()
    {
        var hash = RiskPolicy.Load("strict").Hash;
        var culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");

            Assert.Equal(hash, RiskPolicy.Load("strict").Hash);
            Assert.Equal(
                "FIT_DSR_LOW: >= 0.99 probability, else Deny",
                RiskPolicy.Load("strict").Rule("FIT_DSR_LOW").ToString()
            );
            var finding = Assert.Single(RiskTargets.Alpha.With("sharpe", 7.5).Judge().Findings);
            Assert.Contains("7.5 a year", finding.Message, StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public void The_published_schema_says_what_the_catalogue_says()
    {
        using var schema = JsonDocument.Parse(RiskPolicy.Schema);
        var rules = schema
            .RootElement.GetProperty("properties")
            .GetProperty("rules")
            .GetProperty("properties");

        Assert.Equal(
            RiskCatalogue.Rules.Select(rule => rule.Code),
            rules.EnumerateObject().Select(rule => rule.Name)
        );
        foreach (var rule in RiskCatalogue.Rules)
        {
            var properties = rules.GetProperty(rule.Code).GetProperty("properties");
            Assert.Equal(rule.Limit is not null, properties.TryGetProperty("limit", out var limit));
            if (rule.Limit is not null)
            {
                Assert.Equal(rule.Limit, limit.GetProperty("default").GetDouble());
                Assert.Equal(rule.MinimumLimit, limit.GetProperty("minimum").GetDouble());
                Assert.Equal(rule.MaximumLimit, limit.GetProperty("maximum").GetDouble());
            }
        }
    }

    [Fact]
    public void Every_rule_is_well_formed()
    {
        Assert.Equal(
            RiskCatalogue.Rules.Count,
            RiskCatalogue.Rules.Select(rule => rule.Code).Distinct().Count()
        );
        Assert.All(
            RiskCatalogue.Rules,
            rule =>
            {
                Assert.Matches("^(PARAM|DATA|LEAK|STOP|FIT|PORT|OPS)_[A-Z_]+$", rule.Code);
                Assert.True(rule.Severity is RiskOutcome.Warn or RiskOutcome.Deny);
                Assert.True(
                    rule.Limit is null || (rule.Limit >= rule.MinimumLimit && rule.Limit <= rule.MaximumLimit)
                );
                Assert.True(rule.Limit is null || rule.Unit.Length > 0);
                Assert.EndsWith(".", rule.Message, StringComparison.Ordinal);
                Assert.EndsWith(".", rule.Remedy, StringComparison.Ordinal);
            }
        );
    }

    private RiskPolicy Load(string json) => RiskPolicy.Load(_folder.Write("policy.json", json));

    private static RiskPolicy Parse(string json) =>
        RiskPolicyFile.Parse(Encoding.UTF8.GetBytes(json), "policy", "policy");

    private AlphaFactoryException Refused(string json) =>
        Assert.Throws<AlphaFactoryException>(() => Load(json));
}
