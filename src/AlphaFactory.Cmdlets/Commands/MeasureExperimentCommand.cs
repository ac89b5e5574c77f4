using System.Management.Automation;
using AlphaFactory.Cmdlets.Completion;
using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>
/// Says for each experiment how many trials there ever were, how good the best run is, and how much of that may be
/// luck: its deflated Sharpe ratio and, on request, the probability of backtest overfitting.
/// </summary>
[Cmdlet(VerbsDiagnostic.Measure, "Experiment")]
[OutputType(typeof(ExperimentMeasure))]
public sealed class MeasureExperimentCommand : StoreCmdlet
{
    private readonly List<string> _patterns = [];

    /// <summary>Names of experiments, with <c>*</c> and <c>?</c>; without it all.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ExperimentNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Computes the last call's runs again for the probability of backtest overfitting.</summary>
    [Parameter]
    public SwitchParameter Pbo { get; set; }

    /// <summary>How many runs are computed at once; the results do not depend on it.</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    public int ThrottleLimit { get; set; } = Environment.ProcessorCount;

    /// <inheritdoc/>
    protected override void ProcessRecord() => _patterns.AddRange(Name);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        using var store = Run(() => AlphaStore.Open(StorePath), StorePath);
        var runs = new ExperimentStore(store);
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var pattern in _patterns.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            if (TryRun(() => runs.TriedNames([pattern]), pattern, out var found))
            {
                names.UnionWith(found);
            }
        }

        var measurer = new ExperimentMeasurer(store);
        var options = new RunOptions { ThrottleLimit = ThrottleLimit };
        foreach (var name in names.Order(StringComparer.OrdinalIgnoreCase))
        {
            if (TryRun(() => measurer.Measure(name, Pbo, Context, options), name, out var measure))
            {
                WriteObject(measure);
            }
        }
    }
}
