using System.Globalization;

namespace AlphaFactory.Cmdlets.Tests;

public sealed class FeatureTests : IDisposable
{
    private const string Csv =
        "Date,Country,Exchange rate,open?\n"
        + "2020-01-02,Norway,9.5,true\n"
        + "2020-01-01,Norway,9.25,\n"
        + "2020-01-01,Japan,,false\n";

    private readonly HostedModule _module = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("alphafactory-").FullName;

    public void Dispose()
    {
        _module.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_file_is_imported_listed_and_read_back_as_objects()
    {
        var set = Run("Import-Feature fx $file -Time Date -Entity Country -Store $store", Csv).Single;
        Assert.Equal(
            ("fx", 1, 3L),
            (set.Properties["Name"].Value, set.Properties["Version"].Value, set.Properties["Rows"].Value)
        );

        var rows = Run("Get-FeatureSet f* -Store $store | Get-Feature -Store $store").WithoutErrors.Output;
        Assert.Equal(["Date", "Country", "Exchange rate", "open?"], rows[0].Properties.Select(p => p.Name));
        Assert.Equal(["Japan", "Norway", "Norway"], rows.Select(row => row.Properties["Country"].Value));
        Assert.Equal([null, 9.25, 9.5], rows.Select(row => row.Properties["Exchange rate"].Value));
        Assert.Equal([false, null, true], rows.Select(row => row.Properties["open?"].Value));
        var time = Assert.IsType<DateTime>(rows[0].Properties["Date"].Value);
        Assert.Equal((new DateTime(2020, 1, 1), DateTimeKind.Utc), (time, time.Kind));
    }

    [Fact]
    public void Rows_are_cut_by_day_entity_and_column()
    {
        Run("Import-Feature fx $file -Time Date -Entity Country -Store $store", Csv);
        var rows = Run(
            "Get-Feature fx -Entity Norway -From 2020-01-01 -To 2020-01-01 -Column 'exchange rate' -Store $store"
        );

        Assert.Equal(9.25, rows.Value("Exchange rate"));
        Assert.Single(rows.Single.Properties);
    }

    [Fact]
    public void Paths_come_as_patterns_and_from_the_pipeline()
    {
        File.WriteAllText(Path.Combine(_folder, "a-1.csv"), "t,v\n2020-01-01,1\n");
        File.WriteAllText(Path.Combine(_folder, "a-2.csv"), "t,v\n2020-01-02,2\n");

        foreach (
            var (name, import) in new[]
            {
                ("x", "Import-Feature x $folder/a-*.csv -Time t"),
                ("y", "1, 2 | ForEach-Object { \"$folder/a-$_.csv\" } | Import-Feature y -Time t"),
            }
        )
        {
            Assert.Equal(2L, Run(import + " -Store $store").Value("Rows"));
            Assert.Equal(name, Run($"Get-FeatureSet {name} -Store $store").Value("Name"));
        }
    }

    [Fact]
    public void The_same_content_again_says_so_and_changes_nothing()
    {
        const string import = "Import-Feature fx $file -Time Date -Entity Country -Store $store -Verbose";
        Run(import, Csv);
        var again = Run(import, Csv);

        Assert.Equal(1, again.Value("Version"));
        Assert.Contains(again.Verbose, line => line.Contains("same content", StringComparison.Ordinal));
        Assert.Single(Run("Get-FeatureSet -Store $store").WithoutErrors.Output);
    }

    [Theory]
    [InlineData("Import-Feature x $file -Time Dat -Store $store", "SchemaMismatch")]
    [InlineData("Import-Feature x $file -Time Date -Store $store", "DuplicateKey")]
    [InlineData(
        "Import-Feature x $file -Time Date -Entity Country -Schema @{ Country = 'long' } -Store $store",
        "SchemaMismatch"
    )]
    [InlineData(
        "Import-Feature x $file -Time Date -Entity Country -Schema @{ 'Exchange rate' = 'money' } -Store $store",
        "SchemaMismatch"
    )]
    [InlineData("Import-Feature ../x $file -Time Date -Store $store", "NameInvalid")]
    [InlineData("Import-Feature x $folder/absent.csv -Time Date -Store $store", "PathNotFound")]
    [InlineData("Import-Feature x $folder/absent*.csv -Time Date -Store $store", "PathNotFound")]
    [InlineData("Import-Feature x $folder -Time Date -Store $store", "PathNotFound")]
    [InlineData("Get-FeatureSet -Store $folder/none", "StoreNotFound")]
    public void A_mistake_has_its_error_id(string script, string id)
    {
        Assert.Equal([id], Run(script, Csv).ErrorIds);
        Assert.False(Directory.Exists(Path.Combine(_folder, "store", "features", "x")));
    }

    [Fact]
    public void A_set_that_is_not_there_is_an_error_by_name_and_nothing_by_pattern()
    {
        Run("Import-Feature fx $file -Time Date -Entity Country -Store $store", Csv);
        var result = Run("'nope', 'n*', 'fx' | Get-FeatureSet -Store $store");

        Assert.Equal(["FeatureSetNotFound"], result.ErrorIds);
        Assert.Equal("fx", result.Output.Single().Properties["Name"].Value);
        Assert.Equal(["FeatureSetNotFound"], Run("Get-Feature fx -Version 2 -Store $store").ErrorIds);
    }

    [Fact]
    public void What_if_makes_not_even_a_store()
    {
        Assert.Empty(
            Run("Import-Feature fx $file -Time Date -Entity Country -Store $store -WhatIf", Csv).Errors
        );
        Assert.False(Directory.Exists(Path.Combine(_folder, "store")));
    }

    [Fact]
    public void A_bad_number_in_row_17_ends_the_host_with_2_and_leaves_no_version()
    {
        var rows = Enumerable
            .Range(1, 30)
            .Select(i =>
                string.Create(CultureInfo.InvariantCulture, $"2020-01-{i:00},{(i == 17 ? "x" : "1.5")}")
            );
        var file = Path.Combine(_folder, "bad.csv");
        File.WriteAllText(file, "time,close\n" + string.Join('\n', rows) + "\n");
        var store = Path.Combine(_folder, "store");

        var result = HostProcess.Run("-Command", $"Import-Feature bad '{file}' -Time time -Store '{store}'");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("bad.csv", result.Error, StringComparison.Ordinal);
        Assert.Contains("row 17 (line 18)", result.Error, StringComparison.Ordinal);
        Assert.Contains("'close'", result.Error, StringComparison.Ordinal);
        Assert.Empty(Run("Get-FeatureSet -Store $store").WithoutErrors.Output);
    }

    private ScriptResult Run(string script, string? csv = null)
    {
        var file = Path.Combine(_folder, "data.csv");
        if (csv is not null)
        {
            File.WriteAllText(file, csv);
        }

        return _module.Run(
            "$folder, $store, $file = $args; " + script,
            _folder,
            Path.Combine(_folder, "store"),
            file
        );
    }
}
