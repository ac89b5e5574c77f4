namespace AlphaFactory.Host;

/// <summary>What the command line asks for.</summary>
internal enum HostMode
{
    /// <summary>Show the help page.</summary>
    Help,

    /// <summary>Show the versions.</summary>
    Version,

    /// <summary>The command line is wrong; the text says how.</summary>
    Usage,

    /// <summary>Run the text.</summary>
    Command,

    /// <summary>Run the script file that the text names.</summary>
    File,

    /// <summary>Run the script that standard input holds.</summary>
    StandardInput,
}

/// <summary>The command line, read. Options come first; what follows the script belongs to it, as in pwsh.</summary>
internal sealed record HostArguments
{
    /// <summary>What to do.</summary>
    public required HostMode Mode { get; init; }

    /// <summary>The text of a command, the path of a script, or what is wrong with the command line.</summary>
    public string Text { get; init; } = "";

    /// <summary>The arguments of a script file.</summary>
    public IReadOnlyList<string> ScriptArguments { get; init; } = [];

    /// <summary>The store's folder, when it is given.</summary>
    public string? Store { get; init; }

    /// <summary>Whether questions fail.</summary>
    public bool NonInteractive { get; init; }

    /// <summary>Reads a command line. It never throws: what is wrong is in the result.</summary>
    public static HostArguments Parse(IReadOnlyList<string> arguments, bool inputRedirected)
    {
        // With no script, a terminal gets help (this is no shell to type in), and a pipe is the script.
        var parsed = new HostArguments { Mode = inputRedirected ? HostMode.StandardInput : HostMode.Help };
        for (var i = 0; i < arguments.Count; i++)
        {
            var rest = arguments.Skip(i + 1).ToArray();
            var argument = arguments[i];
            switch (Option(argument))
            {
                case "-":
                    return rest.Length == 0
                        ? parsed with
                        {
                            Mode = HostMode.StandardInput,
                        }
                        : Wrong($"Nothing may follow '-', but '{rest[0]}' does.");
                case "command" or "c":
                    return rest switch
                    {
                        [] => Wrong($"{argument} needs the text to run."),
                        ["-"] => parsed with { Mode = HostMode.StandardInput },
                        _ => parsed with { Mode = HostMode.Command, Text = string.Join(' ', rest) },
                    };
                case "file" or "f":
                    return rest is [var script, .. var own]
                        ? parsed with
                        {
                            Mode = HostMode.File,
                            Text = script,
                            ScriptArguments = own,
                        }
                        : Wrong($"{argument} needs the path of a script.");
                case "store" or "s":
                    if (rest is not [{ Length: > 0 } store, ..])
                    {
                        return Wrong($"{argument} needs the path of a folder.");
                    }

                    parsed = parsed with { Store = store };
                    i++;
                    break;
                case "noninteractive":
                    parsed = parsed with { NonInteractive = true };
                    break;
                case "noprofile" or "nologo":
                    break;
                case "version" or "v":
                    return parsed with { Mode = HostMode.Version };
                case "help" or "h" or "?":
                    return parsed with { Mode = HostMode.Help };
                case null when argument.Length > 0:
                    return parsed with { Mode = HostMode.File, Text = argument, ScriptArguments = rest };
                default:
                    return Wrong($"There is no option '{argument}'.");
            }
        }

        return parsed;
    }

    /// <summary>The name of an option, written with one dash or two; null of what is none.</summary>
    private static string? Option(string argument) =>
        argument == "-" ? argument
        : argument.StartsWith('-')
            ? argument[(argument.StartsWith("--", StringComparison.Ordinal) ? 2 : 1)..].ToLowerInvariant()
        : null;

    private static HostArguments Wrong(string message) => new() { Mode = HostMode.Usage, Text = message };
}
