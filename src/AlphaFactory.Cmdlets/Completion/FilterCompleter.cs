using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using AlphaFactory.Core;
using AlphaFactory.Core.Registry;

namespace AlphaFactory.Cmdlets.Completion;

/// <summary>
/// Completes inside of a filter: fields, comparisons, and the values of tags, stages and names. The quote around
/// it is left open, so that one can type on.
/// </summary>
public class FilterCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName,
        string parameterName,
        string wordToComplete,
        CommandAst commandAst,
        IDictionary fakeBoundParameters
    )
    {
        var word = wordToComplete ?? "";
        var quote = word is ['"', ..] ? '"' : '\'';
        var typed = word is ['\'' or '"', ..] ? word[1..] : word;
        // PowerShell closes a quote that is open still.
        typed = typed.Length < word.Length && typed.EndsWith(quote) ? typed[..^1] : typed;
        var text = quote == '\'' ? typed.Replace("''", "'", StringComparison.Ordinal) : typed;
        try
        {
            var (start, words) = Complete(StoreCompleter.StorePath(fakeBoundParameters), text);
            return
            [
                .. words.Select(found => new CompletionResult(
                    quote + Escape(text[..start] + found.Text, quote),
                    found.Text,
                    CompletionResultType.ParameterValue,
                    found.Tooltip
                )),
            ];
        }
        catch (Exception error) when (error is AlphaFactoryException or IOException or ArgumentException)
        {
            return [];
        }
    }

    /// <summary>What may come at the end of a filter, and where the word starts that is being typed.</summary>
    private protected virtual (int Start, IReadOnlyList<(string Text, string Tooltip)> Words) Complete(
        string store,
        string text
    ) => AlphaFilter.Complete(store, text);

    private static string Escape(string text, char quote) =>
        quote == '\'' ? CodeGeneration.EscapeSingleQuotedStringContent(text) : text;
}
