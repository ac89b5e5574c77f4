using System.Management.Automation;
using AlphaFactory.Cmdlets.Binding;
using AlphaFactory.Cmdlets.Completion;
using AlphaFactory.Core;
using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Registry;

namespace AlphaFactory.Cmdlets.Commands;

/// <content>What to register.</content>
public sealed partial class RegisterAlphaCommand
{
    private const string RunSet = "Run";
    private const string ValuesSet = "Values";

    // Boxed: a field of one of Core's value types would have Core loaded before the module can say where it is.
    private object? _stage;

    /// <summary>Runs, as <c>Invoke-Experiment</c> gives them; they bring metrics, parameters and provenance.</summary>
    [Parameter(ParameterSetName = RunSet, Mandatory = true, ValueFromPipeline = true)]
    public ExperimentRun[] Run { get; set; } = [];

    /// <summary>
    /// What comes through the pipeline. A run has a name, metrics and parameters, so PowerShell takes it for values too.
    /// </summary>
    [Parameter(ParameterSetName = ValuesSet, ValueFromPipeline = true, DontShow = true)]
    public PSObject? InputObject { get; set; }

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
    [ValidateNotNull]
    public string[] CodePath { get; set; } = [];

    /// <summary>Tags; <c>a;b</c> is two.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Tags")]
    [ArgumentCompleter(typeof(TagCompleter))]
    public string?[]? Tag { get; set; } = [];

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
}
