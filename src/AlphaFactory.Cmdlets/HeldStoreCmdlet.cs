using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets;

/// <summary>What cmdlets share that take a pipeline: the store is opened once, and held until the pipeline ends.</summary>
public abstract class HeldStoreCmdlet : StoreCmdlet
{
    private AlphaStore? _held;
    private string? _path;

    /// <summary>The store; that it cannot be opened ends the command.</summary>
    private protected AlphaStore HeldStore =>
        Run(() => Hold(StorePath, path => AlphaStore.Open(path)), StorePath)!;

    /// <summary>The store, made if there is none; that it cannot be opened ends the command.</summary>
    private protected AlphaStore WritableStore =>
        Run(() => Hold(StorePath, path => AlphaStore.OpenOrCreate(path)), StorePath)!;

    /// <summary>The store that is held, if any.</summary>
    private protected AlphaStore? Held => _held;

    /// <summary>Whether the store of a path is the one that is held.</summary>
    private protected bool Holds(string path) => _held is not null && _path == path;

    /// <summary>The store of a path, in place of the one that was held before.</summary>
    /// <param name="path">Its full path.</param>
    /// <param name="open">Opens it, or gives null to do without.</param>
    private protected AlphaStore? Hold(string path, Func<string, AlphaStore?> open)
    {
        if (!Holds(path))
        {
            _held?.Dispose();
            _held = null;
            (_held, _path) = (open(path), path);
        }

        return _held;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _held?.Dispose();
        base.Dispose(disposing);
    }
}
