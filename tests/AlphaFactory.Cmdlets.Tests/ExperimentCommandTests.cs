using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace AlphaFactory.Cmdlets.Tests;

public sealed class ExperimentCommandTests : IDisposable
{
    private const string Crossover =
        "Invoke-Experiment cross prices 'sma(close, $fast) - sma(close, $slow)' -Store $store ";

    private readonly string _folder = Directory.CreateTempSubdirectory("alphafactory-").FullName;
    private readonly HostedModule _module = new();

    public ExperimentCommandTests()
    {
        var random = new Random(7);
        var price = 100.0;
        var lines = Enumerable
            .Range(0, 400)
            .Select(day =>
            {
                price *= 1 + (random.NextDouble() - 0.5) / 20;
                var date = new DateTime(2020, 1, 1).AddDays(day);
                return string.Create(CultureInfo.InvariantCulture, $"{date:yyyy-MM-dd},{price:F4}");
            });
        var file = Path.Combine(_folder, "prices.csv");
        File.WriteAllLines(file, lines.Prepend("date,close"));
        _ = _module
            .Run(
                "$store = $args[0]; Import-Feature -Name prices -Path $args[1] -Time date -Store $store",
                Path.Combine(_folder, "store"),
                file
            )
            .Single;
    }

    public void Dispose()
    {
        _module.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Runs_pipe_into_the_registry_with_all_that_they_bring()
    {
        var alphas = Ok(
            Crossover + "-Grid @{ slow = 20; fast = 5, 10 } -OutVariable runs | Register-Alpha -Store $store"
        ).Output;
        Assert.Equal(["cross v1", "cross v2"], alphas.Select(alpha => $"{alpha}"));
        Assert.Equal(
            Ok("$runs").Output.Select(run => Text(run, "RunId")),
            alphas.Select(alpha => Text(alpha, "RunId"))
        );
        Assert.All(alphas, alpha => Assert.Equal(2.0, alpha.Properties["trials"].Value));
        var typed = Assert.Single(
            Ok("$runs[0] | Register-Alpha -Metric @{ sharpe = 7 } -Store $store").Output
        );
        Assert.Equal((null, 7.0), (typed.Properties["RunId"].Value, typed.Properties["sharpe"].Value));
    }

    [Fact]
    public void A_grid_gives_one_object_a_run_with_each_metric_as_a_member()
    {
        var runs = Ok(Crossover + "-Grid @{ slow = 20, 40; fast = 5, 10 }").Output;
        // A plain hashtable counts in ordinal key order.
        Assert.Equal(
            ["fast=5; slow=20", "fast=5; slow=40", "fast=10; slow=20", "fast=10; slow=40"],
            runs.Select(run => Text(run, "Parameters"))
        );
        Assert.All(runs, run => Assert.IsType<double>(run.Properties["sharpe"].Value));
        Assert.Equal("Completed", Text(runs[0], "Status"));
        Assert.Equal(
            ["slow=20; fast=5", "slow=20; fast=10"],
            Ok(Crossover + "-Grid ([ordered]@{ slow = 20; fast = 5, 10 })")
                .Output.Select(run => Text(run, "Parameters"))
        );
        Assert.Equal(
            ["fast=5; slow=20", "fast=7; slow=30"],
            Ok(Crossover + "-Grid @{ fast = 5; slow = 20 }, @{ fast = 7; slow = 30 }")
                .Output.Select(run => Text(run, "Parameters"))
        );
        Assert.Equal(
            ["fast=5; slow=9", "fast=6; slow=9"],
            Ok(Crossover + "-Grid @{ fast = 5..6 } -Parameter @{ slow = 9 }")
                .Output.Select(run => Text(run, "Parameters"))
        );
    }

    [Fact]
    public void Runs_are_searched_sorted_and_paged()
    {
        Ok(Crossover + "-Grid @{ fast = 2..6; slow = 20, 40 }");
        double[] sorted = [.. Ok("Get-Experiment -Store $store").Output.Select(Sharpe).OrderDescending()];
        Assert.Equal(
            sorted[1..4],
            Ok("Get-Experiment cr* -Store $store -SortBy sharpe -Descending -First 3 -Skip 1")
                .Output.Select(Sharpe)
        );
        Assert.Equal(
            sorted[..3],
            Ok(
                "Get-Experiment -Store $store -MinMetric @{ sharpe = $args[0] } -SortBy sharpe -Descending",
                sorted[2]
            )
                .Output.Select(Sharpe)
        );
        Assert.Equal("10", Ok("Get-Experiment -Store $store -First 1 -IncludeTotalCount").Texts[0]);
        Assert.Equal(["2"], Ok("@(Get-Experiment -Store $store -Page 3 -PageSize 4).Count").Texts);
    }

    [Fact]
    public void A_re_run_proves_itself_and_a_mismatch_has_an_id_of_its_own()
    {
        Ok(Crossover + "-Grid @{ fast = 5, 10; slow = 20 }");
        Assert.Equal(
            ["Identical", "Identical"],
            Ok("(Invoke-LastExperiment -Store $store -FailOnMismatch).Verdict").Texts
        );
        Assert.Equal(
            ["Identical"],
            Ok("(Get-Experiment -Store $store -First 1 | Invoke-LastExperiment -Store $store).Verdict").Texts
        );
        var record = Directory.GetFiles(
            Path.Combine(_folder, "store", "experiments"),
            "spec.json",
            SearchOption.AllDirectories
        );
        var text = File.ReadAllText(Assert.Single(record));
        File.WriteAllText(
            record[0],
            text.Replace("\"costBps\": 1", "\"costBps\": 9", StringComparison.Ordinal)
        );
        var mismatch = _module.Run("Invoke-LastExperiment -Store $store -FailOnMismatch");
        Assert.Equal(2, mismatch.Output.Count);
        Assert.Equal(["NotReproducible"], mismatch.ErrorIds);
        Assert.Equal(["7"], Ok("Get-AlphaExitCode $args[0]", mismatch.Errors[0]).Texts);
    }

    [Theory]
    [InlineData("-Grid @{}", "SpecInvalid")]
    [InlineData("-Grid @{ fast = @(); slow = 2 }", "SpecInvalid")]
    [InlineData("-Grid 5", "SpecInvalid")]
    [InlineData("-Grid @{ fast = 5 }", "SpecInvalid")]
    [InlineData("-Parameter @{ fast = 'x'; slow = 9 }", "SpecInvalid")]
    [InlineData("-Parameter @{ fast = 1; slow = 9 } -From 2021-01-01 -To 2020-01-01", "SpecInvalid")]
    [InlineData("-Parameter @{ fast = 1; slow = 9 } -Price volume", "SpecInvalid")]
    [InlineData("-Parameter @{ fast = 1; slow = 9 } -Entity zz", "SchemaMismatch")]
    [InlineData("-Parameter @{ fast = 1; slow = 9 } -RiskPolicy nope", "PolicyInvalid")]
    public void Wrong_input_has_an_id_and_exit_code_2(string arguments, string id)
    {
        var result = _module.Run(Crossover + arguments);
        Assert.Equal([id], result.ErrorIds);
        Assert.Equal(["2"], Ok("Get-AlphaExitCode $args[0]", result.Errors[0]).Texts);
        Assert.Empty(Ok("Get-Experiment -Store $store").Output);
    }

    [Fact]
    public void What_is_not_there_has_exit_code_5()
    {
        foreach (
            var script in new[]
            {
                "Invoke-Experiment a nope close -Store $store",
                "Invoke-LastExperiment -Store $store",
                "Get-Experiment nope -Store $store",
                "Get-Experiment -RunId x.1 -Store $store",
                "Invoke-Experiment a prices close -Store \"$store-none\"",
            }
        )
        {
            var error = Assert.Single(_module.Run(script).Errors);
            Assert.Equal(["5"], Ok("Get-AlphaExitCode $args[0]", error).Texts);
        }
    }

    [Fact]
    public void What_if_runs_nothing()
    {
        Assert.Empty(Ok(Crossover + "-Parameter @{ fast = 5; slow = 9 } -WhatIf").Output);
        Assert.Empty(Ok("Get-Experiment -Store $store").Output);
    }

    [Fact]
    public void A_rejected_run_is_an_object_and_one_warning()
    {
        var result = Ok(Crossover + "-Grid @{ fast = 0, -1; slow = 9 }");
        Assert.Equal(["Rejected", "Rejected"], result.Output.Select(run => Text(run, "Status")));
        Assert.All(result.Output, run => Assert.Null(run.Properties["sharpe"].Value));
        Assert.Contains(
            "PARAM_LOOKBACK_NONPOSITIVE",
            Assert.Single(result.Warnings),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_pipeline_that_stops_leaves_whole_runs_only()
    {
        using var shell = PowerShell.Create(_module.Runspace);
        shell.AddScript(Crossover + "-Grid @{ fast = 1..60; slow = 61..160 }");
        using var output = new PSDataCollection<PSObject>();
        using var first = new ManualResetEventSlim();
        output.DataAdded += (_, _) => first.Set();
        var running = shell.BeginInvoke<PSObject, PSObject>(null, output);
        Assert.True(first.Wait(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        shell.Stop();
        Assert.ThrowsAny<RuntimeException>(() => shell.EndInvoke(running));
        var runs = Ok("Get-Experiment -Store $store").Output;
        Assert.NotEmpty(runs);
        Assert.All(runs, run => Assert.Equal(15, ((ICollection)run.Properties["Metrics"].Value).Count));
        Assert.Equal(
            Enumerable.Range(1, runs.Count).Select(i => string.Create(CultureInfo.InvariantCulture, $".{i}")),
            runs.Select(run => Path.GetExtension(Text(run, "RunId")))
        );
    }

    [Fact]
    public void Trials_are_measured_and_stamped_into_an_alpha()
    {
        var warning = Assert.Single(Ok(Crossover + "-Grid @{ fast = 5, 10; slow = 20, 40 }").Warnings);
        Assert.Contains("4 trials of 'cross'", warning, StringComparison.Ordinal);
        var measure = Ok("Measure-Experiment cr* -Pbo -Store $store").Single;
        Assert.Equal(("cross", "4"), (Text(measure, "Name"), Text(measure, "Trials")));
        Assert.InRange((double)measure.Properties["Pbo"].Value, 0, 1);
        var alpha = Ok(
            "Get-Experiment -Store $store -SortBy sharpe -Descending -First 1 | Register-Alpha best -Store $store"
        ).Single;
        Assert.Equal(4.0, alpha.Properties["trials"].Value);
        Assert.Equal(measure.Properties["Dsr"].Value, alpha.Properties["dsr"].Value);
        Assert.Equal(
            ["1"],
            Ok("@(Get-Experiment -Store $store | Measure-Experiment -Store $store).Count").Texts
        );
        Assert.Equal(["RunNotFound"], _module.Run("Measure-Experiment nope -Store $store").ErrorIds);
    }

    [Fact]
    public void A_split_adds_both_parts_as_members()
    {
        var run = Ok(
            Crossover + "-Parameter @{ fast = 5; slow = 20 } -Split 2020-09-01 -Purge 0 -Embargo 0"
        ).Single;
        Assert.Equal(
            399.0,
            (double)run.Properties["is_observations"].Value + (double)run.Properties["oos_observations"].Value
        );
        Assert.Equal(
            ["SpecInvalid"],
            _module.Run(Crossover + "-Parameter @{ fast = 5; slow = 20 } -Split 2030-01-01").ErrorIds
        );
    }

    [Fact]
    public void The_series_of_runs_comes_by_the_pipeline()
    {
        Ok(Crossover + "-Grid @{ fast = 5, 10; slow = 20 }");
        var points = Ok("Get-Experiment -Store $store | Get-ExperimentEquity -Store $store").Output;
        Assert.Equal(800, points.Count);
        Assert.Null(points[0].Properties["Return"].Value);
        Assert.Equal(
            Ok("(Get-Experiment -Store $store)[1].total_return").Single.BaseObject,
            Math.Round((double)points[^1].Properties["Equity"].Value - 1, 15),
            (object? a, object? b) => Math.Abs((double)a! - (double)b!) < 1e-12
        );
        var result = _module.Run("'x.1', 'x' | ForEach-Object { Get-ExperimentEquity $_ -Store $store }");
        Assert.Equal(["RunNotFound", "RunNotFound"], result.ErrorIds);
    }

    [Fact]
    public void Runs_are_removed_on_confirmation_only()
    {
        Ok(Crossover + "-Grid @{ fast = 5, 10; slow = 20, 40 }");
        Ok("Remove-Experiment cross -Store $store -WhatIf");
        Assert.Equal(["4"], Ok("@(Get-Experiment -Store $store).Count").Texts);
        Ok("Get-Experiment -Store $store -First 1 | Remove-Experiment -Store $store -Confirm:$false");
        Assert.Equal(["3"], Ok("@(Get-Experiment -Store $store).Count").Texts);
        Ok("Remove-Experiment c* -Store $store -Confirm:$false");
        Assert.Empty(Ok("Get-Experiment -Store $store").Output);
        Assert.Equal(["4"], Ok("(Measure-Experiment cross -Store $store).Trials").Texts);
        Assert.Equal(
            ["RunNotFound", "RunNotFound"],
            _module
                .Run(
                    "Remove-Experiment cross -Store $store -Confirm:$false; Remove-Experiment -RunId x -Store $store -Confirm:$false"
                )
                .ErrorIds
        );
    }

    [Fact]
    public void A_search_takes_the_bounds_of_that_for_alphas()
    {
        Ok(Crossover + "-Grid @{ fast = 0, 5, 10; slow = 20 }");
        Assert.Equal(["1"], Ok("@(Get-Experiment -Store $store -Status Rejected).Count").Texts);
        Assert.Equal(
            ["2"],
            Ok("@(Get-Experiment -Store $store -MaxMetric sharpe=100,turnover=5).Count").Texts
        );
        Assert.Equal(["0"], Ok("@(Get-Experiment -Store $store -Since 2999-01-01).Count").Texts);
        Assert.Equal(["0"], Ok("@(Get-Experiment -Store $store -Until 2001-01-01).Count").Texts);
    }

    private static double Sharpe(PSObject run) => (double)run.Properties["sharpe"].Value;

    private static string Text(PSObject item, string property) =>
        LanguagePrimitives.ConvertTo<string>(item.Properties[property].Value);

    private ScriptResult Ok(string script, params object?[] arguments) =>
        _module.Run(script, arguments).WithoutErrors;
}
