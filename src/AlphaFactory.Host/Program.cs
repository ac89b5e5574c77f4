using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace AlphaFactory.Host;

/// <summary>The <c>alphafactory</c> command: PowerShell's engine with the AlphaFactory module in it.</summary>
internal static class Program
{
    private const string Help = """
        alphafactory: PowerShell's engine with the AlphaFactory module in it.

        usage: alphafactory [options] -File <script> [arguments...]
               alphafactory [options] -Command <text>
               alphafactory [options] -

          -File, -f <script>    run a script; everything after it goes to the script
          -Command, -c <text>   run a text; everything after it belongs to the text
          -                     run a script from standard input (also without arguments, when it is redirected)
          -Store, -s <path>     the store's folder, as $env:ALPHAFACTORY_STORE
          -NonInteractive       fail where a command would ask
          -NoProfile, -NoLogo   as with pwsh; there is neither profile nor logo anyway
          -Version, -v          show the versions
          -Help, -h, -?         show this page

        Output goes to standard output; errors, warnings and progress to standard error.
        The exit code is what the script's own 'exit' says, else that of the first error that the script did not
        handle: 1 failure, 2 wrong input, 3 denied by risk, 4 drift, 5 not there, 6 store unusable,
        7 not reproducible, 130 cancelled.
        """;

    private static int Main(string[] arguments)
    {
        // Read once by the engine, at its first use: nothing leaves this machine.
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

        var parsed = HostArguments.Parse(arguments, Console.IsInputRedirected);
        if (parsed.Store is { } store)
        {
            Environment.SetEnvironmentVariable("ALPHAFACTORY_STORE", Path.GetFullPath(store));
        }

        switch (parsed.Mode)
        {
            case HostMode.Help:
                Console.Out.WriteLine(Help);
                return ExitCode.Done;
            case HostMode.Version:
                Console.Out.WriteLine(Versions());
                return ExitCode.Done;
            case HostMode.Usage:
                return Fail($"{parsed.Text} 'alphafactory -Help' shows the options.", ExitCode.WrongInput);
            case HostMode.File when !File.Exists(parsed.Text):
                return Fail(
                    $"There is no script at '{Path.GetFullPath(parsed.Text)}'. (PathNotFound)",
                    ExitCode.NotThere
                );
            default:
                return Run(parsed);
        }
    }

    private static int Run(HostArguments arguments)
    {
        if (ModuleLocation.Find() is not { } manifest)
        {
            return Fail(
                $"The AlphaFactory module is neither beside nor above '{AppContext.BaseDirectory}'. Install it again.",
                ExitCode.Failure
            );
        }

        using var runner = new ScriptRunner(arguments.NonInteractive || Console.IsInputRedirected);
        return runner.Run(manifest, arguments);
    }

    private static int Fail(string message, int exitCode)
    {
        Console.Error.WriteLine($"error: {message}");
        return exitCode;
    }

    private static string Versions()
    {
        var own = Version(typeof(Program));
        var engine = Version(typeof(System.Management.Automation.PowerShell));
        return $"alphafactory {own} (PowerShell engine {engine}, {RuntimeInformation.FrameworkDescription})";
    }

    private static string Version(Type type) =>
        type
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+', ' ')[0];
}
