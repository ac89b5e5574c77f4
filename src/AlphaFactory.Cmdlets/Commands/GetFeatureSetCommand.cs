using System.Management.Automation;
using AlphaFactory.Cmdlets.Completion;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>Lists the versions of feature sets, by name, the newest version last.</summary>
[Cmdlet(VerbsCommon.Get, "FeatureSet")]
[OutputType(typeof(FeatureSet))]
public sealed class GetFeatureSetCommand : StoreCmdlet
{
    /// <summary>Names or patterns of * and ?; all sets unless given. A name that does not exist is an error.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(FeatureSetNameCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var name in Name)
        {
            if (TryRun(() => List(name), name, out var sets))
            {
                WriteObject(sets, enumerateCollection: true);
            }
        }
    }

    private IReadOnlyList<FeatureSet> List(string name)
    {
        using var store = AlphaStore.Open(StorePath);
        return new FeatureStore(store).List(name);
    }
}
