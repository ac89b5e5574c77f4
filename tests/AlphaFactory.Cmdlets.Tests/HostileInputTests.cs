namespace AlphaFactory.Cmdlets.Tests;

/// <summary>Whatever is typed is stored faithfully, and found again, or refused with an id and an exit code.</summary>
public sealed class HostileInputTests : IDisposable
{
    private readonly HostedModule _module = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("alphafactory-");

    public HostileInputTests() => _module.Run("$s = $args[0]", Path.Combine(_folder.FullName, "store"));

    public void Dispose()
    {
        _module.Dispose();
        _folder.Delete(recursive: true);
    }

    public static TheoryData<string> Texts =>
        [
            "it's \"quoted\"",
            "'; DROP TABLE alphas; --",
            "%_*?[",
            "[a-z]`*",
            "$(Get-Date) `$x ${y}",
            "🚀👩‍🚀",
            "עברית العربية \u202Eabc",
            "e\u0301 é Ñ ß İ",
            "line\r\nline\ttab",
            "../../etc/passwd",
            "CON",
            "=cmd|' /C calc'!A0",
            " padded ",
            "\u0001\u007F\uFEFF\uFFFD",
        ];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Descriptions_authors_and_parameters_keep_any_text(string text)
    {
        var result = _module.Run(
            """
            $null = Register-Alpha mom -Description $args[0] -Author $args[0] -Parameter @{ p = $args[0]; $args[0] = 1 } -Store $s
            Register-Alpha mom -Parameter @{ p = 'other' } -Store $s | Out-Null
            Get-Alpha mom -Parameter @{ p = $args[0] } -Store $s
            """,
            text
        );

        var alpha = result.Single;
        Assert.Equal("1", alpha.Properties["Version"].Value.ToString());
        Assert.Equal(text, alpha.Properties["Description"].Value);
        Assert.Equal(text, alpha.Properties["Author"].Value);
        var parameters = (System.Collections.IDictionary)alpha.Properties["Parameters"].Value;
        Assert.Equal(text, parameters["p"]);
        Assert.Equal(1L, parameters[text]);
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void Tags_keep_any_printable_text_and_are_found_by_it_alone(string text)
    {
        var valid = !text.Any(char.IsControl) && !text.Contains(';');
        _module.Run("Register-Alpha mom -Tag fx -Store $s");

        var result = _module.Run("Register-Alpha mom -Tag (,$args[0]) -Store $s", text);

        if (valid)
        {
            Assert.Equal(text, result.WithoutErrors.Single.Properties["Tags"].Value.ToString());
            Assert.Equal(
                ["mom v2"],
                _module.Run("Get-Alpha -Tag $args[0] -Store $s", text).WithoutErrors.Texts
            );
            Assert.Equal(["mom v1"], _module.Run("Get-Alpha -ExcludeTag $args[0] -Store $s", text).Texts);
        }
        else if (text.Contains(';'))
        {
            // Joined tags are taken apart, as they are written.
            Assert.Equal(["mom v2"], _module.Run("Get-Alpha -Tag \"'\" -Store $s").Texts);
        }
        else
        {
            Assert.Equal(["NameInvalid"], result.ErrorIds);
            Assert.Single(_module.Run("Get-Alpha -Store $s").Texts);
        }
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void Names_that_break_the_rules_are_refused(string text)
    {
        var result = _module.Run("Register-Alpha $args[0] -Store $s", text);

        Assert.Equal(["NameInvalid"], result.ErrorIds);
        Assert.Equal(2, _module.Run("Get-AlphaExitCode $error[0]").Single.BaseObject);
    }

    [Theory]
    [InlineData("con")]
    [InlineData("NUL.txt")]
    [InlineData("Lpt1")]
    [InlineData("a.")]
    [InlineData(".a")]
    [InlineData("-a")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a\0b")]
    [InlineData("ａ")]
    public void So_are_device_names_dots_and_slashes(string name) =>
        Assert.Equal(["NameInvalid"], _module.Run("Register-Alpha $args[0] -Store $s", name).ErrorIds);

    [Fact]
    public void A_name_may_have_128_characters_and_no_more()
    {
        var longest = new string('n', 128);

        Assert.Equal(
            longest + " v1",
            Assert.Single(_module.Run("Register-Alpha $args[0] -Store $s", longest).Texts)
        );
        Assert.Equal(
            [longest + " v1"],
            _module.Run("Get-Alpha $args[0] -Store $s", longest).WithoutErrors.Texts
        );
        Assert.Equal(
            ["NameInvalid"],
            _module.Run("Register-Alpha $args[0] -Store $s", longest + "n").ErrorIds
        );
        Assert.Equal(
            ["NameInvalid"],
            _module.Run("Register-Alpha mom -Tag $args[0] -Store $s", new string('t', 129)).ErrorIds
        );
        Assert.Equal(
            ["NameInvalid"],
            _module
                .Run("Register-Alpha mom -Metric @{ $args[0] = 1 } -Store $s", new string('m', 129))
                .ErrorIds
        );
    }

    [Theory]
    [InlineData("-Description \"a`0b\"", "NameInvalid")]
    [InlineData("-Author \"a`0b\"", "NameInvalid")]
    [InlineData("-Tag \"a`0b\"", "NameInvalid")]
    [InlineData("-Metric @{ \"a`0b\" = 1 }", "NameInvalid")]
    [InlineData("-Metric @{ 'a b' = 1 }", "NameInvalid")]
    [InlineData("-Metric @{ '' = 1 }", "NameInvalid")]
    [InlineData("-Metric @{ GitCommit = 1 }", "NameInvalid")]
    [InlineData("-Parameter @{ p = \"a`0b\" }", "SpecInvalid")]
    [InlineData("-Parameter @{ \"a`0b\" = 1 }", "SpecInvalid")]
    [InlineData("-Parameter @{ '' = 1 }", "SpecInvalid")]
    [InlineData("-Description ([string][char]0xD800)", "NameInvalid")]
    public void What_cannot_be_stored_is_refused(string argument, string id)
    {
        Assert.Equal([id], _module.Run($"Register-Alpha mom {argument} -Store $s").ErrorIds);
        Assert.Empty(
            _module.Run("Register-Alpha probe -Store $s | Out-Null; Get-Alpha mom* -Store $s").Output
        );
    }

    [Fact]
    public void Metrics_keep_every_number_there_is()
    {
        double[] numbers =
        [
            double.NaN,
            double.PositiveInfinity,
            double.NegativeInfinity,
            -0.0,
            double.Epsilon,
            double.MaxValue,
            0.1 + 0.2,
        ];

        foreach (var number in numbers)
        {
            var alpha = _module.Run("Register-Alpha mom -Metric @{ x = $args[0] } -Store $s", number).Single;
            var found = _module.Run("Get-Alpha mom -Latest -Store $s").Single;
            Assert.Equal(Bits(number), Bits(alpha.Properties["x"].Value));
            Assert.Equal(Bits(number), Bits(found.Properties["x"].Value));
        }

        Assert.Equal(6, _module.Run("Get-Alpha -MinMetric x=-Infinity -Store $s").WithoutErrors.Output.Count);
    }

    [Fact]
    public void A_description_of_a_megabyte_and_ten_thousand_tags_are_kept()
    {
        var description = string.Concat(Enumerable.Repeat("0123456789abcde\n", 1 << 16));

        var alpha = _module
            .Run(
                """
                Register-Alpha big -Description $args[0] -Tag (1..10000 | ForEach-Object { "tag-$_" }) -Store $s | Out-Null
                Get-Alpha -Tag tag-9999, TAG-1 -Store $s
                """,
                description
            )
            .Single;

        Assert.Equal(description, alpha.Properties["Description"].Value);
        Assert.Equal(10_000, ((System.Collections.ICollection)alpha.Properties["Tags"].Value).Count);
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void Searches_for_any_text_find_nothing_or_are_refused(string text)
    {
        _module.Run("Register-Alpha mom -Tag fx -Store $s");

        foreach (
            var search in new[]
            {
                "Get-Alpha $args[0]",
                "Get-Alpha -Tag $args[0]",
                "Get-Alpha -SortBy $args[0]",
            }
        )
        {
            var result = _module.Run(search + " -Store $s -WarningAction SilentlyContinue", text);
            Assert.All(result.ErrorIds, id => Assert.Contains(id, new[] { "AlphaNotFound", "NameInvalid" }));
        }
    }

    private static long Bits(object number) => BitConverter.DoubleToInt64Bits((double)number);
}
