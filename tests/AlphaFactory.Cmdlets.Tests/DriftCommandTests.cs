using System.Globalization;
using System.Text;

namespace AlphaFactory.Cmdlets.Tests;

public sealed class DriftCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("alphafactory-").FullName;
    private readonly HostedModule _module = new();

    public DriftCommandTests()
    {
        var csv = new StringBuilder("date,steady,jump\n");
        for (var day = 0; day < 300; day++)
        {
            var value = day * 37 % 100 / 100.0;
            var date = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddDays(day);
            csv.Append(
                CultureInfo.InvariantCulture,
                $"{date:yyyy-MM-dd},{value},{value + (day < 240 ? 0 : 1)}\n"
            );
        }

        File.WriteAllText(Path.Combine(_folder, "s.csv"), csv.ToString());
        _ = _module
            .Run(
                "$store = \"$($args[0])/store\"; Import-Feature s \"$($args[0])/s.csv\" -Time date -Store $store",
                _folder
            )
            .WithoutErrors;
    }

    public void Dispose()
    {
        _module.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_report_is_one_object_with_its_features_and_files()
    {
        var report = _module.Run("Invoke-DriftReport s -Store $store");

        Assert.Equal("s", report.Value("FeatureSet"));
        Assert.Equal(true, report.Value("Drifted"));
        Assert.Equal(1, report.Value("DriftedCount"));
        Assert.Equal(2, report.Value("FeatureCount"));
        Assert.True(File.Exists((string)report.Value("HtmlPath")!));
        Assert.True(File.Exists((string)report.Value("PngPath")!));
        Assert.Equal(
            ["jump"],
            _module.Run("(Invoke-DriftReport s -Store $store).Features.Where{ $_.Psi -gt 0.2 }.Feature").Texts
        );
    }

    [Fact]
    public void Failing_on_drift_gives_the_report_first_and_exit_code_4()
    {
        var result = _module.Run(
            "try { Invoke-DriftReport s -Store $store -FailOnDrift } catch { Get-AlphaExitCode $_; \"$_\" }"
        );

        Assert.Equal(3, result.Output.Count);
        Assert.Equal("s", result.Output[0].Properties["FeatureSet"].Value);
        Assert.Equal(4, result.Output[1].BaseObject);
        Assert.Contains(
            "'s' (version 1) as of 2020-10-26: 1 of 2",
            result.Texts[2],
            StringComparison.Ordinal
        );
        Assert.Empty(
            _module
                .Run("Invoke-DriftReport s -Store $store -Column steady -FailOnDrift")
                .WithoutErrors.ErrorIds
        );
    }

    [Theory]
    [InlineData("Weekly", 7)]
    [InlineData("30d", 30)]
    [InlineData("4w", 28)]
    [InlineData("30.00:00:00", 30)]
    [InlineData("([timespan]::FromDays(30))", 30)]
    public void A_window_is_typed_in_many_ways(string window, int days)
    {
        var report = _module.Run($"Invoke-DriftReport s -Store $store -Window {window}");

        Assert.Equal(TimeSpan.FromDays(days), report.Value("Window"));
        Assert.Equal((long)days, report.Value("CurrentRows"));
    }

    [Theory]
    [InlineData("Invoke-DriftReport s -Window 30", "ParameterArgumentTransformationError", 2)]
    [InlineData("Invoke-DriftReport s -AsOf x", "ParameterArgumentTransformationError", 2)]
    [InlineData("Invoke-DriftReport s -AsOf 2019-12-31", "SpecInvalid", 2)]
    [InlineData("Invoke-DriftReport s -ReferenceTo 2020-10-26", "SpecInvalid", 2)]
    [InlineData("Invoke-DriftReport s -Column none", "SchemaMismatch", 2)]
    [InlineData("Invoke-DriftReport s -Policy none.json", "PathNotFound", 5)]
    [InlineData("Invoke-DriftReport none", "FeatureSetNotFound", 5)]
    [InlineData("Get-DriftHistory none", "FeatureSetNotFound", 5)]
    public void What_is_wrong_has_its_id_and_exit_code(string command, string id, int code)
    {
        var result = _module.Run(
            $"try {{ {command} -Store $store -ErrorAction Stop }} catch {{ $_.FullyQualifiedErrorId; Get-AlphaExitCode $_ }}"
        );

        Assert.StartsWith(id + ",", result.Texts[0], StringComparison.Ordinal);
        Assert.Equal(code, result.Output[1].BaseObject);
    }

    [Fact]
    public void Feature_sets_come_from_the_pipeline_and_a_bad_one_does_not_stop_the_rest()
    {
        var piped = _module.Run("Get-FeatureSet -Store $store | Invoke-DriftReport -Store $store");
        var mixed = _module.Run("'none', 's' | Invoke-DriftReport -Store $store");

        Assert.Equal("s", piped.Value("FeatureSet"));
        Assert.Equal(["FeatureSetNotFound"], mixed.ErrorIds);
        Assert.Single(mixed.Output);
    }

    [Fact]
    public void An_output_path_is_relative_to_the_location_and_takes_one_set()
    {
        var result = _module.Run(
            "$null = $ExecutionContext.SessionState.Path.SetLocation($args[0]); 's', 's' | Invoke-DriftReport -Store $store -OutputPath out",
            _folder
        );

        Assert.Equal(["SpecInvalid"], result.ErrorIds);
        Assert.True(File.Exists(Path.Combine(_folder, "out", "report.html")));
    }

    [Fact]
    public void The_history_has_a_point_for_every_feature_of_every_report()
    {
        var points = _module.Run(
            """
            '2020-10-01', '2020-10-26' | ForEach-Object { $null = Invoke-DriftReport s -AsOf $_ -Store $store }
            Get-DriftHistory s jump -Since 2020-10-26 -Until 2020-10-26 -Store $store
            """
        );

        Assert.Equal("jump", points.Value("Feature"));
        Assert.Equal(true, points.Value("Drifted"));
        Assert.Equal(4, _module.Run("Get-DriftHistory -Store $store").WithoutErrors.Output.Count);
    }

    [Fact]
    public void What_if_writes_nothing()
    {
        Assert.Empty(_module.Run("Invoke-DriftReport s -Store $store -WhatIf").WithoutErrors.Output);
        Assert.Empty(_module.Run("Get-DriftHistory -Store $store").WithoutErrors.Output);
        Assert.False(Directory.Exists(Path.Combine(_folder, "store", "reports")));
    }
}
