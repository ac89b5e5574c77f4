using System.Management.Automation;
using AlphaFactory.Cmdlets.Completion;
using AlphaFactory.Core.Registry;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>
/// Changes what may change of an alpha: tags, stage and description. Who did it, when, why, and what it was before
/// is in its history. A name without a version means its newest version.
/// </summary>
[Cmdlet(VerbsCommon.Set, "Alpha", SupportsShouldProcess = true, DefaultParameterSetName = InputSet)]
[OutputType(typeof(Alpha))]
public sealed class SetAlphaCommand : AlphaTargetCmdlet
{
    // Boxed: a field of one of Core's value types would have Core loaded before the module can say where it is.
    private object? _stage;
    private AlphaChange? _change;

    /// <summary>Tags to add; <c>a;b</c> is two.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(TagCompleter))]
    public string[] AddTag { get; set; } = [];

    /// <summary>Tags to take off.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(TagCompleter))]
    public string[] RemoveTag { get; set; } = [];

    /// <summary>Where it stands in its life now; any stage may follow any.</summary>
    [Parameter]
    public AlphaStage Stage
    {
        get => (AlphaStage)(_stage ?? AlphaStage.Research);
        set => _stage = value;
    }

    /// <summary>What it is, in words; an empty text takes the description away.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? Description { get; set; }

    /// <summary>Why, for the history.</summary>
    [Parameter]
    public string? Reason { get; set; }

    /// <summary>Gives the alphas as they are now.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override bool NewestOnly => true;

    private protected override string Action => _change!.ToString();

    /// <inheritdoc/>
    protected override void BeginProcessing() =>
        _change = Run(() =>
            new AlphaChange
            {
                AddTags = TagList.Parse(AddTag),
                RemoveTags = TagList.Parse(RemoveTag),
                Stage = (AlphaStage?)_stage,
                Description = Description,
                Reason = Reason,
            }.Check()
        );

    private protected override void Apply(AlphaRegistry registry, IReadOnlyList<Alpha> alphas)
    {
        var changed = Run(() => registry.Change(alphas, _change!, WriteError, Context));
        if (PassThru)
        {
            foreach (var alpha in MetricMembers.Attach(changed))
            {
                WriteObject(alpha);
            }
        }
    }
}
