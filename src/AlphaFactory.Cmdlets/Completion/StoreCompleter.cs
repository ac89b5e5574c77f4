using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using AlphaFactory.Cmdlets.Binding;
using AlphaFactory.Core;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Completion;

/// <summary>What completes from a store: it reads only, and gives nothing when anything fails.</summary>
public abstract class StoreCompleter : IArgumentCompleter
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
        var (word, quote) = Unquote(wordToComplete ?? "");
        try
        {
            return
            [
                .. Complete(StorePath(fakeBoundParameters), word, fakeBoundParameters)
                    .Select(found => new CompletionResult(
                        Quote(found.Text, quote),
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

    /// <summary>The texts that begin with what is typed, and a tooltip for each.</summary>
    private protected virtual IEnumerable<(string Text, string Tooltip)> Complete(
        string store,
        string word
    ) => [];

    /// <summary>The same, where it depends on the other parameters that are typed.</summary>
    private protected virtual IEnumerable<(string Text, string Tooltip)> Complete(
        string store,
        string word,
        IDictionary bound
    ) => Complete(store, word);

    /// <summary>The store that a command line is about.</summary>
    internal static string StorePath(IDictionary bound)
    {
        var path = Tables.Unwrap(bound["Store"]) as string ?? AlphaStore.DefaultPath;
        // The language alone: the engine of the Host has no Get-Location.
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        var folder = shell
            .AddScript("$ExecutionContext.SessionState.Path.CurrentFileSystemLocation")
            .Invoke<PathInfo>();
        return Path.GetFullPath(path, folder[0].ProviderPath);
    }

    private static (string Word, char? Quote) Unquote(string word) =>
        word.Length > 0 && word[0] is '\'' or '"' ? (word.Trim(word[0]), word[0]) : (word, null);

    private static string Quote(string text, char? quote)
    {
        var plain =
            quote is null
            && text.All(letter => char.IsLetterOrDigit(letter) || letter is '_' or '.' or '-' or '=');
        return plain ? text : $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";
    }
}
