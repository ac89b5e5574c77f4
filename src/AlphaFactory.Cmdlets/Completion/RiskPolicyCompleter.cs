using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using AlphaFactory.Core.Risk;

namespace AlphaFactory.Cmdlets.Completion;

/// <summary>Completes the risk policies that ship inside; where none fits, PowerShell completes a file's path.</summary>
public sealed class RiskPolicyCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName,
        string parameterName,
        string wordToComplete,
        CommandAst commandAst,
        IDictionary fakeBoundParameters
    ) =>
        from name in RiskPolicy.BuiltInNames
        where name.StartsWith(wordToComplete, StringComparison.OrdinalIgnoreCase)
        select new CompletionResult(name);
}
