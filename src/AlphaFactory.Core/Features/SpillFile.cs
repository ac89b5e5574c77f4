using System.Text;
using Microsoft.Win32.SafeHandles;

namespace AlphaFactory.Core.Features;

/// <summary>
/// A temporary file that sorted rows wait in to be merged, for data that is larger than memory. It is gone when it is
/// closed.
/// </summary>
/// <param name="folder">The folder of the version to be.</param>
/// <param name="create">Makes an empty block.</param>
internal sealed class SpillFile(string folder, Func<SortedBlock> create) : IDisposable
{
    private readonly MemoryStream _buffer = new();
    private SafeFileHandle? _file;
    private byte[] _bytes = [];
    private long _length;

    /// <summary>Writes sorted rows.</summary>
    /// <returns>The same rows, read again when they are asked for, a block in memory at a time.</returns>
    public IEnumerable<SortedBlock> Write(IEnumerable<SortedBlock> rows, CancellationToken token)
    {
        _file ??= File.OpenHandle(
            Path.Combine(folder, "spill"),
            FileMode.CreateNew,
            FileAccess.ReadWrite,
            FileShare.None,
            FileOptions.DeleteOnClose
        );
        var places = new List<(long Offset, int Length)>();
        foreach (var block in rows)
        {
            token.ThrowIfCancellationRequested();
            _buffer.SetLength(0);
            using (var writer = new BinaryWriter(_buffer, Encoding.UTF8, leaveOpen: true))
            {
                block.Save(writer);
            }

            RandomAccess.Write(_file, _buffer.GetBuffer().AsSpan(0, (int)_buffer.Length), _length);
            places.Add((_length, (int)_buffer.Length));
            _length += _buffer.Length;
        }

        return Read(places);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file?.Dispose();
        _buffer.Dispose();
    }

    private IEnumerable<SortedBlock> Read(List<(long Offset, int Length)> places)
    {
        var block = create();
        foreach (var (offset, length) in places)
        {
            Load(block, offset, length);
            yield return block;
        }
    }

    private void Load(SortedBlock block, long offset, int length)
    {
        _bytes = _bytes.Length < length ? new byte[length] : _bytes;
        for (var read = 0; read < length; )
        {
            var now = RandomAccess.Read(_file!, _bytes.AsSpan(read, length - read), offset + read);
            read += now > 0 ? now : throw new EndOfStreamException("A temporary file was cut short.");
        }

        using var reader = new BinaryReader(new MemoryStream(_bytes, 0, length));
        block.Clear();
        block.Restore(reader);
    }
}
