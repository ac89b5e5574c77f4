using System.Management.Automation;
using AlphaFactory.Cmdlets.Binding;
using AlphaFactory.Cmdlets.Completion;
using AlphaFactory.Core;
using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Governance;
using AlphaFactory.Core.Registry;
using AlphaFactory.Core.Risk;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>
/// Judges alphas, runs or a table of parameters by a risk policy: one verdict each. Every denial is recorded in
/// the store (<c>Get-RiskEvent</c>), where there is one.
/// </summary>
[Cmdlet(VerbsDiagnostic.Test, "AlphaRisk", DefaultParameterSetName = InputSet)]
[OutputType(typeof(RiskVerdict), typeof(bool))]
public sealed class TestAlphaRiskCommand : HeldStoreCmdlet
{
    private const string InputSet = "Input";
    private const string ParameterSet = "Parameter";

    private ResultJudge? _judge;

    /// <summary>Alphas or runs.</summary>
    [Parameter(ParameterSetName = InputSet, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateRiskInput]
    public PSObject[] InputObject { get; set; } = [];

    /// <summary>Parameters that nothing ran with yet: <c>@{ lookback = 20 }</c>.</summary>
    [Parameter(ParameterSetName = ParameterSet, Mandatory = true)]
    [ParameterTable]
    public ParameterValues Parameter { get; set; } = null!;

    /// <summary>The policy: default, strict, permissive, or the path of a JSON file.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(RiskPolicyCompleter))]
    [ValidateNotNullOrEmpty]
    public string Policy { get; set; } = "default";

    /// <summary>Ends with the error RiskDenied at the first denial, and evaluates nothing after it.</summary>
    [Parameter]
    public SwitchParameter FailFast { get; set; }

    /// <summary>Gives true for each that is allowed and false for each that is not, instead of verdicts.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() =>
        _judge = new ResultJudge(Run(() => RiskPolicy.Load(Policy, FullPath), Policy), Context);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == ParameterSet)
        {
            var target = new RiskTarget
            {
                Name = "parameters",
                Kind = RiskTargetKind.Parameters,
                Parameters = Parameter,
            };
            Judge(Parameter, StorePath, required: false, _ => _judge!.Judge(target, FailFast));
            return;
        }

        foreach (var item in InputObject)
        {
            switch (item.BaseObject)
            {
                case Alpha alpha:
                    var path = Store is null ? alpha.Store : StorePath;
                    Judge(alpha, path, Store is not null, store => _judge!.Judge(alpha, store, FailFast));
                    break;
                case ExperimentRun run:
                    Judge(run, StorePath, Store is not null, store => _judge!.Judge(run, store, FailFast));
                    break;
            }
        }
    }

    private void Judge(object item, string path, bool required, Func<AlphaStore?, RiskVerdict> judge)
    {
        AlphaStore? Open(string at) => required || AlphaStore.Exists(at) ? AlphaStore.Open(at) : null;
        var store = Run(() => Hold(path, Open), path);
        if (!TryRun(() => judge(store), item, out var verdict))
        {
            return;
        }

        // A log that cannot be written is an error of its own; the verdict stands.
        if (store is not null)
        {
            TryRun(() => new RiskEvents(store).Record([verdict], "Test-AlphaRisk"), item, out _);
        }

        if (FailFast && !verdict.Allowed)
        {
            ThrowTerminatingError(Errors.Record(verdict.Denied()));
        }

        WriteObject(Quiet ? verdict.Allowed : verdict);
    }
}
