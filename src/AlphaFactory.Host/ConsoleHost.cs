using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;

namespace AlphaFactory.Host;

/// <summary>What the engine sees of the process around it.</summary>
internal sealed class ConsoleHost(ConsoleUi ui) : PSHost
{
    /// <summary>The code of the script's own <c>exit</c>, once it has said so.</summary>
    public int? RequestedExitCode { get; private set; }

    /// <inheritdoc/>
    public override string Name => "AlphaFactory";

    /// <inheritdoc/>
    public override Version Version { get; } = typeof(ConsoleHost).Assembly.GetName().Version!;

    /// <inheritdoc/>
    public override Guid InstanceId { get; } = Guid.NewGuid();

    /// <inheritdoc/>
    public override CultureInfo CurrentCulture { get; } = CultureInfo.CurrentCulture;

    /// <inheritdoc/>
    public override CultureInfo CurrentUICulture { get; } = CultureInfo.CurrentUICulture;

    /// <inheritdoc/>
    public override PSHostUserInterface UI => ui;

    /// <inheritdoc/>
    public override void SetShouldExit(int exitCode) => RequestedExitCode = exitCode;

    /// <inheritdoc/>
    public override void NotifyBeginApplication() => ui.EndProgress();

    /// <inheritdoc/>
    public override void NotifyEndApplication() { }

    /// <inheritdoc/>
    public override void EnterNestedPrompt() =>
        throw new PSNotSupportedException("This host has no prompt to suspend to.");

    /// <inheritdoc/>
    public override void ExitNestedPrompt() { }
}
