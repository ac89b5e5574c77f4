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
