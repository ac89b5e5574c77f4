using System.Globalization;
using System.Management.Automation;
using AlphaFactory.Cmdlets.Completion;
using AlphaFactory.Core;
using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>
/// Runs the last experiment again from its record, on the data that it ran on, and compares every metric to the
/// bit: one result a run. Nothing is recorded.
/// </summary>
[Cmdlet(VerbsLifecycle.Invoke, "LastExperiment")]
[OutputType(typeof(ReproductionResult))]
public sealed class InvokeLastExperimentCommand : StoreCmdlet
{
    private long _runs;
    private long _mismatches;

    /// <summary>The experiment, of which the last call is run again; without it the last call of all.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(ExperimentNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>One run, or all runs of one call by its experiment id.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? RunId { get; set; }

    /// <summary>Ends with the error NotReproducible when a run came out different.</summary>
    [Parameter]
    public SwitchParameter FailOnMismatch { get; set; }

    /// <summary>How many runs go on at once; the results do not depend on it.</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    public int ThrottleLimit { get; set; } = Environment.ProcessorCount;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        using var store = Run(() => AlphaStore.Open(StorePath));
        var options = new RunOptions { ThrottleLimit = ThrottleLimit };
        var results = new ExperimentReproducer(store).Run(Name, RunId, Context, options);
        foreach (var result in Stream(results, RunId ?? Name))
        {
            _runs++;
            _mismatches += result.Verdict == ReproductionVerdict.Different ? 1 : 0;
            WriteObject(result);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (FailOnMismatch && _mismatches > 0)
        {
            ThrowTerminatingError(
                Errors.Record(
                    new AlphaFactoryException(
                        ErrorId.NotReproducible,
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{_mismatches} of {_runs} runs came out different. "
                        ) + "See Differences and ChangedInputs of the results."
                    )
                )
            );
        }
    }
}
