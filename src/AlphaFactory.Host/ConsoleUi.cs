using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;

namespace AlphaFactory.Host;

/// <summary>
/// The console: output to standard output, everything said about it to standard error. Progress appears on a
/// terminal only, as one line that rewrites itself; escape codes never reach a file, a pipe, or whoever sets
/// <c>NO_COLOR</c>.
/// </summary>
internal sealed class ConsoleUi : PSHostUserInterface
{
    private const string Red = "\e[31m";
    private const string Reset = "\e[0m";

    private readonly bool _nonInteractive;
    private readonly bool _colors;
    private readonly bool _redErrors;
    private int _progressLength;

    /// <summary>A console whose questions fail at once when nobody can answer.</summary>
    public ConsoleUi(bool nonInteractive)
    {
        _nonInteractive = nonInteractive;
        var allowed =
            !OperatingSystem.IsWindows()
            && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
        _colors = allowed && !Console.IsOutputRedirected;
        _redErrors = allowed && !Console.IsErrorRedirected;
        if (!_colors)
        {
            PSStyle.Instance.OutputRendering = OutputRendering.PlainText;
        }
    }

    /// <summary>Whether a question is open: then Ctrl+C ends the process, since reading a line cannot be stopped.</summary>
    public bool IsAsking { get; private set; }

    /// <inheritdoc/>
    public override bool SupportsVirtualTerminal => _colors;

    /// <inheritdoc/>
    public override PSHostRawUserInterface RawUI { get; } = new ConsoleRawUi();

    /// <inheritdoc/>
    public override void Write(string value)
    {
        EndProgress();
        Console.Out.Write(GetOutputString(value, _colors));
    }

    /// <inheritdoc/>
    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        Write(value);

    /// <inheritdoc/>
    public override void WriteLine(string value)
    {
        EndProgress();
        Console.Out.WriteLine(GetOutputString(value, _colors));
    }

    /// <inheritdoc/>
    public override void WriteErrorLine(string value)
    {
        EndProgress();
        Console.Error.WriteLine(_redErrors ? Red + value + Reset : GetOutputString(value, _redErrors));
    }

    /// <inheritdoc/>
    public override void WriteWarningLine(string message) => WriteAside("WARNING: " + message);

    /// <inheritdoc/>
    public override void WriteVerboseLine(string message) => WriteAside("VERBOSE: " + message);

    /// <inheritdoc/>
    public override void WriteDebugLine(string message) => WriteAside("DEBUG: " + message);

    /// <inheritdoc/>
    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        if (Console.IsErrorRedirected)
        {
            return;
        }

        if (record.RecordType == ProgressRecordType.Completed)
        {
            EndProgress();
            return;
        }

