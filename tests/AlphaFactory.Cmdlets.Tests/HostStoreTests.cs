using System.Globalization;

namespace AlphaFactory.Cmdlets.Tests;

/// <summary>The Host and a store: the errors of the module's own cmdlets reach the exit code.</summary>
public sealed class HostStoreTests : IDisposable
{
    private readonly ScriptFolder _folder = new();

    [Fact]
    public void An_unknown_alpha_is_named_and_not_there()
    {
        var prices = WritePrices(badRow: null);
        var import = $"$null = Import-Feature -Name prices -Path '{prices}' -Time date";

        var result = Run($"{import}; Get-Alpha -Name nosuch; 'goes on'");

        Assert.Equal(5, result.ExitCode);
        Assert.Contains("'nosuch'", result.Error, StringComparison.Ordinal);
        Assert.Contains("AlphaNotFound", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_row_names_its_place_and_leaves_no_version()
    {
        var prices = WritePrices(badRow: 17);

        var result = Run($"Import-Feature -Name prices -Path '{prices}' -Time date");

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("prices.csv", result.Error, StringComparison.Ordinal);
        Assert.Contains("17", result.Error, StringComparison.Ordinal);
        Assert.Contains("close", result.Error, StringComparison.Ordinal);
        Assert.Equal("", Run("Get-FeatureSet -ErrorAction SilentlyContinue").Output);
    }

    [Fact]
    public void A_denied_alpha_ends_a_script_that_fails_fast()
    {
        var result = Run("Register-Alpha -Name wonder -Metric @{ sharpe = 9 } | Test-AlphaRisk -FailFast");

        Assert.Equal(3, result.ExitCode);
        Assert.Contains("'wonder v1'", result.Error, StringComparison.Ordinal);
        Assert.Contains("FIT_SHARPE_IMPLAUSIBLE", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-FailOnDrift", 4)]
    [InlineData("", 0)]
    public void Drift_over_the_limit_ends_a_script_that_asks_for_it(string option, int exitCode)
    {
        var shifted = string.Concat(
            Enumerable
                .Range(0, 400)
                .Select(day =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{new DateOnly(2023, 1, 1).AddDays(day):yyyy-MM-dd},{day % 17 + (day < 300 ? 0 : 100)}\n"
                    )
                )
        );
        var file = _folder.Write("shifted.csv", "date,level\n" + shifted);

        var result = Run(
            $"$null = Import-Feature -Name shifted -Path '{file}' -Time date; "
                + $"Invoke-DriftReport -FeatureSet shifted -Window 90d {option}"
        );

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains("True", result.Output, StringComparison.Ordinal);
        Assert.Equal(exitCode == 4, result.Error.Contains("DriftDetected", StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    private ProcessResult Run(string command) =>
        HostProcess.Run("-Store", _folder.File("store"), "-Command", command);

    /// <summary>Thirty days of prices; in the bad row the price is no number.</summary>
    private string WritePrices(int? badRow) =>
        _folder.Write(
            "prices.csv",
            "date,close\n"
                + string.Concat(
                    Enumerable
                        .Range(1, 30)
                        .Select(row =>
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $"2024-01-{row:00},{(row == badRow ? "oops" : 100 + row)}\n"
                            )
                        )
                )
        );
}
