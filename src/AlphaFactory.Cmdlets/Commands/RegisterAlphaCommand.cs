using System.Management.Automation;
using AlphaFactory.Cmdlets.Binding;
using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Governance;
using AlphaFactory.Core.Provenance;
using AlphaFactory.Core.Registry;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>
/// Registers runs, or values fed by hand, as alphas: each a new immutable version of its name. Piped input is
/// committed in batches, and an object comes out when it is durable.
/// </summary>
[Cmdlet(VerbsLifecycle.Register, "Alpha", SupportsShouldProcess = true, DefaultParameterSetName = ValuesSet)]
[OutputType(typeof(Alpha))]
public sealed partial class RegisterAlphaCommand : HeldStoreCmdlet
{
    private readonly PipelineBatch<AlphaDraft> _pending = new(AlphaRegistry.BatchSize);
    private readonly HashSet<string> _metricNames = new(StringComparer.OrdinalIgnoreCase);
    private LooseNumbers? _loose;
    private Origins? _origins;
    private ResultJudge? _judge;
    private bool _byHand;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        _byHand = MyInvocation.BoundParameters.Keys.Any(name =>
            name is nameof(Metric) or nameof(Parameter) or nameof(CodePath)
        );
        if (RiskPolicy is { } policy)
        {
            _judge = new ResultJudge(
                base.Run(() => Core.Risk.RiskPolicy.Load(policy, FullPath), policy),
                Context
            );
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        // Values that are typed win over those of a run.
        ExperimentRun[] runs = InputObject?.BaseObject is ExperimentRun piped && !_byHand ? [piped] : Run;
        foreach (var run in runs)
        {
            Add(() => AlphaDraft.FromRun(run, ExistingStore) with { Name = Name ?? run.Name }, run);
        }

        if (runs.Length == 0)
        {
            WarnOfLooseNumbers();
            Add(FromValues, Name!);
        }

        if (_pending.IsDue)
        {
            Flush();
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => Flush();

    private void WarnOfLooseNumbers()
    {
        if (
            Metric.Count == 0
            && InputObject is { } piped
            && (_loose ??= new LooseNumbers(MyInvocation.MyCommand)).Next(piped) is { Count: > 0 } names
        )
        {
            WriteWarning(
                $"Of what comes through the pipeline, '{string.Join("', '", names)}' is not registered: metrics are taken "
                    + "from a table, Metric. Import-Alpha reads what Export-Alpha wrote."
            );
        }
    }

    private AlphaDraft FromValues()
    {
        string[] code = [.. CodePath.Select(FullPath)];
        return new AlphaDraft
        {
            Name = Name!,
            Metrics = Metric,
            Parameters = Parameter,
            CodeHash = code.Length == 0 ? null : CodeFiles.Hash(code),
            Origin = (_origins ??= new(SessionState.Path.CurrentFileSystemLocation.ProviderPath)).Of(code),
        };
    }

    private void Add(Func<AlphaDraft> read, object target)
    {
        AlphaDraft Complete() =>
            (
                read() with
                {
                    Tags = TagList.Parse((Tag ?? []).OfType<string>()),
                    Stage = Stage,
                    Description = Description,
                    Author = Author,
                }
            ).Check();

        if (
            TryRun(Complete, target, out var draft)
            && ShouldProcess($"alpha '{draft.Name}' in store '{StorePath}'", "Register")
            && (_judge is null || TryRun(() => _judge.Admit(draft, WritableStore, Force), target, out _))
        )
        {
            _pending.Add(draft);
        }
    }

    // -WhatIf makes no store.
    private AlphaStore? ExistingStore =>
        Hold(StorePath, path => AlphaStore.Exists(path) ? AlphaStore.OpenOrCreate(path) : null);

    private void Flush()
    {
        var batch = _pending.Take();
        if (batch.Count > 0)
        {
            _metricNames.UnionWith(batch.SelectMany(draft => draft.Metrics.Keys));
            foreach (var alpha in Stream(new AlphaRegistry(WritableStore).Register(batch, Context)))
            {
                WriteObject(MetricMembers.Attach(alpha, _metricNames));
            }
        }
    }
}
