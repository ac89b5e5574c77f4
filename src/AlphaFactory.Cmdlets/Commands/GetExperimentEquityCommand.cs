using System.Management.Automation;
using AlphaFactory.Core.Experiments;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>
/// Gives the return, capital, drawdown and turnover of a run at each bar, computed again from its record on the
/// data that it ran on.
/// </summary>
[Cmdlet(VerbsCommon.Get, "ExperimentEquity")]
[OutputType(typeof(EquityPoint))]
public sealed class GetExperimentEquityCommand : HeldStoreCmdlet
{
    private ExperimentEquity? _equity;

    /// <summary>The run; runs from <c>Get-Experiment</c> and <c>Invoke-Experiment</c> come by the pipeline.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string RunId { get; set; } = "";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        _equity ??= new ExperimentEquity(HeldStore);
        if (TryRun(() => _equity.Read(RunId, Context), RunId, out var points))
        {
            WriteObject(points, enumerateCollection: true);
        }
    }
}
