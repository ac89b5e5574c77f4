using System.Management.Automation;

namespace AlphaFactory.Cmdlets.Tests;

public sealed class ImportAlphaTests : IDisposable
{
    private readonly HostedModule _module = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("alphafactory-");

    public ImportAlphaTests() =>
        _module.Run("$t = $args[0]; $s = \"$t/store\"; $other = \"$t/other\"", _folder.FullName);

    public void Dispose()
    {
        _module.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("json")]
    public void Brings_back_what_was_exported(string extension)
    {
        var result = _module.Run(
            """
            Register-Alpha mom -Metric @{ sharpe = 1.5 } -Parameter @{ n = 20; x = 20.0; t = '20' } -Tag fx -Store $s
            Register-Alpha mom -Metric @{ ic = [double]::NaN } -Description "=1+1`n'x" -Stage Live -Store $s
            Get-Alpha -Store $s | Export-Alpha "$t/a.$($args[0])"
            $in = Import-Alpha "$t/a.$($args[0])" -Store $other
            $in | Export-Alpha "$t/b.$($args[0])"
            """,
            extension
        );
        Assert.Empty(result.Errors);

        Assert.Equal(["mom v1", "mom v2"], _module.Run("$in").Texts);
        Assert.Equal(File.ReadAllBytes(At("a." + extension)), File.ReadAllBytes(At("b." + extension)));
        Assert.Equal("True", Assert.Single(_module.Run("(Get-Alpha -Store $s)[0] -eq $in[0]").Texts));
        Assert.Equal(1.5, _module.Run("$in[0].sharpe").Single.BaseObject);
    }

    [Fact]
    public void Skips_what_is_there_and_says_so()
    {
        Prepare("name,version,metric.sharpe\nmom,1,1.5\n");

        var again = _module.Run("Import-Alpha $t/a.csv -Store $s -Verbose");

        Assert.Empty(again.WithoutErrors.Output);
        Assert.Contains(again.Verbose, line => line.EndsWith("it is skipped.", StringComparison.Ordinal));
    }

    [Fact]
    public void A_conflict_is_an_error_an_item_and_the_other_files_go_on()
    {
        Prepare("name,version,metric.sharpe\nmom,1,1.5\ncarry,2,1\n");
        Write("a.csv", "name,version,metric.sharpe\nmom,1,9\ncarry,2,9\nnew,1,1\n");
        Write("b.csv", "name\nother\n");

        var result = _module.Run("Import-Alpha $t/*.csv -Store $s");

        Assert.Equal(["VersionConflict", "VersionConflict"], result.ErrorIds);
        Assert.Null(result.Terminating);
        Assert.Equal(["other v1"], result.Texts);
        Assert.Equal(
            ["carry v2", "mom v1", "other v1"],
            _module.Run("Get-Alpha -Store $s").Texts.Order(StringComparer.Ordinal)
        );
        Assert.Equal(6, _module.Run("Get-AlphaExitCode $error[0]").Single.BaseObject);
    }

    [Fact]
    public void A_malformed_file_does_not_end_the_command()
    {
        Write("a.csv", "name,version\nmom,x\n");
        Write("b.json", "[{");
        Write("c.csv", "name\nmom\n");

        var result = _module.Run(
            "'a.csv', 'b.json', 'c.csv' | ForEach-Object { $t + '/' + $_ } | Import-Alpha -Store $s"
        );

        Assert.Equal(["RowInvalid", "FileFormatInvalid"], result.ErrorIds);
        Assert.Contains(
            "file 'a.csv', row 1, column 'version'",
            result.Errors[0].ToString(),
            StringComparison.Ordinal
        );
        Assert.Equal(["mom v1"], result.Texts);
    }

    [Theory]
    [InlineData("$t/none.csv", "PathNotFound")]
    [InlineData("$t/none*.csv", "PathNotFound")]
    [InlineData("$t", "FileFormatInvalid")]
    [InlineData("nodrive:/a.csv", "PathNotFound")]
    [InlineData("nodrive:/*.csv", "PathNotFound")]
    [InlineData("env:/a.csv", "PathNotFound")]
    public void A_path_that_is_no_file_is_an_error(string path, string id) =>
        Assert.Equal([id], _module.Run($"Import-Alpha {path} -Store $s").ErrorIds);

    [Fact]
    public void What_if_reads_the_file_and_makes_no_store()
    {
        Write("a.csv", "name\nmom\n");
        Write("b.csv", "name\n../mom\n");

        var result = _module.Run("Import-Alpha $t/a.csv, $t/b.csv -Store $s -WhatIf");

        Assert.Equal(["RowInvalid"], result.ErrorIds);
        Assert.False(Directory.Exists(At("store")));
    }

    [Theory]
    [InlineData("nodrive:/a.csv", "PathNotFound")]
    [InlineData("env:/a.csv", "PathNotFound")]
    [InlineData("$t/folder.csv", "FileExists")]
    public void Exports_to_places_that_are_no_files_are_errors(string path, string id)
    {
        _folder.CreateSubdirectory("folder.csv");
        _module.Run("Register-Alpha mom -Store $s");

        Assert.Equal([id], _module.Run($"Export-Alpha {path} -Name mom -Store $s").ErrorIds);
    }

    [Theory]
    [InlineData("Export-Alpha $t/a.csv")]
    [InlineData("Test-AlphaRisk")]
    public void Something_that_only_looks_like_an_alpha_is_refused_when_it_binds(string command)
    {
        var result = _module.Run(
            $"[pscustomobject]@{{ Name = 'mom'; Version = 1 }} | {command} -ErrorAction Continue; Get-AlphaExitCode $error[0]"
        );

        Assert.IsType<ParameterBindingException>(result.Errors[0].Exception, exactMatch: false);
        Assert.Equal(2, result.Output[^1].BaseObject);
    }

    [Fact]
    public void Nothing_exported_is_a_file_that_imports_as_nothing()
    {
        var result = _module.Run(
            "@() | Export-Alpha $t/a.csv; @() | Export-Alpha $t/a.json; Import-Alpha $t/a.* -Store $s"
        );

        Assert.Empty(result.WithoutErrors.Output);
        Assert.Equal("[]\n", File.ReadAllText(At("a.json")));
    }

    [Fact]
    public void Registration_records_where_it_was_made()
    {
        var alpha = _module.Run("Register-Alpha mom -Store $s").Single;

        Assert.Equal(Environment.UserName, alpha.Properties["User"].Value);
        Assert.Equal(Environment.MachineName, alpha.Properties["Machine"].Value);
        Assert.Matches(@"^\d+\.\d+\.\d+", (string)alpha.Properties["ModuleVersion"].Value);
    }

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private void Write(string name, string text) => File.WriteAllText(At(name), text);

    private void Prepare(string text)
    {
        Write("a.csv", text);
        Assert.Empty(_module.Run("Import-Alpha $t/a.csv -Store $s").Errors);
    }
}
