using AlphaFactory.Core.Provenance;

namespace AlphaFactory.Core.Features;

/// <summary>
/// The hashes of the files of an import, which are read once more for them on another thread while their rows are parsed.
/// </summary>
internal sealed class SourceHashes : IDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly Task<ManifestSource[]> _hashing;

    /// <summary>Begins.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="token">Stops the work.</param>
    public SourceHashes(IReadOnlyList<string> paths, CancellationToken token)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(token);
        _hashing = Task.Run(() => paths.Select(Hash).ToArray(), token);
    }

    /// <summary>Waits for the hashes.</summary>
    /// <remarks>What reading the files threw is thrown here.</remarks>
    public ManifestSource[] Wait() => _hashing.GetAwaiter().GetResult();

    /// <summary>Stops, and waits until no file is read any more; an import that failed asks for no hashes.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        Task.WaitAny(_hashing);
        _stop.Dispose();
    }

    private ManifestSource Hash(string path) =>
        new(Path.GetFileName(path), new FileInfo(path).Length, ContentHash.OfFile(path, _stop.Token));
}
