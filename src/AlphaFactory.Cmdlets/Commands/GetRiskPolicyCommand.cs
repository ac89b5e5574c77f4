using System.Management.Automation;
using AlphaFactory.Cmdlets.Completion;
using AlphaFactory.Core.Risk;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>Gets risk policies with their limits and hash: those that ship inside, or one of a file.</summary>
[Cmdlet(VerbsCommon.Get, "RiskPolicy")]
[OutputType(typeof(RiskPolicy))]
public sealed class GetRiskPolicyCommand : StoreCmdlet
{
    /// <summary>default, strict, permissive, or the path of a JSON file; all that ship inside when it is left out.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(RiskPolicyCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [.. RiskPolicy.BuiltInNames];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var name in Name)
        {
            if (TryRun(() => RiskPolicy.Load(name, FullPath), name, out var policy))
            {
                WriteObject(policy);
            }
        }
    }
}
