using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using AlphaFactory.Core.Experiments;

namespace AlphaFactory.Cmdlets.Completion;

/// <summary>Completes the metrics that a run has only when they are asked for.</summary>
public sealed class ExtraMetricCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName,
        string parameterName,
        string wordToComplete,
        CommandAst commandAst,
        IDictionary fakeBoundParameters
    ) =>
        from name in PerformanceMetrics.Optional
        where name.StartsWith(wordToComplete, StringComparison.OrdinalIgnoreCase)
        select new CompletionResult(name);
}
