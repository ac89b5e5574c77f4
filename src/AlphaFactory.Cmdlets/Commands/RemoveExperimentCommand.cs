using System.Management.Automation;
using AlphaFactory.Cmdlets.Completion;
using AlphaFactory.Core;
using AlphaFactory.Core.Experiments;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>
/// Removes recorded runs: those of names, of one call, or single ones. How many trials there were is not forgotten.
/// </summary>
[Cmdlet(
    VerbsCommon.Remove,
    "Experiment",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.High,
    DefaultParameterSetName = NameSet
)]
public sealed class RemoveExperimentCommand : HeldStoreCmdlet
{
    private const string NameSet = "Name";
    private const string IdSet = "Id";

    // Confirmed, and removed together at the end: the runs of one call rewrite its file once.
    private readonly List<string> _confirmed = [];

    /// <summary>Names of experiments, with <c>*</c> and <c>?</c>: all their runs.</summary>
    [Parameter(ParameterSetName = NameSet, Mandatory = true, Position = 0)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ExperimentNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>One run, or all runs of one call by its experiment id.</summary>
    [Parameter(ParameterSetName = IdSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("ExperimentId")]
    [ValidateNotNullOrEmpty]
    public string[] RunId { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var runs = new ExperimentStore(HeldStore);
        foreach (var pattern in Name)
        {
            if (TryRun(() => runs.RecordedNames([pattern]), pattern, out var names))
            {
                Confirm(names.SelectMany(runs.Calls), runs);
            }
        }

        Confirm(RunId, runs);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_confirmed.Count > 0)
        {
            var runs = new ExperimentStore(HeldStore);
            Run(() => runs.Remove(_confirmed, Context.Cancellation));
        }
    }

    private void Confirm(IEnumerable<string> ids, ExperimentStore runs)
    {
        foreach (var id in ids)
        {
            if (
                TryRun(() => runs.CountOf(id), id, out var count)
                && ShouldProcess($"{Amount.Of(count, "run")} of '{id}' in store '{StorePath}'", "Remove")
            )
            {
                _confirmed.Add(id);
            }
        }
    }
}
