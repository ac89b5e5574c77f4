using System.Management.Automation;
using AlphaFactory.Cmdlets.Completion;
using AlphaFactory.Core;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>
/// Removes versions of feature sets for good: one, or all of a name. What was run on them can no longer be re-run;
/// their numbers are not given again.
/// </summary>
[Cmdlet(VerbsCommon.Remove, "FeatureSet", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
public sealed class RemoveFeatureSetCommand : StoreCmdlet
{
    /// <summary>Names or patterns of * and ?.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(FeatureSetNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>The version to remove; all of the name unless given.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, int.MaxValue)]
    public int? Version { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        using var store = Run(() => AlphaStore.Open(StorePath));
        var features = new FeatureStore(store);
        foreach (var name in Name)
        {
            if (!TryRun(() => features.List(name, Version), name, out var sets))
            {
                continue;
            }

            foreach (var set in sets)
            {
                if (ShouldProcess($"{set} ({Amount.Of(set.Rows, "row")})", "Remove feature set"))
                {
                    TryRun(() => features.Remove(set), set, out _);
                }
            }
        }
    }
}
