using System.Management.Automation;

namespace AlphaFactory.Cmdlets.Tests;

public sealed class RiskCommandTests : IDisposable
{
    private readonly HostedModule _module = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("alphafactory-").FullName;

    private string Store => Path.Combine(_folder, "store");

    public void Dispose()
    {
        _module.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Judges_parameters_without_a_store()
    {
        var verdict = _module.Run("Test-AlphaRisk -Parameter @{ lookback = -5 } -Store $args[0]", Store);

        Assert.Equal("parameters", verdict.Value("Target"));
        Assert.Equal("Deny", verdict.Value("Outcome")?.ToString());
        Assert.Equal("PARAM_LOOKBACK_NONPOSITIVE", verdict.Value("Findings")?.ToString());
        Assert.False(Directory.Exists(Store));
    }

    [Fact]
    public void Judges_what_is_piped_in_one_verdict_each_and_records_each_denial()
    {
        Register("good", 1.2);
        Register("bad", 9);

        var targets = _module.Run(
            "Get-Alpha -Store $args[0] | Test-AlphaRisk | ForEach-Object Target",
            Store
        );
        var events = Run("Get-RiskEvent -Store $args[0]");

        Assert.Equal(["bad v1", "good v1"], targets.WithoutErrors.Texts.Order(StringComparer.Ordinal));
        var denial = Assert.Single(events.Output);
        Assert.Equal("bad v1", denial.Properties["Target"].Value);
        Assert.Equal("FIT_SHARPE_IMPLAUSIBLE", denial.Properties["Code"].Value);
        Assert.Equal("Test-AlphaRisk", denial.Properties["Source"].Value);
    }

    [Fact]
    public void Quiet_gives_true_and_false_only_and_records_too()
    {
        Register("bad", 9);
        Register("good", 1.2);

        var quiet = Run("Get-Alpha bad, good -SortBy name -Store $args[0] | Test-AlphaRisk -Quiet");

        Assert.Equal([false, true], quiet.Output.Select(item => item.BaseObject));
        Assert.Single(Run("Get-RiskEvent -Store $args[0]").Output);
    }

    [Fact]
    public void Fail_fast_ends_with_exit_code_3_after_the_event_is_recorded()
    {
        Register("bad", 9);

        var result = _module.Run("Get-Alpha -Store $args[0] | Test-AlphaRisk -FailFast", Store);

        Assert.Equal("RiskDenied", Assert.Single(result.ErrorIds));
        Assert.Empty(result.Output);
        var error = result.Errors[0];
        Assert.Contains("FIT_SHARPE_IMPLAUSIBLE", error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal("bad v1: Deny (FIT_SHARPE_IMPLAUSIBLE)", error.TargetObject.ToString());
        Assert.Equal(3, _module.Run("Get-AlphaExitCode $args[0]", error).Single.BaseObject);
        Assert.Single(Run("Get-RiskEvent -Store $args[0]").Output);
    }

    [Fact]
    public void Fail_fast_lets_what_is_allowed_through()
    {
        Register("good", 1.2);

        var verdict = Run("Get-Alpha -Store $args[0] | Test-AlphaRisk -FailFast");

        Assert.Equal("Warn", verdict.Value("Outcome")?.ToString());
    }

    [Fact]
    public void A_policy_file_is_found_from_the_current_location()
    {
        File.WriteAllText(
            Path.Combine(_folder, "desk.json"),
            """{ "rules": { "FIT_SHARPE_IMPLAUSIBLE": { "limit": 1 } } }"""
        );
        Register("good", 1.2);

        Run("$ExecutionContext.SessionState.Path.SetLocation($args[1])", _folder);
        var verdict = Run("Get-Alpha -Store $args[0] | Test-AlphaRisk -Policy ./desk.json");

        Assert.Equal("desk", verdict.Value("PolicyName"));
        Assert.Equal("Deny", verdict.Value("Outcome")?.ToString());
    }

    [Theory]
    [InlineData("Test-AlphaRisk -Parameter @{} -Policy strct", "PolicyInvalid", 2)]
    [InlineData("Test-AlphaRisk -Parameter @{} -Policy ./no-such.json", "PathNotFound", 5)]
    [InlineData("Test-AlphaRisk -Parameter 5", "ParameterArgumentTransformationError", 2)]
    [InlineData("1, 'x' | Test-AlphaRisk -ErrorAction Stop", "ParameterArgumentValidationError", 2)]
    [InlineData("Get-RiskPolicy strct", "PolicyInvalid", 2)]
    [InlineData("Get-RiskRule FIT_DSR_LO", "PolicyInvalid", 2)]
    [InlineData("Get-RiskEvent -Store $args[0]", "StoreNotFound", 5)]
    [InlineData(
        "Get-RiskEvent -Since yesterdayish -Store $args[0]",
        "ParameterArgumentTransformationError",
        2
    )]
    public void Wrong_input_is_an_error_with_its_exit_code(string script, string id, int code)
    {
        var result = _module.Run(script, Store);

        Assert.Equal(id, result.ErrorIds[0]);
        Assert.Equal(code, _module.Run("Get-AlphaExitCode $args[0]", result.Errors[0]).Single.BaseObject);
    }

    [Fact]
    public void A_wrong_item_in_the_pipeline_does_not_stop_the_rest()
    {
        Register("good", 1.2);

        var result = _module.Run("@(5; Get-Alpha -Store $args[0]) | Test-AlphaRisk -Quiet", Store);

        Assert.Equal("ParameterArgumentValidationError", Assert.Single(result.ErrorIds));
        Assert.Equal(true, Assert.Single(result.Output).BaseObject);
    }

    [Fact]
    public void An_explicit_store_that_is_not_there_is_an_error_for_alphas()
    {
        Register("good", 1.2);

        var result = _module.Run(
            "Get-Alpha -Store $args[0] | Test-AlphaRisk -Store $args[1]",
            Store,
            Path.Combine(_folder, "none")
        );

        Assert.Equal(["StoreNotFound"], result.ErrorIds);
    }

    [Fact]
    public void Rules_are_found_by_wildcard()
    {
        Assert.Equal(
            ["FIT_DSR_LOW", "FIT_PBO_HIGH"],
            Run("Get-RiskRule fit_[dp]* | ForEach-Object Code").Texts
        );
        Assert.Equal("FIT_DSR_LOW", Run("Get-RiskRule fit_dsr_low").Value("Code"));
        Assert.Empty(Run("Get-RiskRule NOTHING*").Output);
    }

    [Fact]
    public void Policies_show_limits_and_hash()
    {
        Assert.Equal(["default", "strict", "permissive"], Run("Get-RiskPolicy | ForEach-Object Name").Texts);
        Assert.Equal(0.99, Run("(Get-RiskPolicy strict).Limits.FIT_DSR_LOW").Single.BaseObject);
        Assert.Equal(64, Run("(Get-RiskPolicy strict).Hash.Length").Single.BaseObject);
    }

    [Fact]
    public void Codes_and_policies_complete()
    {
        string[] Complete(string line) =>
            [
                .. CommandCompletion
                    .CompleteInput(line, line.Length, null, PowerShell.Create(_module.Runspace))
                    .CompletionMatches.Select(match => match.CompletionText),
            ];

        Assert.Equal(["FIT_DSR_LOW"], Complete("Get-RiskEvent -Code fit_d"));
        Assert.Equal(["strict"], Complete("Test-AlphaRisk -Policy st"));
        Assert.Equal(["permissive"], Complete("Get-RiskPolicy perm"));
    }

    [Fact]
    public void Events_are_filtered_by_time_and_count()
    {
        Register("bad", 9);
        Run(
            "1..3 | ForEach-Object { Get-Alpha -Store $args[0] | Test-AlphaRisk -Quiet }".Replace(
                "$args[0]",
                $"'{Store}'",
                StringComparison.Ordinal
            )
        );

        Assert.Equal(3, Run("Get-RiskEvent -Store $args[0]").Output.Count);
        Assert.Equal(2, Run("Get-RiskEvent -Target BAD -First 2 -Store $args[0]").Output.Count);
        Assert.Empty(Run("Get-RiskEvent -Until 2001-01-01 -Store $args[0]").Output);
        Assert.Equal(
            3,
            Run("Get-RiskEvent FIT_* -Since 2001-01-01 -Until 2999-12-31 -Store $args[0]").Output.Count
        );
    }

    private void Register(string name, double sharpe) =>
        Assert.Single(
            Run("Register-Alpha $args[1] -Metric @{ sharpe = $args[2] } -Store $args[0]", name, sharpe).Output
        );

    private ScriptResult Run(string script, params object?[] arguments) =>
        _module.Run(script, [Store, .. arguments]).WithoutErrors;
}
