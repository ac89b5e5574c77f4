using System.Management.Automation;

namespace AlphaFactory.Host;

/// <summary>
/// Shows a script's objects through the engine's own formatting, and its errors between them, in order.
/// </summary>
internal sealed class ResultDisplay(ConsoleUi ui)
{
    private SteppablePipeline? _formatting;

    /// <summary>The command that feeds a display; it has no name in the session.</summary>
    public static CommandInfo Command { get; } = new CmdletInfo("Out-Display", typeof(OutDisplayCommand));

    /// <summary>The first error that reached the user, if any.</summary>
    public ErrorRecord? FirstError { get; private set; }

    /// <summary>Shows an object, or holds it until the formatting has seen enough to size its columns.</summary>
    public void Show(PSObject? item)
    {
        if (_formatting is null)
        {
            _formatting = ScriptBlock.Create(@"Microsoft.PowerShell.Core\Out-Default").GetSteppablePipeline();
            _formatting.Begin(expectInput: true);
        }

        _formatting.Process(item);
    }

    /// <summary>Shows an error after whatever came before it.</summary>
    public void Show(ErrorRecord error)
    {
        Flush();
        if (ErrorText.IsNativeOutput(error))
        {
            // What a program writes to its standard error is not an error of the script.
            ui.WriteErrorLine(error.ToString());
            return;
        }

        FirstError ??= error;
        ui.WriteErrorLine(ErrorText.Of(error));
    }

    /// <summary>Shows what is still held.</summary>
    public void Flush()
    {
        if (Interlocked.Exchange(ref _formatting, null) is { } formatting)
        {
            formatting.End();
            formatting.Dispose();
        }
    }
}

/// <summary>The end of the Host's pipeline.</summary>
[Cmdlet(VerbsData.Out, "Display")]
internal sealed class OutDisplayCommand : PSCmdlet
{
    /// <summary>Where the objects go.</summary>
    [Parameter(Mandatory = true)]
    public ResultDisplay? Display { get; set; }

    /// <summary>An object of the script's output.</summary>
    [Parameter(ValueFromPipeline = true)]
    [AllowNull]
    public PSObject? InputObject { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Display!.Show(InputObject);

    /// <inheritdoc/>
    protected override void EndProcessing() => Display!.Flush();
}
