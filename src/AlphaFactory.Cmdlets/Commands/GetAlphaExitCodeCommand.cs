using System.Management.Automation;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>
/// Gives the exit code that an error maps to, for scripts that <c>pwsh -File</c> runs:
/// <c>catch { exit (Get-AlphaExitCode $_) }</c>. Without an error the code is 0.
/// </summary>
[Cmdlet(VerbsCommon.Get, "AlphaExitCode")]
[OutputType(typeof(int))]
public sealed class GetAlphaExitCodeCommand : PSCmdlet
{
    /// <summary>The error, as in <c>$_</c> or <c>$Error[0]</c>.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [AllowNull]
    public ErrorRecord? ErrorRecord { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        WriteObject(ErrorRecord is null ? 0 : Errors.ExitCode(ErrorRecord));
}
