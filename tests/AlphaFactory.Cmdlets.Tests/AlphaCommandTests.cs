namespace AlphaFactory.Cmdlets.Tests;

public sealed class AlphaCommandTests : IDisposable
{
    private readonly HostedModule _module = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("alphafactory-");

    public AlphaCommandTests() => _module.Run("$s = $args[0]", Path.Combine(_folder.FullName, "store"));

    public void Dispose()
    {
        _module.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void Registers_and_finds_with_metrics_as_members()
    {
        _module
            .Run(
                """
                Register-Alpha mom -Metric @{ sharpe = 1.5 } -Tag fx, rates -Store $s
                Register-Alpha carry -Metric @{ ic_mean = 0.5 } -Store $s
                """
            )
            .WithoutErrors.Texts.ToList()
            .ForEach(text => Assert.EndsWith(" v1", text, StringComparison.Ordinal));

        var found = _module.Run("Get-Alpha -Store $s").WithoutErrors.Output;

        Assert.Equal(2, found.Count);
        Assert.Equal(1.5, found[0].Properties["sharpe"].Value);
        Assert.Null(found[0].Properties["ic_mean"].Value);
        Assert.Equal("fx;rates", found[0].Properties["Tags"].Value.ToString());
        Assert.Equal(0.5, found[1].Properties["ic_mean"].Value);
    }

    [Theory]
    [InlineData("sharpe=1.2")]
    [InlineData("sharpe=1.2,ic_mean=0.02")]
    [InlineData("'sharpe=1.2,ic_mean=0.02'")]
    [InlineData("@{ sharpe = 1.2 }")]
    [InlineData("([ordered]@{ sharpe = '1.2' })")]
    public void A_bound_may_be_written_in_three_ways(string bound)
    {
        var registered = _module.Run(
            """
            Register-Alpha in -Metric @{ sharpe = 1.2; ic_mean = 0.02 } -Store $s
            Register-Alpha out -Metric @{ sharpe = 1.1; ic_mean = 0.01 } -Store $s
            """
        );
        Assert.Empty(registered.Errors);

        var found = _module.Run($"Get-Alpha -MinMetric {bound} -Store $s").WithoutErrors.Texts;

        Assert.Equal(["in v1"], found);
    }

    [Fact]
    public void A_name_that_does_not_exist_is_an_error_that_does_not_end_the_command()
    {
        _module.Run("Register-Alpha mom -Store $s");

        var result = _module.Run("Get-Alpha mon, mom -Store $s");

        Assert.Equal("mom v1", Assert.Single(result.Texts));
        Assert.Equal(["AlphaNotFound"], result.ErrorIds);
        Assert.Null(result.Terminating);
    }

    [Fact]
    public void A_bad_item_does_not_end_the_pipeline()
    {
        var result = _module.Run(
            "[pscustomobject]@{ Name = 'a' }, [pscustomobject]@{ Name = '../b' }, [pscustomobject]@{ Name = 'c' } "
                + "| Register-Alpha -Store $s"
        );

        Assert.Equal(["a v1", "c v1"], result.Texts);
        Assert.Equal(["NameInvalid"], result.ErrorIds);
    }

    [Fact]
    public void What_if_makes_no_store_and_no_file()
    {
        Assert.Empty(_module.Run("Register-Alpha a -Store $s -WhatIf").Errors);
        Assert.Empty(_folder.GetFileSystemInfos());

        var path = Path.Combine(_folder.FullName, "a.csv");
        Assert.Empty(_module.Run("Register-Alpha a -Store $s | Export-Alpha $args[0] -WhatIf", path).Errors);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void Exports_by_pipeline_and_by_name()
    {
        var path = Path.Combine(_folder.FullName, "a.csv");
        _module.Run("Register-Alpha mom -Metric @{ sharpe = 1.5 } -Store $s | Export-Alpha $args[0]", path);
        var piped = File.ReadAllText(path);

        Assert.Empty(_module.Run("Export-Alpha $args[0] -Name m* -Store $s", path).Errors);

        Assert.Contains("metric.sharpe", piped, StringComparison.Ordinal);
        Assert.Equal(piped, File.ReadAllText(path));
        Assert.Equal(["FileFormatInvalid"], _module.Run("Export-Alpha a.xls -Name mom -Store $s").ErrorIds);
        Assert.Equal(
            ["AlphaNotFound"],
            _module.Run("Export-Alpha $args[0] -Name no -Store $s", path).ErrorIds
        );
    }

    [Fact]
    public void Filters_and_tells_where_a_filter_is_wrong()
    {
        _module.Run(
            """
            Register-Alpha mom -Metric @{ sharpe = 1.5 } -Parameter @{ n = 20 } -Tag fx -Store $s
            Register-Alpha carry -Metric @{ sharpe = 0.5 } -Tag "o'neil" -Store $s
            """
        );

        Assert.Equal(
            ["carry v1"],
            _module
                .Run("""Get-Alpha -Filter "tag = 'o''neil' and not param.n > 10" -Store $s""")
                .WithoutErrors.Texts
        );
        var wrong = _module.Run("Get-Alpha -Filter 'sharpe >' -Store $s");
        Assert.Equal(["FilterSyntax"], wrong.ErrorIds);
        Assert.EndsWith("^", wrong.Errors[0].Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Changes_removes_and_tells_of_it()
    {
        _module.Run("1..2 | ForEach-Object { Register-Alpha mom -Tag fx -Store $s }");

        var changed = _module.Run(
            "Set-Alpha mom -Stage Live -AddTag new -Reason why -Store $s; Get-Alpha -Tag new -Store $s"
        );
        Assert.Equal("mom v2", Assert.Single(changed.WithoutErrors.Texts));

        _module.Run("Get-Alpha -Stage Live -Store $s | Unregister-Alpha -WhatIf -Store $s");
        Assert.Equal(2, _module.Run("Get-Alpha -Store $s").Output.Count);
        Assert.Empty(
            _module.Run("Get-Alpha -Stage Live -Store $s | Unregister-Alpha -Confirm:$false").Errors
        );
        Assert.Equal(["mom v1"], _module.Run("Get-Alpha -Store $s").Texts);
        Assert.Equal(
            ["unregister", "set", "set", "register", "register"],
            _module.Run("(Get-AlphaHistory mom -Store $s).Action").Texts
        );
    }

    [Theory]
    [InlineData("Get-Alpha -Store {0} -Filter \"sh", "\"sharpe")]
    [InlineData("Get-Alpha -Store {0} -Filter \"tag in ('fx', 'R", "\"tag in ('fx', 'rates'")]
    [InlineData("Get-Alpha -Store {0} -Filter \"tag = 'fx' a", "\"tag = 'fx' and")]
    [InlineData("Get-Alpha -Store {0}-no -Filter \"sh", null)]
    public void Completes_inside_of_a_filter(string line, string? expected)
    {
        _module.Run("Register-Alpha mom -Metric @{ sharpe = 1.5 } -Tag fx, rates -Store $s");

        // Completion knows no variables.
        line = line.Replace("{0}", Path.Combine(_folder.FullName, "store"), StringComparison.Ordinal);
        var found = _module.Run(
            "(TabExpansion2 $args[0] $args[0].Length).CompletionMatches.CompletionText",
            line
        );

        Assert.Equal(expected, found.WithoutErrors.Texts.FirstOrDefault(text => text.StartsWith('"')));
    }

    [Fact]
    public void Two_ways_to_page_at_once_are_wrong_input()
    {
        var result = _module.Run(
            "try { Get-Alpha -Page 1 -First 1 -Store $s } catch { Get-AlphaExitCode $_ }"
        );

        Assert.Equal(2, result.Single.BaseObject);
    }
}
