using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using AlphaFactory.Core.Risk;

namespace AlphaFactory.Cmdlets.Completion;

/// <summary>Completes the codes of risk rules.</summary>
public sealed class RiskCodeCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName,
        string parameterName,
        string wordToComplete,
        CommandAst commandAst,
        IDictionary fakeBoundParameters
    ) =>
        from rule in RiskCatalogue.Rules
        where rule.Code.StartsWith(wordToComplete, StringComparison.OrdinalIgnoreCase)
        select new CompletionResult(rule.Code, rule.Code, CompletionResultType.ParameterValue, rule.Remedy);
}
