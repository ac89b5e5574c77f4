using System.Management.Automation;
using AlphaFactory.Cmdlets.Binding;
using AlphaFactory.Cmdlets.Completion;
using AlphaFactory.Core.Registry;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>
/// Says what happened to alphas, the newest first: who registered, changed or removed what, when and why. The
/// history of an alpha stays when it is removed.
/// </summary>
[Cmdlet(VerbsCommon.Get, "AlphaHistory", SupportsPaging = true)]
[OutputType(typeof(AlphaHistoryEntry))]
public sealed class GetAlphaHistoryCommand : HeldStoreCmdlet
{
    /// <summary>Names, with wildcards, of alphas that are there or have been.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AlphaNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Versions: any of them.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, int.MaxValue)]
    public int[] Version { get; set; } = [];

    /// <summary>Then or later; UTC unless a zone is given.</summary>
    [Parameter]
    [UtcDate]
    public DateTime? Since { get; set; }

    /// <summary>Then or earlier; a bare date is that whole day.</summary>
    [Parameter]
    [UtcDate(UpperEnd = true)]
    public DateTime? Until { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var name in Name.DefaultIfEmpty<string?>(null))
        {
            var registry = new AlphaRegistry(HeldStore);
            if (TryRun(() => registry.History(Query(name), Context), name, out var entries))
            {
                foreach (var entry in Stream(entries, name))
                {
                    WriteObject(entry);
                }
            }
        }
    }

    private AlphaHistoryQuery Query(string? name) =>
        new()
        {
            Name = name,
            Versions = Version,
            Since = Since,
            Until = Until,
            First = Paging.First(PagingParameters, 0, 0),
            Skip = Paging.Skip(PagingParameters, 0, 0),
        };
}
