using System.Management.Automation;
using AlphaFactory.Cmdlets.Completion;
using AlphaFactory.Core.Risk;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>Gets the catalogue of risk rules: what each looks at, its limit, and what to do when it is broken.</summary>
[Cmdlet(VerbsCommon.Get, "RiskRule")]
[OutputType(typeof(RiskRule))]
public sealed class GetRiskRuleCommand : StoreCmdlet
{
    /// <summary>Codes, with wildcards.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RiskCodeCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Code { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var code in Code)
        {
            if (WildcardPattern.ContainsWildcardCharacters(code))
            {
                var pattern = new WildcardPattern(code, WildcardOptions.IgnoreCase);
                WriteObject(
                    RiskCatalogue.Rules.Where(rule => pattern.IsMatch(rule.Code)),
                    enumerateCollection: true
                );
            }
            else if (TryRun(() => RiskCatalogue.Require(code), code, out var rule))
            {
                WriteObject(rule);
            }
        }
    }
}
