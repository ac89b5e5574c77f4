using Microsoft.Win32.SafeHandles;

namespace AlphaFactory.Core.Features;

/// <summary>
/// A Parquet file with another end, as one of several threads reads it: at a place of its own, and a column of a row
/// group at a time in memory.
/// </summary>
/// <param name="file">The file, which the caller keeps open.</param>
/// <param name="kept">How many bytes of the file come before the end.</param>
/// <param name="end">The end.</param>
internal sealed class PartStream(SafeFileHandle file, long kept, byte[] end) : Stream
{
    private byte[] _buffer = [];
    private long _start;
    private int _length;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => kept + end.Length;

    /// <inheritdoc/>
    public override long Position { get; set; }

    /// <summary>Takes a part of the file into memory, in place of the one before.</summary>
    /// <exception cref="EndOfStreamException">The file is shorter.</exception>
    public void Load(long start, int length)
    {
        _length = 0;
        if (_buffer.Length < length)
        {
            _buffer = new byte[length];
        }

        for (var read = 0; _length < length; _length += read)
        {
            read = RandomAccess.Read(file, _buffer.AsSpan(_length, length - _length), start + _length);
            if (read == 0)
            {
                throw new EndOfStreamException("it is cut short.");
            }
        }

        _start = start;
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        var read = ReadAt(Position, buffer);
        Position += read;
        return read;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int ReadByte()
    {
        Span<byte> one = stackalloc byte[1];
        return Read(one) == 0 ? -1 : one[0];
    }

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(
        Memory<byte> buffer,
        CancellationToken cancellationToken = default
    ) => ValueTask.FromResult(Read(buffer.Span));

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) =>
        Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => Position + offset,
            _ => Length + offset,
        };

    /// <inheritdoc/>
    public override void Flush() { }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int ReadAt(long place, Span<byte> buffer)
    {
        if (place >= _start && place - _start < _length)
        {
            return Copy(_buffer.AsSpan(0, _length), (int)(place - _start), buffer);
        }

        return place >= kept && place < Length ? Copy(end, (int)(place - kept), buffer)
            : place < kept
                ? RandomAccess.Read(file, buffer[..(int)Math.Min(buffer.Length, kept - place)], place)
            : 0;
    }

    private static int Copy(ReadOnlySpan<byte> from, int start, Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, from.Length - start);
        from.Slice(start, count).CopyTo(buffer);
        return count;
    }
}
