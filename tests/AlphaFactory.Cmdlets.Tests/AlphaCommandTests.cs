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
    public void Two_ways_to_page_at_once_are_wrong_input()
    {
        var result = _module.Run(
            "try { Get-Alpha -Page 1 -First 1 -Store $s } catch { Get-AlphaExitCode $_ }"
        );

        Assert.Equal(2, result.Single.BaseObject);
    }
}
