using System.Management.Automation;
using AlphaFactory.Cmdlets.Binding;
using AlphaFactory.Cmdlets.Completion;
using AlphaFactory.Core;
using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Registry;
using AlphaFactory.Core.Risk;
using AlphaFactory.Core.Storage;
using Stopwatch = System.Diagnostics.Stopwatch;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>
/// Registers runs, or values fed by hand, as alphas: each a new immutable version of its name. Piped input is
/// committed in batches, and an object comes out when it is durable.
/// </summary>
[Cmdlet(VerbsLifecycle.Register, "Alpha", SupportsShouldProcess = true, DefaultParameterSetName = ValuesSet)]
[OutputType(typeof(Alpha))]
public sealed class RegisterAlphaCommand : StoreCmdlet
{
    private const string RunSet = "Run";
    private const string ValuesSet = "Values";

    // Items that come slower than this are committed one by one; faster ones wait for company.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private readonly List<AlphaDraft> _pending = [];
    private readonly HashSet<string> _metricNames = new(StringComparer.OrdinalIgnoreCase);
    private readonly Stopwatch _sinceFlush = new();
    private AlphaStore? _store;

    // Boxed: a field of one of Core's value types would have Core loaded before the module can say where it is.
    private object? _stage;
    private RiskGovernor? _governor;

    /// <summary>Runs, as <c>Invoke-Experiment</c> gives them; they bring metrics, parameters and provenance.</summary>
    [Parameter(ParameterSetName = RunSet, Mandatory = true, ValueFromPipeline = true)]
    public ExperimentRun[] Run { get; set; } = [];

    /// <summary>The name. A run's is its experiment's unless this is given.</summary>
    [Parameter(ParameterSetName = RunSet, Position = 0)]
    [Parameter(
        ParameterSetName = ValuesSet,
        Position = 0,
        Mandatory = true,
        ValueFromPipelineByPropertyName = true
    )]
    [ArgumentCompleter(typeof(AlphaNameCompleter))]
    public string? Name { get; set; }

    /// <summary>The metrics: <c>@{ sharpe = 1.43 }</c>. NaN and infinities are kept.</summary>
    [Parameter(ParameterSetName = ValuesSet, ValueFromPipelineByPropertyName = true)]
    [Alias("Metrics")]
    [MetricTable]
    public MetricValues Metric { get; set; } = MetricValues.None;

    /// <summary>The parameters: <c>@{ fast = 10; slow = 50 }</c>.</summary>
    [Parameter(ParameterSetName = ValuesSet, ValueFromPipelineByPropertyName = true)]
    [Alias("Parameters")]
    [ParameterTable]
    public ParameterValues Parameter { get; set; } = ParameterValues.None;

    /// <summary>The files that the alpha's code is in; their hash is recorded.</summary>
    [Parameter(ParameterSetName = ValuesSet, ValueFromPipelineByPropertyName = true)]
    public string[] CodePath { get; set; } = [];

    /// <summary>Tags; <c>a;b</c> is two.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Tags")]
    [ArgumentCompleter(typeof(TagCompleter))]
    public string[] Tag { get; set; } = [];

    /// <summary>Where it stands in its life.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public AlphaStage Stage
    {
        get => (AlphaStage)(_stage ?? AlphaStage.Research);
        set => _stage = value;
    }

    /// <summary>What it is, in words.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    public string Description { get; set; } = "";

    /// <summary>Who registers it; the user unless given.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Author { get; set; } = Environment.UserName;

    /// <summary>The policy that it must pass: default, strict, permissive, or the path of a JSON file.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(RiskPolicyCompleter))]
    [ValidateNotNullOrEmpty]
    public string? RiskPolicy { get; set; }

    /// <summary>Registers in spite of the risk policy, with a warning; the denial is on record.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (RiskPolicy is { } policy)
        {
            _governor = new RiskGovernor(base.Run(() => Core.Risk.RiskPolicy.Load(policy, FullPath), policy));
        }

        _sinceFlush.Start();
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == RunSet)
        {
            foreach (var run in Run)
            {
                Add(() => AlphaDraft.FromRun(run, ExistingStore) with { Name = Name ?? run.Name }, run);
            }
        }
        else
        {
            Add(FromValues, Name!);
        }

        if (_pending.Count >= AlphaRegistry.BatchSize || _sinceFlush.Elapsed > Patience)
        {
            Flush();
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => Flush();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _store?.Dispose();
        base.Dispose(disposing);
    }

    private AlphaDraft FromValues() =>
        new()
        {
            Name = Name!,
            Metrics = Metric,
            Parameters = Parameter,
            CodeHash = CodePath.Length == 0 ? null : CodeFiles.Hash([.. CodePath.Select(FullPath)]),
        };

    private void Add(Func<AlphaDraft> read, object target)
    {
        AlphaDraft Complete() =>
            (
                read() with
                {
                    Tags = TagList.Parse(Tag),
                    Stage = Stage,
                    Description = Description,
                    Author = Author,
                }
            ).Check();

        if (
            TryRun(Complete, target, out var draft)
            && ShouldProcess($"alpha '{draft.Name}' in store '{StorePath}'", "Register")
            && (
                _governor is null
                || TryRun(() => Registry.Judge(draft, _governor, Force, Context), target, out _)
            )
        )
        {
            _pending.Add(draft);
        }
    }

    // -WhatIf makes no store.
    private AlphaStore? ExistingStore =>
        _store ??= AlphaStore.Exists(StorePath) ? AlphaStore.OpenOrCreate(StorePath) : null;

    private AlphaRegistry Registry =>
        new(_store ??= base.Run(() => AlphaStore.OpenOrCreate(StorePath), StorePath));

    private void Flush()
    {
        if (_pending.Count > 0)
        {
            AlphaDraft[] batch = [.. _pending];
            _pending.Clear();
            _metricNames.UnionWith(batch.SelectMany(draft => draft.Metrics.Keys));
            foreach (var alpha in Stream(Registry.Register(batch, Context)))
            {
                WriteObject(MetricMembers.Attach(alpha, alpha.Metrics, _metricNames));
            }
        }

        _sinceFlush.Restart();
    }
}
