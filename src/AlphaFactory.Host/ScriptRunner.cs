using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.PowerShell;

namespace AlphaFactory.Host;

/// <summary>Runs one script in the engine with the module imported, and says how it ended.</summary>
internal sealed class ScriptRunner : IDisposable
{
    private readonly ConsoleUi _ui;
    private readonly ConsoleHost _host;
    private readonly Runspace _runspace;
    private CommandInfo? _exitCodeOf;
    private PowerShell? _running;
    private int _stoppedWith;

    /// <summary>Opens the engine.</summary>
    /// <param name="nonInteractive">Whether a question fails at once.</param>
    public ScriptRunner(bool nonInteractive)
    {
        AddModulePath();
        _ui = new ConsoleUi(nonInteractive);
        _host = new ConsoleHost(_ui);
        var state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows())
        {
            // The policy guards a user's shell; whoever starts the Host names the script to run.
            state.ExecutionPolicy = ExecutionPolicy.Bypass;
        }

        _runspace = RunspaceFactory.CreateRunspace(_host, state);
        _runspace.ThreadOptions = PSThreadOptions.ReuseThread;
        _runspace.Open();
    }

    /// <summary>Imports the module, then runs what the command line asks for.</summary>
    /// <returns>The exit code.</returns>
    public int Run(string manifest, HostArguments arguments)
    {
        using var interrupt = PosixSignalRegistration.Create(
            PosixSignal.SIGINT,
            signal => signal.Cancel = Stop(ExitCode.Cancelled)
        );
        using var terminate = PosixSignalRegistration.Create(
            PosixSignal.SIGTERM,
            signal => signal.Cancel = Stop(ExitCode.Terminated)
        );
        try
        {
            Import(manifest);
        }
        catch (RuntimeException error)
        {
            _ui.WriteErrorLine(
                $"error: The AlphaFactory module at '{manifest}' does not import: {error.Message}"
            );
            return ExitCode.Failure;
        }

        var firstError = arguments.Mode switch
        {
            HostMode.File => RunFile(arguments.Text, arguments.ScriptArguments),
            HostMode.StandardInput => RunText(ReadStandardInput()),
            _ => RunText(arguments.Text),
        };
        _ui.EndProgress();
        return _host.RequestedExitCode
            ?? (
                _stoppedWith != 0 ? _stoppedWith
                : firstError is null ? ExitCode.Done
                : ExitCodeOf(firstError)
            );
    }

    /// <inheritdoc/>
    public void Dispose() => _runspace.Dispose();

    private static string ReadStandardInput()
    {
        using var reader = new StreamReader(Console.OpenStandardInput(), Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>
    /// Makes the modules beside a published Host known by name, so that a script that begins with
    /// <c>Import-Module AlphaFactory</c>, as it must in pwsh, runs here too.
    /// </summary>
    private static void AddModulePath()
    {
        const string Variable = "PSModulePath";
        var own = Path.Combine(AppContext.BaseDirectory, "Modules");
        if (Directory.Exists(own))
        {
            var others = Environment.GetEnvironmentVariable(Variable);
            var all = string.IsNullOrEmpty(others) ? own : own + Path.PathSeparator + others;
            Environment.SetEnvironmentVariable(Variable, all);
        }
    }

    private void Import(string manifest)
    {
        using var shell = PowerShell.Create(_runspace);
        shell
            .AddCommand("Import-Module")
            .AddParameter("Name", manifest)
            .AddParameter("PassThru")
            .AddParameter("ErrorAction", ActionPreference.Stop);
        var module = (PSModuleInfo)shell.Invoke()[0].BaseObject;
        _exitCodeOf = module.ExportedCmdlets["Get-AlphaExitCode"];
    }

    private ErrorRecord? RunText(string text)
    {
        Parser.ParseInput(text, out _, out var errors);
        return errors.Length > 0
            ? Unparsable(errors)
            : Run(new Command(text, isScript: true, useLocalScope: false));
    }

    /// <summary>
    /// Runs a script file dot-sourced, as pwsh does. The engine itself would swallow the code of the file's own
    /// <c>exit</c>, so the file's script block runs as a function of the same name.
    /// </summary>
    private ErrorRecord? RunFile(string path, IReadOnlyList<string> arguments)
    {
        var script = Parser.ParseFile(Path.GetFullPath(path), out _, out var errors);
        if (errors.Length > 0)
        {
            return Unparsable(errors);
        }

        if (Unmet(script.ScriptRequirements) is { } unmet)
        {
            _ui.WriteErrorLine(ErrorText.Of(unmet));
            return unmet;
        }

        var name = Path.GetFileName(path);
        _runspace.SessionStateProxy.InvokeProvider.Item.Set(
            ["function:" + name],
            script.GetScriptBlock(),
            force: true,
            literalPath: true
        );
        var command = new Command(name, isScript: false, useLocalScope: false);
        foreach (var parameter in ScriptParameters.Read(arguments))
        {
            command.Parameters.Add(parameter);
        }

        return Run(command);
    }

    /// <summary>What a script's <c>#Requires</c> asks for and this engine is not; modules it asks for are imported.</summary>
    private ErrorRecord? Unmet(ScriptRequirements? requirements)
    {
        if (requirements?.RequiredPSVersion is { } version && version > _runspace.Version)
        {
            var message =
                $"The script requires PowerShell {version}, and this engine is {_runspace.Version}.";
            return new ErrorRecord(
                new ScriptRequiresException(message),
                "ScriptRequiresUnmatchedPSVersion",
                ErrorCategory.ResourceUnavailable,
                targetObject: null
            );
        }

        foreach (var module in requirements?.RequiredModules ?? [])
        {
            using var shell = PowerShell.Create(_runspace);
            shell.AddScript(
                "if (-not (Get-Module -FullyQualifiedName $args[0])) { Import-Module -FullyQualifiedName $args[0] -ErrorAction Stop }"
            );
            try
            {
                shell.AddArgument(module).Invoke();
            }
            catch (RuntimeException error)
            {
                return new ErrorRecord(error.ErrorRecord, error);
            }
        }

        return null;
    }

    private ErrorRecord Unparsable(ParseError[] errors)
    {
        var error = new ParseException(errors);
        var record = new ErrorRecord(error.ErrorRecord, error);
        _ui.WriteErrorLine(ErrorText.Of(record));
        return record;
    }

    /// <summary>Runs a command to its end, showing what it gives on the way.</summary>
    /// <returns>The first error that the script did not handle.</returns>
    private ErrorRecord? Run(Command command)
    {
        using var shell = PowerShell.Create(_runspace);
        var display = new ResultDisplay(_ui);
        shell.Commands.AddCommand(command);
        shell.AddCommand(ResultDisplay.Command).AddParameter(nameof(OutDisplayCommand.Display), display);
        // Raised on the pipeline's thread the moment that an error is written, so that errors and output keep
        // their order; an error that the script handles or silences never comes here.
        shell.Streams.Error.DataAdding += (_, added) => display.Show((ErrorRecord)added.ItemAdded);
        try
        {
            Volatile.Write(ref _running, shell);
            shell.Invoke();
        }
        catch (PipelineStoppedException) when (_stoppedWith != 0)
        {
            // Its exit code says so.
        }
        catch (RuntimeException error)
        {
            // The exception's own record holds a stand-in for it; the mapping wants the real one.
            display.Show(new ErrorRecord(error.ErrorRecord, error));
        }
        finally
        {
            Volatile.Write(ref _running, null);
        }

        return display.FirstError;
    }

    /// <summary>Asks the module, so that there is one mapping.</summary>
    private int ExitCodeOf(ErrorRecord error)
    {
        using var shell = PowerShell.Create(_runspace);
        shell.AddCommand(_exitCodeOf).AddParameter("ErrorRecord", error);
        return (int)shell.Invoke()[0].BaseObject;
    }

    /// <summary>Stops the script once.</summary>
    /// <returns>Whether the process may go on to its orderly end; a second signal ends it at once.</returns>
    private bool Stop(int exitCode)
    {
        var running = Volatile.Read(ref _running);
        if (
            running is null
            || _ui.IsAsking
            || Interlocked.CompareExchange(ref _stoppedWith, exitCode, 0) != 0
        )
        {
            return false;
        }

        running.BeginStop(null, null);
        return true;
    }
}
