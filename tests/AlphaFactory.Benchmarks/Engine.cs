using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace AlphaFactory.Benchmarks;

/// <summary>The real PowerShell engine with the module imported through its manifest, as users have it.</summary>
internal sealed class Engine : IDisposable
{
    private readonly Runspace _runspace;

    /// <summary>Opens the engine and imports the module.</summary>
    public Engine()
    {
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
        _runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        _runspace.ThreadOptions = PSThreadOptions.UseCurrentThread;
        _runspace.Open();
        Run("Import-Module -Name $args[0] -ErrorAction Stop", Tree.Manifest);
    }

    /// <summary>Runs a script's text; an error ends the benchmark.</summary>
    public IReadOnlyList<PSObject> Run(string script, params object[] arguments)
    {
        using var shell = PowerShell.Create(_runspace);
        shell.AddScript(script, useLocalScope: true);
        foreach (var argument in arguments)
        {
            shell.AddArgument(argument);
        }

        var output = shell.Invoke();
        return shell.HadErrors
            ? throw new InvalidOperationException(shell.Streams.Error[0].ToString())
            : [.. output];
    }

    /// <summary>
    /// How long a command takes inside the engine: from before its pipeline is built until its last object is out.
    /// </summary>
    /// <returns>Milliseconds.</returns>
    public double Time(string command, params object[] arguments) =>
        (double)
            Run(
                $$"""
                $start = [Diagnostics.Stopwatch]::GetTimestamp()
                $rows = @({{command}})
                [Diagnostics.Stopwatch]::GetElapsedTime($start).TotalMilliseconds
                """,
                arguments
            )[0].BaseObject;

    /// <inheritdoc/>
    public void Dispose() => _runspace.Dispose();
}

/// <summary>Where the source tree is that this was built from.</summary>
internal static class Tree
{
    /// <summary>Its root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The module's manifest.</summary>
    public static string Manifest => Path.Combine(Root, "AlphaFactory.psd1");

    /// <summary>The Host's assembly, of the same configuration.</summary>
    public static string HostAssembly
    {
        get
        {
            var framework = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
            return Path.Combine(
                Root,
                "src",
                "AlphaFactory.Host",
                "bin",
                framework.Parent!.Name,
                framework.Name,
                "alphafactory.dll"
            );
        }
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "AlphaFactory.psd1")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName
            ?? throw new InvalidOperationException("The benchmarks run outside of the source tree.");
    }
}
