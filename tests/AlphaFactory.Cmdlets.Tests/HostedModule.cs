using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using Microsoft.PowerShell;

namespace AlphaFactory.Cmdlets.Tests;

/// <summary>
/// A runspace of the real engine with the module imported through its manifest, as a user has it. Types of
/// Core are reached through <see cref="PSObject"/> only: they live in the module's own load context.
/// </summary>
internal sealed class HostedModule : IDisposable
{
    /// <summary>Opens a runspace and, unless told otherwise, imports the module into it.</summary>
    public HostedModule(bool import = true)
    {
        var state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows())
        {
            state.ExecutionPolicy = ExecutionPolicy.Bypass;
        }

        Runspace = RunspaceFactory.CreateRunspace(state);
        Runspace.Open();
        if (import)
        {
            _ = Run("Import-Module -Name $args[0]", Repository.Manifest).WithoutErrors;
        }
    }

    /// <summary>The runspace, for a test that needs more than <see cref="Run"/>.</summary>
    public Runspace Runspace { get; }

    /// <summary>
    /// Runs a script's text in the global scope, with <c>$args</c>. Its variables stay for the next call. An
    /// error never throws; it is in the result.
    /// </summary>
    public ScriptResult Run(string script, params object?[] arguments)
    {
        using var shell = PowerShell.Create(Runspace);
        shell.AddScript(script, useLocalScope: false);
        foreach (var argument in arguments)
        {
            shell.AddArgument(argument);
        }

        var output = new PSDataCollection<PSObject>();
        ErrorRecord? terminating = null;
        try
        {
            shell.Invoke(null, output);
        }
        catch (RuntimeException error)
        {
            // The exception's own record holds a stand-in for it.
            terminating = new ErrorRecord(error.ErrorRecord, error);
        }

        return new ScriptResult(
            [.. output],
            terminating is null ? [.. shell.Streams.Error] : [.. shell.Streams.Error, terminating],
            terminating,
            [.. shell.Streams.Warning.Select(record => record.Message)],
            [.. shell.Streams.Verbose.Select(record => record.Message)]
        );
    }

    /// <inheritdoc/>
    public void Dispose() => Runspace.Dispose();
}

/// <summary>What a script in a <see cref="HostedModule"/> gave.</summary>
/// <param name="Output">The objects of the output stream.</param>
/// <param name="Errors">All errors in order; one that ended the script is the last.</param>
/// <param name="Terminating">The error that ended the script, if one did.</param>
/// <param name="Warnings">The warnings' texts.</param>
/// <param name="Verbose">The verbose messages' texts.</param>
internal sealed record ScriptResult(
    IReadOnlyList<PSObject> Output,
    IReadOnlyList<ErrorRecord> Errors,
    ErrorRecord? Terminating,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<string> Verbose
)
{
    /// <summary>The ids of the errors, without the name of the command that raised them.</summary>
    public IReadOnlyList<string> ErrorIds =>
        [.. Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0])];

    /// <summary>The objects of the output as text, in the invariant culture.</summary>
    public IReadOnlyList<string> Texts =>
        [.. Output.Select(item => LanguagePrimitives.ConvertTo<string>(item))];

    /// <summary>The only object of the output; any error fails the test with its text.</summary>
    public PSObject Single => Assert.Single(WithoutErrors.Output);

    /// <summary>This result; any error fails the test with its text.</summary>
    public ScriptResult WithoutErrors
    {
        get
        {
            Assert.True(Errors.Count == 0, string.Join(Environment.NewLine, Errors));
            return this;
        }
    }

    /// <summary>A property's value of the only object of the output.</summary>
    public object? Value(string property) => Single.Properties[property]?.Value;
}

/// <summary>Where the tests find the module and the Host: in the source tree that they were built from.</summary>
internal static class Repository
{
    /// <summary>The root of the source tree.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The module's manifest.</summary>
    public static string Manifest => Path.Combine(Root, "AlphaFactory.psd1");

    /// <summary>The Host's assembly, of the configuration that the tests were built in.</summary>
    public static string HostAssembly
    {
        get
        {
            var framework = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
            return Path.Combine([
                Root,
                "src",
                "AlphaFactory.Host",
                "bin",
                framework.Parent!.Name,
                framework.Name,
                "alphafactory.dll",
            ]);
        }
    }

    /// <summary>Keeps the engine from sending its usage data out of a test run; it asks once, at first use.</summary>
    [ModuleInitializer]
    internal static void OptOutOfTelemetry() =>
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "AlphaFactory.psd1")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName
            ?? throw new InvalidOperationException("The tests run outside of the source tree.");
    }
}
