using System.Management.Automation;
using AlphaFactory.Core.Registry;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>
/// Removes alphas. A name without a version means all of its versions, and is free again when the last one is
/// gone; the history stays.
/// </summary>
[Cmdlet(
    VerbsLifecycle.Unregister,
    "Alpha",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.High,
    DefaultParameterSetName = InputSet
)]
public sealed class UnregisterAlphaCommand : AlphaTargetCmdlet
{
    /// <summary>Why, for the history.</summary>
    [Parameter]
    public string? Reason { get; set; }

    private protected override bool NewestOnly => false;

    private protected override string Action => "Remove for good";

    private protected override void Apply(AlphaRegistry registry, IReadOnlyList<Alpha> alphas) =>
        Run(() => registry.Unregister(alphas, Reason, WriteError, Context));
}
