namespace AlphaFactory.Core.Storage;

/// <summary>
/// A file that is written bit by bit, under a temporary name in its folder, and appears whole when it is published. When it
/// is disposed of before, nothing appears.
/// </summary>
internal sealed class PendingFile : IDisposable
{
    private readonly string _target;
    private readonly string _temporary;
    private readonly FileStream _stream;
    private bool _published;

    /// <summary>Begins a file, in a folder that is there.</summary>
    /// <param name="target">The file to appear, by its full path.</param>
    public PendingFile(string target)
    {
        _target = target;
        _temporary = AtomicFile.TemporaryName(target);
        _stream = new FileStream(_temporary, FileMode.CreateNew, FileAccess.ReadWrite);
    }

    /// <summary>Where the content goes.</summary>
    public Stream Stream => _stream;

    /// <summary>Makes the file appear; nothing can be written after.</summary>
    /// <param name="overwrite">Whether a file that is there may be replaced.</param>
    /// <exception cref="IOException">The file is there and may not be replaced.</exception>
    public void Publish(bool overwrite)
    {
        _stream.Flush(flushToDisk: true);
        _stream.Dispose();
        AtomicFile.Publish(_temporary, _target, overwrite);
        _published = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            _stream.Dispose();
        }
        finally
        {
            if (!_published)
            {
                File.Delete(_temporary);
            }
        }
    }
}
