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
    public void Derived_columns_see_the_rows_before_the_first_that_comes_out()
    {
        const string csv =
            "t,e,v\n2020-01-01,A,1\n2020-01-02,A,3\n2020-01-03,A,6\n2020-01-02,B,1\n2020-01-03,B,2\n";
        Run("Import-Feature x $file -Time t -Entity e -Store $store", csv);
        const string gain = "-Expression @{ gain = 'delta(v, 1)'; half = 'v / 2' } -Store $store";

        var rows = Run($"Get-Feature x -From 2020-01-02 {gain}").WithoutErrors.Output;
        Assert.Equal(["t", "e", "v", "gain", "half"], rows[0].Properties.Select(p => p.Name));
        Assert.Equal([2.0, 3.0, null, 1.0], rows.Select(row => row.Properties["gain"].Value));
        Assert.Equal([1.5, 3.0, 0.5, 1.0], rows.Select(row => row.Properties["half"].Value));

        // Of times that both have, A's first is the 2nd.
        var inner = Run($"Get-Feature x -Align Inner -Entity A, B -Column gain {gain}").WithoutErrors.Output;
        Assert.Equal(["gain", "half"], inner[0].Properties.Select(p => p.Name));
        Assert.Equal([null, null, 3.0, null, 1.0], inner.Select(row => row.Properties["gain"].Value));

        var wrong = Run("Get-Feature x -Expression @{ gain = 'delta(w, 1)' } -Store $store");
        Assert.Equal(["ExpressionSyntax"], wrong.ErrorIds);
        Assert.Contains("line 1, column 7", wrong.Errors.Single().ToString(), StringComparison.Ordinal);
        Assert.Equal(
            [3L],
            Run(
                "Get-Feature x -Expression @{ gain = 'v' } -Store $store | ForEach-Object { if (++$n -eq 2) { $_; break } }"
            )
                .Output.Select(row => row.Properties["v"].Value)
        );
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
    public void Objects_tables_and_data_rows_are_rows()
    {
        const string day = "[pscustomobject]@{ t = [datetime]::new(2020, 1, 1); v = 1.5; s = 'x' }";
        foreach (
            var (objects, columns) in new[]
            {
                (day + ", @{ t = '2020-01-02'; w = 2 }", "t,v,s,w"),
                ("[ordered]@{ t = '2020-01-01'; v = '1.5' }, @{ t = '2020-01-02' }", "t,v"),
                (
                    "$(($d = [System.Data.DataTable]::new()).Columns.AddRange(@('t', 'v'));"
                        + " [void]$d.Rows.Add('2020-01-01', '1.5'); [void]$d.Rows.Add('2020-01-02'); $d.Rows)",
                    "t,v"
                ),
            }
        )
        {
            var set = Run($"{objects} | Import-Feature objects -Time t -Mode Replace -Store $store").Single;
            Assert.Equal(2L, set.Properties["Rows"].Value);
            var rows = Run("Get-Feature objects -Store $store").WithoutErrors.Output;
            Assert.Equal(columns, string.Join(',', rows[0].Properties.Select(p => p.Name)));
            Assert.Equal([1.5, null], rows.Select(row => row.Properties["v"].Value));
        }

        // What was read is the content that is there.
        var again = Run("Get-Feature objects -Store $store | Import-Feature objects -Time t -Store $store");
        Assert.Equal(2, again.Value("Version"));
        Assert.Equal(["SchemaMismatch"], Run("1..3 | Import-Feature ints -Time t -Store $store").ErrorIds);
    }

    [Fact]
    public void Files_come_from_the_pipeline_as_items()
    {
        Run("1", Csv);
        var set = Run(
            "[System.IO.FileInfo]$file | Import-Feature fx -Time Date -Entity Country -Store $store"
        );
        Assert.Equal(3L, set.Value("Rows"));
    }

    [Fact]
    public void Bad_rows_are_left_out_with_a_warning_and_counted()
    {
        var result = Run(
            "Import-Feature fx $file -Time Date -Entity Country -OnError Quarantine -Store $store",
            Csv + "soon,Japan,1,true\n"
        );

        Assert.Equal(1L, result.Value("Quarantined"));
        Assert.Contains("'soon' is not a time", result.Warnings.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_known_then_is_read_joined_and_exported()
    {
        const string csv =
            "t,e,v,k\n2020-01-01,A,1,2020-01-02\n2020-01-01,A,2,2020-02-01\n2020-01-03,A,3,2020-01-04\n";
        Run("Import-Feature x $file -Time t -Entity e -KnownAt k -Store $store", csv);

        Assert.Equal([2L, 3L], Column("Get-Feature x -Store $store"));
        Assert.Equal([1L, 2L, 3L], Column("Get-Feature x -History -Store $store"));
        Assert.Equal([1L], Column("Get-Feature x -Version 1 -AsOf 2020-01-02 -Store $store"));
        Assert.Equal(["FeatureSetNotFound"], Run("Get-Feature x -AsOf 2020-01-02 -Store $store").ErrorIds);
        var verbose = Run("Get-Feature x -Version 1 -AsOf 2020-01-02 -Verbose -Store $store").Verbose;
        Assert.Contains(verbose, line => line.StartsWith("Withheld 2 rows", StringComparison.Ordinal));
        Assert.Equal(
            [null, 1L, 3L],
            Column(
                "'2020-01-01', '2020-01-03', '2020-02-01' | ForEach-Object { @{ at = $_; e = 'A' } } |"
                    + " Join-Feature -Time at -Entity e -With x -Store $store"
            )
        );
        foreach (var extension in new[] { "csv", "parquet", "json" })
        {
            _ = Run($"Export-Feature x $folder/out.{extension} -Store $store").WithoutErrors;
            Assert.True(File.Exists(Path.Combine(_folder, "out." + extension)));
        }

        var again = "Import-Feature y $folder/out.parquet -Time t -Entity e -KnownAt k -Store $store";
        Assert.Equal(2L, Run(again).Value("Rows"));

        object?[] Column(string script) =>
            [.. Run(script).WithoutErrors.Output.Select(row => row.Properties["v"].Value)];
    }

    [Fact]
    public void An_expected_version_and_a_removal()
    {
        const string import = "Import-Feature fx $file -Time Date -Entity Country -Store $store";
        Assert.Equal(["VersionConflict"], Run(import + " -ExpectedVersion 1", Csv).ErrorIds);
        Assert.Equal(1, Run(import + " -ExpectedVersion 0", Csv).Value("Version"));
        Assert.Empty(Run("Remove-FeatureSet fx -Store $store -WhatIf").Errors);
        Assert.Single(Run("Get-FeatureSet -Store $store").WithoutErrors.Output);
        Assert.Equal(
            ["FeatureSetNotFound"],
            Run("Remove-FeatureSet fx -Version 9 -Confirm:$false -Store $store").ErrorIds
        );
        Assert.Empty(
            Run("Get-FeatureSet f* -Store $store | Remove-FeatureSet -Confirm:$false -Store $store").Errors
        );
        Assert.Empty(Run("Get-FeatureSet -Store $store").WithoutErrors.Output);
        Assert.Equal(2, Run(import, Csv).Value("Version"));
    }

    [Fact]
    public async Task Two_processes_that_append_at_once_both_land()
    {
        var store = Path.Combine(_folder, "store");
        var ends = await Task.WhenAll(
            Enumerable
                .Range(1, 2)
                .Select(i =>
                {
                    var file = Path.Combine(_folder, FormattableString.Invariant($"{i}.csv"));
                    File.WriteAllText(file, FormattableString.Invariant($"t,v\n2020-01-0{i},{i}\n"));
                    return Task.Run(() =>
                        HostProcess.Run(
                            "-Command",
                            $"Import-Feature both '{file}' -Time t -Mode Append -Store '{store}'"
                        )
                    );
                })
        );

        Assert.Equal([0, 0], ends.Select(end => end.ExitCode));
        var set = Run("Get-FeatureSet both -Store $store").WithoutErrors.Output;
        Assert.Equal([1L, 2L], set.Select(version => version.Properties["Rows"].Value));
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
