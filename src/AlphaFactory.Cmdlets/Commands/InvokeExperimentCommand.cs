using System.Management.Automation;
using AlphaFactory.Cmdlets.Binding;
using AlphaFactory.Core;
using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>
/// Backtests a signal on a feature set, for one parameter set or for every one of a grid, and records each run.
/// </summary>
[Cmdlet(
    VerbsLifecycle.Invoke,
    "Experiment",
    SupportsShouldProcess = true,
    DefaultParameterSetName = ExpressionSet
)]
[OutputType(typeof(ExperimentRun))]
public sealed partial class InvokeExperimentCommand : StoreCmdlet
{
    private const string ExpressionSet = "Expression";
    private const string ScriptSet = "Script";
    private const string SpecSet = "Spec";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var spec = Run(ReadSpec, Name);
        var runs = WalkForward is null ? spec.Grid.Count : 1;
        if (!ShouldProcess($"{Amount.Of(runs, "run")} of '{Name}' on '{FeatureSet}'", "Run and record"))
        {
            return;
        }

        using var store = Run(() => AlphaStore.Open(StorePath));
        var options = new RunOptions
        {
            ThrottleLimit = ThrottleLimit,
            MaxRuntime = MaxRuntime,
            Resume = Resume,
            FailFast = FailFast,
            SaveEquity = SaveEquity,
            Chart = Chart,
            WorkingFolder = SessionState.Path.CurrentFileSystemLocation.ProviderPath,
        };
        var metrics = PerformanceMetrics.NamesFor(spec);
        foreach (var run in Stream(new ExperimentRunner(store).Run(spec, Context, options), Name))
        {
            WriteObject(MetricMembers.Attach(run, metrics));
        }
    }

    private ExperimentSpec ReadSpec()
    {
        if (Spec is not null)
        {
            SpecTable.Apply(this, MyInvocation.BoundParameters, Spec, FullPath);
        }

        return new ExperimentSpec
        {
            Name = Name,
            FeatureSet = FeatureSet,
            Version = Version,
            Expression = Expression,
            ScriptPath = ScriptPath is null ? null : FullPath(ScriptPath),
            Entities = Entity,
            Align = Align,
            Price = Price,
            Grid = Grids.Read(Grid),
            Parameters = Parameter,
            From = From,
            To = To,
            Split = Split,
            WalkForward = WalkForward,
            Purge = Purge,
            Embargo = Embargo,
            Position = Position,
            MaxLeverage = MaxLeverage,
            CostBps = CostBps,
            Lag = Lag,
            PeriodsPerYear = PeriodsPerYear,
            Benchmark = Benchmark,
            Metrics = Metric,
            Seed = Seed,
            RiskPolicy = PolicyReference(),
            SkipLookAheadTest = SkipLookAheadTest,
        };
    }

    /// <summary>A policy that ships inside by its name, another one by its full path, which a re-run needs.</summary>
    private string? PolicyReference()
    {
        var policy = RiskPolicy is null ? null : Core.Risk.RiskPolicy.Load(RiskPolicy, FullPath);
        return Path.IsPathFullyQualified(policy?.Source ?? "") ? policy!.Source : policy?.Name;
    }
}
