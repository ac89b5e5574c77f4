using System.Globalization;
using System.Management.Automation;
using System.Runtime.CompilerServices;
using AlphaFactory.Cmdlets.Binding;
using AlphaFactory.Cmdlets.Completion;
using AlphaFactory.Core;
using AlphaFactory.Core.Features;

namespace AlphaFactory.Cmdlets;

/// <summary>What cmdlets share that take rows out of a feature set: which rows and columns.</summary>
public abstract class FeatureQueryCmdlet : StoreCmdlet
{
    // A field of an enum of Core's would load Core when the module's types are exported, before it can be found.
    private readonly StrongBox<PanelAlignment> _align = new(PanelAlignment.Outer);

    /// <summary>The name of the feature set.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(FeatureSetNameCompleter))]
    public string Name { get; set; } = "";

    /// <summary>The version; the newest unless given.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, int.MaxValue)]
    public int? Version { get; set; }

    /// <summary>The first time, inclusive.</summary>
    [Parameter]
    [UtcDate]
    public DateTime? From { get; set; }

    /// <summary>The last time, inclusive; a bare date means that whole day.</summary>
    [Parameter]
    [UtcDate(UpperEnd = true)]
    public DateTime? To { get; set; }

    /// <summary>Entities, spelled exactly; all unless given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? Entity { get; set; }

    /// <summary>
    /// Derived columns: formulas of the expression language by name, as @{ momentum = 'close / delay(close, 20) - 1' }.
    /// They see the whole history before -From, of the entities asked for.
    /// </summary>
    [Parameter]
    [ParameterTable]
    public ParameterValues Expression { get; set; } = ParameterValues.None;

    /// <summary>
    /// Whether the formulas see the times of any entity (Outer) or of all (Inner, where rows at other times have no
    /// derived values).
    /// </summary>
    [Parameter]
    public PanelAlignment Align
    {
        get => _align.Value;
        set => _align.Value = value;
    }

    /// <summary>Columns in the order wanted; all in the order of the file unless given. Derived ones come after them.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(FeatureColumnCompleter))]
    public string[]? Column { get; set; }

    /// <summary>
    /// The set as it was at an instant: the version that was the newest then (unless -Version is given) and, where
    /// the set has a known time, only what was known then.
    /// </summary>
    [Parameter]
    [UtcDate(UpperEnd = true)]
    public DateTime? AsOf { get; set; }

    /// <summary>Every row of a set with a known time, and not the latest known of each entity and time only.</summary>
    [Parameter]
    public SwitchParameter History { get; set; }

    /// <summary>What is asked for, of a set that is there.</summary>
    private protected FeatureQuery Query(FeatureStore features) =>
        new()
        {
            Set = features.Find(Name, Version, AsOf),
            Columns = Column,
            Expressions =
            [
                .. Expression.Select(column => KeyValuePair.Create(column.Key, Formula(column.Value))),
            ],
            Align = Align,
            Entities = Entity,
            From = From,
            To = To,
            AsOf = AsOf,
            History = History,
        };

    // A number alone is a formula too.
    private static string Formula(object value) =>
        Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
