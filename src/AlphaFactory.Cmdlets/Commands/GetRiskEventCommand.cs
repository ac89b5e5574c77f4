using System.Management.Automation;
using AlphaFactory.Cmdlets.Binding;
using AlphaFactory.Cmdlets.Completion;
using AlphaFactory.Core.Risk;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>Gets the log of everything that a risk rule denied or stopped, the newest first.</summary>
[Cmdlet(VerbsCommon.Get, "RiskEvent")]
[OutputType(typeof(RiskEvent))]
public sealed class GetRiskEventCommand : StoreCmdlet
{
    /// <summary>The code, with wildcards.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(RiskCodeCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string? Code { get; set; }

    /// <summary>What was denied, with wildcards; an alpha's name means all its versions.</summary>
    [Parameter(Position = 1)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string? Target { get; set; }

    /// <summary>The earliest time, inclusive.</summary>
    [Parameter]
    [UtcDate]
    public DateTime? Since { get; set; }

    /// <summary>The latest time, inclusive; a bare date means the whole of that day.</summary>
    [Parameter]
    [UtcDate(UpperEnd = true)]
    public DateTime? Until { get; set; }

    /// <summary>How many at most, the newest.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? First { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var query = new RiskEventQuery
        {
            Code = Code,
            Target = Target,
            Since = Since,
            Until = Until,
            First = First,
        };
        var events = Run(() =>
        {
            using var store = AlphaStore.Open(StorePath);
            return new RiskEvents(store).List(query);
        });
        WriteObject(events, enumerateCollection: true);
    }
}
