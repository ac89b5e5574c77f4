using System.Management.Automation;
using System.Runtime.CompilerServices;
using AlphaFactory.Cmdlets.Binding;
using AlphaFactory.Cmdlets.Completion;
using AlphaFactory.Core;
using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Features;

namespace AlphaFactory.Cmdlets.Commands;

public sealed partial class InvokeExperimentCommand
{
    // A field of an enum of Core's would load Core when the module's types are exported, before it can be found.
    private readonly StrongBox<PanelAlignment> _align = new(PanelAlignment.Outer);
    private readonly StrongBox<PositionRule> _position = new(PositionRule.Sign);

    /// <summary>The experiment's name; every run under it counts as a trial of the same idea.</summary>
    [Parameter(ParameterSetName = ExpressionSet, Mandatory = true, Position = 0)]
    [Parameter(ParameterSetName = ScriptSet, Mandatory = true, Position = 0)]
    [Parameter(ParameterSetName = SpecSet, Position = 0)]
    [ArgumentCompleter(typeof(ExperimentNameCompleter))]
    public string Name { get; set; } = "";

    /// <summary>The feature set to run on.</summary>
    [Parameter(ParameterSetName = ExpressionSet, Mandatory = true, Position = 1)]
    [Parameter(ParameterSetName = ScriptSet, Mandatory = true, Position = 1)]
    [Parameter(ParameterSetName = SpecSet, Position = 1)]
    [ArgumentCompleter(typeof(FeatureSetNameCompleter))]
    public string FeatureSet { get; set; } = "";

    /// <summary>The signal in the expression language, such as <c>sma(close, $fast) - sma(close, $slow)</c>.</summary>
    [Parameter(ParameterSetName = ExpressionSet, Mandatory = true, Position = 2)]
    public string? Expression { get; set; }

    /// <summary>
    /// A script that computes the signal: it begins with <c>param($Panel, $Parameters)</c> and gives one row a bar.
    /// </summary>
    [Parameter(ParameterSetName = ScriptSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string? ScriptPath { get; set; }

    /// <summary>
    /// The parameters of this command in a table, or in a JSON or .psd1 file by its path; those that are typed as well
    /// win.
    /// </summary>
    [Parameter(ParameterSetName = SpecSet, Mandatory = true)]
    [ValidateNotNull]
    public object? Spec { get; set; }

    /// <summary>The version of the feature set; without it the newest.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Version { get; set; }

    /// <summary>The entities to run on; without it all.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Entity { get; set; } = [];

    /// <summary>Whether the bars are those of any entity (Outer) or of all (Inner).</summary>
    [Parameter]
    public PanelAlignment Align
    {
        get => _align.Value;
        set => _align.Value = value;
    }

    /// <summary>The column whose changes are the returns.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Price { get; set; } = "close";

    /// <summary>A table of arrays for every combination, or a list of tables for exactly those.</summary>
    [Parameter]
    public object? Grid { get; set; }

    /// <summary>Parameters that every run gets: <c>@{ slow = 100 }</c>.</summary>
    [Parameter]
    [ParameterTable]
    public ParameterValues Parameter { get; set; } = ParameterValues.None;

    /// <summary>The first day that is earned on; earlier bars only warm the signal up.</summary>
    [Parameter]
    [UtcDate]
    public DateTime? From { get; set; }

    /// <summary>The last day; nothing after it is read.</summary>
    [Parameter]
    [UtcDate(UpperEnd = true)]
    public DateTime? To { get; set; }

    /// <summary>
    /// Adds <c>is_*</c> metrics of the bars before this time and <c>oos_*</c> metrics of this bar and later ones.
    /// </summary>
    [Parameter]
    [UtcDate]
    public DateTime? Split { get; set; }

    /// <summary>
    /// Makes one run that chooses again and again: trains on so many bars of the grid and tests on the next,
    /// <c>'504/126'</c>, <c>'504/126 anchored'</c> or <c>@{ Train = 504; Test = 126; Anchored = $true }</c>.
    /// </summary>
    [Parameter]
    [WalkForwardTable]
    public WalkForward? WalkForward { get; set; }

    /// <summary>How many bars before what is out of sample are left out of what is in sample; without it <c>-Lag</c>.</summary>
    [Parameter]
    public int? Purge { get; set; }

    /// <summary>The share of the window's bars that is left out before that besides.</summary>
    [Parameter]
    public double Embargo { get; set; } = 0.01;

    /// <summary>How the signal becomes weights.</summary>
    [Parameter]
    public PositionRule Position
    {
        get => _position.Value;
        set => _position.Value = value;
    }

    /// <summary>The cap on gross leverage.</summary>
    [Parameter]
    public double MaxLeverage { get; set; } = 1;

    /// <summary>The cost of trading, in basis points of turnover.</summary>
    [Parameter]
    public double CostBps { get; set; } = 1;

    /// <summary>How many bars after its own a signal earns.</summary>
    [Parameter]
    public int Lag { get; set; } = 1;

    /// <summary>Periods a year; without it by the median spacing of bars.</summary>
    [Parameter]
    public double? PeriodsPerYear { get; set; }

    /// <summary>
    /// Adds <c>alpha</c>, <c>beta</c>, <c>tracking_error</c> and <c>information_ratio</c> against an entity of the set,
    /// or against a feature set of one series.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(FeatureSetNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Benchmark { get; set; }

    /// <summary>Metrics to add: <c>ic_mean</c>, <c>ic_ir</c>, <c>max_weight</c>.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ExtraMetricCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Metric { get; set; } = [];

    /// <summary>The seed that is recorded.</summary>
    [Parameter]
    public long Seed { get; set; }

    /// <summary>
    /// The risk policy: default, strict, permissive, or the path of a JSON file. A policy that is named also stops runs
    /// on their way (<c>STOP_</c> rules).
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(RiskPolicyCompleter))]
    [ValidateNotNullOrEmpty]
    public string? RiskPolicy { get; set; }

    /// <summary>Ends with the error RiskDenied at the first run that is rejected or stopped.</summary>
    [Parameter]
    public SwitchParameter FailFast { get; set; }

    /// <summary>Leaves out the test for look-ahead.</summary>
    [Parameter]
    public SwitchParameter SkipLookAheadTest { get; set; }

    /// <summary>Keeps the returns of every run in the experiment's folder, where Get-ExperimentEquity reads them.</summary>
    [Parameter]
    public SwitchParameter SaveEquity { get; set; }

    /// <summary>Draws the equity and the drawdown of the best runs, ten at most, into the experiment's folder.</summary>
    [Parameter]
    public SwitchParameter Chart { get; set; }

    /// <summary>
    /// After so long no further run is begun, and a script that is at work is given up: <c>00:10:00</c>. What is done is
    /// recorded.
    /// </summary>
    [Parameter]
    public TimeSpan? MaxRuntime { get; set; }

    /// <summary>
    /// Goes on with the last call of the same specification that was cut short, by a crash, Ctrl+C or -MaxRuntime, and
    /// does the runs that it left undone, under its experiment id.
    /// </summary>
    [Parameter]
    public SwitchParameter Resume { get; set; }

    /// <summary>How many runs go on at once; the results do not depend on it.</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    public int ThrottleLimit { get; set; } = Environment.ProcessorCount;
}
