namespace AlphaFactory.Cmdlets.Tests;

/// <summary>The <c>alphafactory</c> command as scripts and schedulers use it: streams, exit codes, arguments.</summary>
public sealed class HostTests
{
    [Theory]
    [InlineData("throw 'x'", 1)]
    [InlineData("Remove-Module AlphaFactory; throw 1", 1)]
    [InlineData("exit 4", 4)]
    [InlineData("function f { exit 9 }; f; 'never'", 9)]
    [InlineData("nosuchcommand; exit 0", 0)]
    [InlineData("nosuchcommand; 'goes on'", 1)]
    [InlineData("Get-AlphaExitCode -NoSuchParameter; throw 'later'", 2)]
    [InlineData("throw 'first'; Get-AlphaExitCode -NoSuchParameter", 1)]
    [InlineData("if (", 1)]
    public void Ends_with_the_scripts_own_code_or_that_of_the_first_error(string command, int code)
    {
        Assert.Equal(code, HostProcess.Run("-Command", command).ExitCode);
    }

    [Fact]
    public void Counts_no_error_that_the_script_handled()
    {
        var script = """
            try { throw 'a' } catch { 'caught'; $_ }
            Get-Module -ListAvailable -FullyQualifiedName @{} -ErrorAction SilentlyContinue
            Import-Module nosuch -ErrorAction Ignore
            nosuchcommand 2>$null
            trap { 'trapped'; continue }
            throw 'b'
            """;

        var result = HostProcess.Run("-Command", script);

        Assert.Contains("caught", result.Output, StringComparison.Ordinal);
        Assert.Contains("trapped", result.Output, StringComparison.Ordinal);
        Assert.Equal(("", 0), (result.Error, result.ExitCode));
    }

    [Fact]
    public void Writes_an_error_to_standard_error_and_goes_on()
    {
        var result = HostProcess.Run("-Command", "'before'\n  1 / 0\n'after'");

        Assert.Equal(["before", "after"], Lines(result.Output));
        Assert.Equal(
            ["error: Attempted to divide by zero.", "  at line 2 char:3: 1 / 0", "  id RuntimeException"],
            Lines(result.Error)
        );
    }

