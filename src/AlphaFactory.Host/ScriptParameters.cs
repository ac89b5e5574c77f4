using System.Management.Automation.Runspaces;

namespace AlphaFactory.Host;

/// <summary>Reads the arguments of a script file as <c>pwsh -File</c> does.</summary>
internal static class ScriptParameters
{
    /// <summary>
    /// <c>-Name</c> is a switch, or takes the argument that follows; <c>-Name:value</c> belong together, where
    /// <c>$true</c> and <c>$false</c> are truth values; anything else is a text.
    /// </summary>
    public static IEnumerable<CommandParameter> Read(IReadOnlyList<string> arguments)
    {
        string? pending = null;
        foreach (var argument in arguments)
        {
            var colon = argument.IndexOf(':', StringComparison.Ordinal);
            if (pending is not null)
            {
                yield return new CommandParameter(pending, argument);
                pending = null;
            }
            else if (argument is not ['-', not '-' and not (>= '0' and <= '9') and not '.', ..])
            {
                yield return new CommandParameter(null, argument);
            }
            else if (colon < 0)
            {
                // With its dash it is a token of its own, and the binder finds out what it takes.
                yield return new CommandParameter(argument);
            }
            else if (colon == argument.Length - 1)
            {
                pending = argument[..^1];
            }
            else
            {
                yield return new CommandParameter(argument[..colon], Value(argument[(colon + 1)..]));
            }
        }

        if (pending is not null)
        {
            yield return new CommandParameter(pending);
        }
    }

    private static object Value(string text) =>
        text.ToUpperInvariant() switch
        {
            "$TRUE" => true,
            "$FALSE" => false,
            _ => text,
        };
}