        var line = ProgressLine(record);
        line = line[..Math.Min(line.Length, RawUI.BufferSize.Width - 1)];
        Console.Error.Write('\r' + line.PadRight(_progressLength));
        _progressLength = line.Length;
    }

    /// <summary>Takes the progress line off the terminal, before anything else is written there.</summary>
    public void EndProgress()
    {
        if (_progressLength > 0)
        {
            Console.Error.Write('\r' + new string(' ', _progressLength) + '\r');
            _progressLength = 0;
        }
    }

    /// <inheritdoc/>
    public override string ReadLine() => Ask(() => Console.ReadLine() ?? "");

    /// <inheritdoc/>
    public override SecureString ReadLineAsSecureString() => throw NoSecrets();

    /// <inheritdoc/>
    public override Dictionary<string, PSObject> Prompt(
        string caption,
        string message,
        Collection<FieldDescription> descriptions
    )
    {
        var answers = new Dictionary<string, PSObject>(StringComparer.OrdinalIgnoreCase);
        Ask(() =>
        {
            WriteAside(string.Join(Environment.NewLine, caption, message).Trim());
            foreach (var field in descriptions)
            {
                Console.Error.Write(field.Name + ": ");
                answers[field.Name] = PSObject.AsPSObject(Console.ReadLine() ?? "");
            }

            return answers;
        });
        return answers;
    }

    /// <inheritdoc/>
    public override int PromptForChoice(
        string caption,
        string message,
        Collection<ChoiceDescription> choices,
        int defaultChoice
    ) =>
        Ask(() =>
        {
            WriteAside(string.Join(Environment.NewLine, caption, message).Trim());
            while (true)
            {
                Console.Error.Write(ChoiceLine(choices, defaultChoice));
                var answer = Console.ReadLine()?.Trim();
                if (string.IsNullOrEmpty(answer))
                {
                    // The end of the input is no consent: it takes the default, and without one the last, which
                    // is the way out.
                    if (defaultChoice >= 0 || answer is null)
                    {
                        return defaultChoice >= 0 ? defaultChoice : choices.Count - 1;
                    }
                }
                else if (Chosen(choices, answer) is >= 0 and var chosen)
                {
                    return chosen;
                }
            }
        });

    /// <inheritdoc/>
    public override PSCredential PromptForCredential(
        string caption,
        string message,
        string userName,
        string targetName
    ) => throw NoSecrets();

    /// <inheritdoc/>
    public override PSCredential PromptForCredential(
        string caption,
        string message,
        string userName,
        string targetName,
        PSCredentialTypes allowedCredentialTypes,
        PSCredentialUIOptions options
    ) => throw NoSecrets();

    private static string ProgressLine(ProgressRecord record)
    {
        var line = new StringBuilder(record.Activity).Append(": ").Append(record.StatusDescription);
        if (record.PercentComplete >= 0)
        {
            line.Append(CultureInfo.InvariantCulture, $" {record.PercentComplete}%");
        }

        if (record.SecondsRemaining >= 0)
        {
            line.Append(
                CultureInfo.InvariantCulture,
                $", {TimeSpan.FromSeconds(record.SecondsRemaining):c} left"
            );
        }

        return line.Replace('\r', ' ').Replace('\n', ' ').ToString();
    }

    private static string ChoiceLine(Collection<ChoiceDescription> choices, int defaultChoice)
    {
        var labels = choices.Select(choice => $"[{Key(choice)}] {Name(choice)}");
        var otherwise = defaultChoice >= 0 ? $" (default is {Key(choices[defaultChoice])})" : "";
        return $"{string.Join("  ", labels)}{otherwise}: ";
    }

    private static int Chosen(Collection<ChoiceDescription> choices, string answer)
    {
        for (var i = 0; i < choices.Count; i++)
        {
            if (
                string.Equals(answer, Key(choices[i]), StringComparison.OrdinalIgnoreCase)
                || string.Equals(answer, Name(choices[i]), StringComparison.OrdinalIgnoreCase)
            )
            {
                return i;
            }
        }

        return -1;
    }

    private static string Name(ChoiceDescription choice) =>
        choice.Label.Replace("&", "", StringComparison.Ordinal);

    /// <summary>The letter after the ampersand of the label; without one the whole label.</summary>
    private static string Key(ChoiceDescription choice)
    {
        var mark = choice.Label.IndexOf('&', StringComparison.Ordinal);
        return mark >= 0 && mark + 1 < choice.Label.Length
            ? choice.Label.Substring(mark + 1, 1)
            : Name(choice);
    }

    private static PSNotSupportedException NoSecrets() => new("This host does not ask for secrets.");

    private T Ask<T>(Func<T> question)
    {
        if (_nonInteractive)
        {
            throw new PSInvalidOperationException(
                "The command asks a question that nobody can answer: standard input is no terminal, or "
                    + "-NonInteractive was given. Pass what it asks for as parameters, and -Confirm:$false for a "
                    + "confirmation."
            );
        }

        EndProgress();
        IsAsking = true;
        try
        {
            return question();
        }
        finally
        {
            IsAsking = false;
        }
    }

    private void WriteAside(string line)
    {
        EndProgress();
        Console.Error.WriteLine(line);
    }
}