    [Fact]
    public void Names_the_place_of_an_error_of_syntax()
    {
        using var folder = new ScriptFolder();
        var script = folder.Write("bad.ps1", "'never'\n$x = (1 + ");

        var result = HostProcess.Run("-File", script);

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains($"  at {script}:2 char:", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Passes_arguments_to_a_script_as_pwsh_does()
    {
        using var folder = new ScriptFolder();
        var script = folder.Write(
            "it's [a] script é.ps1",
            """
            param([string] $Name, [int] $Count, [switch] $On, [switch] $Off, [Parameter(ValueFromRemainingArguments)] $Rest)
            "$Name|$($Count + 1)|$On|$Off|$Rest"
            "$PSScriptRoot|$PSCommandPath"
            """
        );

        var result = HostProcess.Run([
            "-File",
            script,
            "-Name",
            "a b",
            "-Count:-3",
            "-On",
            "-Off:$false",
            "x",
            "",
            "-5",
            "ü",
        ]);

        Assert.Equal(
            ["a b|-2|True|False|x  -5 ü", $"{folder.Path}|{script}"],
            Lines(result.WithoutError.Output)
        );
    }

    [Fact]
    public void Runs_a_script_in_the_scope_of_the_session()
    {
        using var folder = new ScriptFolder();
        folder.Write("inner.ps1", "'inner'; exit 3; 'never'");
        var script = folder.Write(
            "outer.ps1",
            """
            $count = 0
            function Add { $script:count++ }
            Add; Add
            & "$PSScriptRoot/inner.ps1"
            "$count $LASTEXITCODE"
            function Leave { exit 7 }
            Leave
            'never'
            """
        );

        var result = HostProcess.Run("-File", script);

        Assert.Equal(["inner", "2 3"], Lines(result.WithoutError.Output));
        Assert.Equal(7, result.ExitCode);
    }

    [Fact]
    public void Refuses_arguments_that_a_script_does_not_take()
    {
        using var folder = new ScriptFolder();
        var script = folder.Write("typed.ps1", "param([int] $Count) 'never'");

        var result = HostProcess.Run("-File", script, "-Count", "many");

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("many", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("#Requires -Version 7.6 -Modules AlphaFactory\n'ran'", "ran", 0)]
    [InlineData("#Requires -Version 99.0\n'ran'", "", 1)]
    [InlineData("#Requires -Modules NoSuchModule\n'ran'", "", 1)]
    public void Holds_a_script_to_what_it_requires(string text, string output, int code)
    {
        using var folder = new ScriptFolder();

        var result = HostProcess.Run("-File", folder.Write("requires.ps1", text));

        Assert.Equal((output, code), (result.Output.TrimEnd(), result.ExitCode));
    }

    [Fact]
    public void Names_a_script_that_is_not_there()
    {
        var result = HostProcess.Run("-File", "nosuch.ps1");

        Assert.Equal((5, ""), (result.ExitCode, result.Output));
        Assert.Contains("nosuch.ps1", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-")]
    [InlineData("-NonInteractive")]
    [InlineData("-NoProfile")]
    [InlineData("-NoLogo")]
    public void Runs_a_script_from_standard_input(string argument)
    {
        var result = HostProcess.Run([argument], "if ($true) {\n  'Größe 漢字'\n}\nexit 6\n");

        Assert.Equal(("Größe 漢字", 6), (result.Output.TrimEnd(), result.ExitCode));
    }

    [Theory]
    [InlineData("-NoSuchOption")]
    [InlineData("-Command")]
    [InlineData("-File")]
    [InlineData("-Store")]
    public void Refuses_a_wrong_command_line(string argument)
    {
        var result = HostProcess.Run(argument);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(argument, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-Version", "1.1.0")]
    [InlineData("--help", "-NonInteractive")]
    [InlineData("-?", "-Command")]
    public void Describes_itself(string argument, string text)
    {
        Assert.Contains(text, HostProcess.Run(argument).WithoutError.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Sets_the_store_for_the_script()
    {
        using var folder = new ScriptFolder();

        var result = HostProcess.Run(
            ["-Store", "my store", "-Command", "$env:ALPHAFACTORY_STORE"],
            workingDirectory: folder.Path
        );

        Assert.Equal(Path.Combine(folder.Path, "my store"), result.WithoutError.Output.TrimEnd());
    }

    [Fact]
    public void Formats_objects_by_their_views_in_the_width_it_is_given()
    {
        var environment = new Dictionary<string, string?> { ["COLUMNS"] = "60" };

        var result = HostProcess.Run(["-Command", "Get-Module AlphaFactory"], environment: environment);

        var lines = Lines(result.WithoutError.Output);
        Assert.Contains("ModuleType Version", lines[0], StringComparison.Ordinal);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 60));
    }

    [Fact]
    public void Keeps_escape_codes_and_progress_out_of_files()
    {
        var script = """
            function Show {
                [CmdletBinding()] param()
                $PSCmdlet.WriteProgress([System.Management.Automation.ProgressRecord]::new(1, 'Busy', 'half'))
                $PSCmdlet.WriteWarning('careful')
            }
            Show
            Get-Module AlphaFactory
            nosuchcommand
            """;
        var environment = new Dictionary<string, string?>
        {
            ["TERM"] = "xterm-256color",
            ["NO_COLOR"] = null,
        };

        var result = HostProcess.Run(["-Command", script], environment: environment);

        Assert.DoesNotContain('\e', result.Output + result.Error);
        Assert.DoesNotContain("Busy", result.Output + result.Error, StringComparison.Ordinal);
        Assert.Contains("WARNING: careful", Lines(result.Error));
    }

    [Fact]
    public void Fails_where_a_command_would_ask()
    {
        var script = """
            function Drop {
                [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')] param()
                if ($PSCmdlet.ShouldProcess('it')) { 'dropped' }
            }
            Drop
            Drop -Confirm:$false
            """;

        var result = HostProcess.Run("-NonInteractive", "-Command", script);

        Assert.Equal(["dropped"], Lines(result.Output));
        Assert.Contains("-Confirm:$false", result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public void Takes_a_missing_mandatory_parameter_as_wrong_input()
    {
        var result = HostProcess.Run("-Command", "function f { param([Parameter(Mandatory)] $Key) 1 }; f");

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("Key", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Passes_on_what_programs_write_without_calling_it_an_error()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs a POSIX shell.");

        var result = HostProcess.Run(
            "-Command",
            "/bin/sh -c 'echo out; echo aside >&2; exit 3'; $LASTEXITCODE"
        );

        Assert.Equal(["out", "3"], Lines(result.Output));
        Assert.Equal(["aside"], Lines(result.Error));
        Assert.Equal(0, result.ExitCode);
    }

    [Theory]
    [InlineData(2, 130)]
    [InlineData(15, 143)]
    public void Stops_a_script_in_order_on_a_signal(int signal, int code)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs POSIX signals.");
        Assert.SkipWhen(IsIgnored(signal), "The signal is ignored by whoever started the tests.");
        var script = "'started'; try { while ($true) { $i++ } } finally { [Console]::WriteLine('cleaned') }";
        using var host = HostProcess.Start(["-Command", script]);
        Assert.Equal("started", host.Output.ReadLine());

        host.Signal(signal);

        var result = host.Finish();
        Assert.Equal(["cleaned"], Lines(result.Output));
        Assert.Equal(code, result.ExitCode);
    }

    private static string[] Lines(string text) =>
        [.. text.Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0)];

    /// <summary>Whether this process ignores a signal, which its children inherit.</summary>
    private static bool IsIgnored(int signal)
    {
        const string Status = "/proc/self/status";
        const string Field = "SigIgn:";
        var mask = File.Exists(Status)
            ? File.ReadLines(Status).FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal))
            : null;
        return mask is not null
            && (Convert.ToUInt64(mask[Field.Length..].Trim(), 16) >> (signal - 1) & 1) == 1;
    }
}
