using System.Globalization;
using System.Management.Automation;

namespace AlphaFactory.Host;

/// <summary>Writes an error as plain text: the message, where it arose, and its id.</summary>
internal static class ErrorText
{
    private const int LongestQuote = 100;

    private const string MissingCommandHint =
        "This host has PowerShell's core commands and AlphaFactory's. Those of Microsoft.PowerShell.Utility and "
        + "Microsoft.PowerShell.Management (Write-Output, Select-Object, Export-Csv, Set-Location…) need pwsh.";

    /// <summary>Whether the record is a line that a program wrote to its standard error.</summary>
    public static bool IsNativeOutput(ErrorRecord error) =>
        error.FullyQualifiedErrorId.StartsWith("NativeCommandError", StringComparison.Ordinal);

    /// <summary>The text of an error, without a line break at its end.</summary>
    public static string Of(ErrorRecord error)
    {
        var lines = new List<string>();
        if (error.Exception is ParseException { Errors: { Length: > 0 } errors })
        {
            foreach (var syntax in errors)
            {
                lines.Add("error: " + syntax.Message);
                var extent = syntax.Extent;
                lines.Add(
                    Place(
                        extent.File,
                        extent.StartLineNumber,
                        extent.StartColumnNumber,
                        extent.StartScriptPosition.Line
                    )
                );
            }
        }
        else
        {
            lines.Add("error: " + Message(error));
            if (error.InvocationInfo is { ScriptLineNumber: > 0 } place)
            {
                var text = string.IsNullOrEmpty(place.Statement) ? place.Line : place.Statement;
                lines.Add(Place(place.ScriptName, place.ScriptLineNumber, place.OffsetInLine, text));
            }
        }

        if (error.FullyQualifiedErrorId is { Length: > 0 } id && id != error.Exception?.Message)
        {
            lines.Add("  id " + id);
        }

        return string.Join(Environment.NewLine, lines);
    }

    private static string Place(string? script, int line, int column, string text)
    {
        var first = text.Trim().Split('\n')[0].TrimEnd();
        var quoted = first.Length > LongestQuote ? first[..LongestQuote] + "…" : first;
        var where = string.IsNullOrEmpty(script) ? "line " : script + ":";
        return string.Create(CultureInfo.InvariantCulture, $"  at {where}{line} char:{column}: {quoted}");
    }

    private static string Message(ErrorRecord error)
    {
        var message = error.ErrorDetails?.Message is { Length: > 0 } details
            ? details
            : error.Exception?.Message ?? error.ToString();
        if (error.ErrorDetails?.RecommendedAction is { Length: > 0 } action)
        {
            message += Environment.NewLine + action;
        }

        return error.Exception is CommandNotFoundException
            ? message + Environment.NewLine + MissingCommandHint
            : message;
    }
}
