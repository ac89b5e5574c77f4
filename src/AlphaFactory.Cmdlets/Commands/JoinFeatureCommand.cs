using System.Management.Automation;
using AlphaFactory.Cmdlets.Binding;
using AlphaFactory.Cmdlets.Completion;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>
/// Joins feature sets to a spine of times without looking ahead: each row of the spine gets, from each set, the row
/// of its entity of the latest time that had come and was known by then; what there was none of is null.
/// </summary>
[Cmdlet(VerbsCommon.Join, "Feature", DefaultParameterSetName = SpineSet)]
[OutputType(typeof(PSObject))]
public sealed class JoinFeatureCommand : StoreCmdlet
{
    private const string SpineSet = "Spine";
    private const string InputSet = "InputObject";

    private ObjectRows? _rows;

    /// <summary>The feature set whose rows are the spine, of the newest version.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = SpineSet)]
    [ArgumentCompleter(typeof(FeatureSetNameCompleter))]
    public string Spine { get; set; } = "";

    /// <summary>Objects or tables that are the spine, joined in their order when the last has come.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InputSet, ValueFromPipeline = true)]
    public PSObject[] InputObject { get; set; } = [];

    /// <summary>The property of the objects that is the time.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InputSet)]
    public string? Time { get; set; }

    /// <summary>The property of the objects that is the entity.</summary>
    [Parameter(ParameterSetName = InputSet)]
    public string? Entity { get; set; }

    /// <summary>The feature sets to look up, of their newest versions.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ArgumentCompleter(typeof(FeatureSetNameCompleter))]
    public string[] With { get; set; } = [];

    /// <summary>How much older than the spine's time a row may be, inclusive, as 5.00:00:00 for five days.</summary>
    [Parameter]
    public TimeSpan? Tolerance { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var item in InputObject)
        {
            _rows ??= new ObjectRows();
            Run(() => _rows.Add(Rows.Fields(item)), item);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        using var store = Run(() => AlphaStore.Open(StorePath));
        var features = new FeatureStore(store);
        foreach (var row in Stream(Run(() => Join(features), Spine), Spine))
        {
            WriteObject(Rows.Shape(row));
        }
    }

    private IEnumerable<FeatureRow> Join(FeatureStore features) =>
        features.Join(
            new JoinRequest
            {
                Spine = ParameterSetName == SpineSet && _rows is null ? features.Find(Spine) : null,
                Rows = _rows,
                Time = Time,
                Entity = Entity,
                With = [.. With.Select(name => features.Find(name))],
                Tolerance = Tolerance,
            },
            Context
        );
}
