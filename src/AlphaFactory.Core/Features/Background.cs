namespace AlphaFactory.Core.Features;

/// <summary>
/// Does one step at a time on another thread, while the caller prepares the next. With two buffers in turn, the one
/// of the step before is free again when <see cref="Run"/> returns.
/// </summary>
internal sealed class Background : IDisposable
{
    private Task _step = Task.CompletedTask;

    /// <summary>Waits for the step before, and starts another.</summary>
    /// <remarks>What the step before threw is thrown here.</remarks>
    public void Run(Action step)
    {
        Wait();
        _step = Task.Run(step);
    }

    /// <summary>Waits for the last step.</summary>
    /// <remarks>What it threw is thrown here.</remarks>
    public void Wait()
    {
        var step = _step;
        _step = Task.CompletedTask;
        step.GetAwaiter().GetResult();
    }

    /// <summary>Waits for the last step, whatever comes of it, so that it uses nothing any more.</summary>
    public void Dispose() => Task.WaitAny(_step);
}
