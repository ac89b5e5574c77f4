using System.Buffers.Binary;
using System.IO.Compression;

namespace AlphaFactory.Core.Features;

/// <summary>
/// Reads a gzip file of one member or several, as <c>cat</c> and parallel compressors make them, and notices one
/// that is cut short, which <see cref="GZipStream"/> reads as if it ended there: each member must end with the
/// checksum and the size of its content.
/// </summary>
internal sealed class GzipMembers : Stream
{
    private const int HeaderSize = 10;
    private const int TrailerSize = 8;

    private static readonly uint[] Table = MakeTable();

    private readonly FileStream _file;
    private Piecewise? _pieces;
    private DeflateStream? _member;
    private uint _checksum;
    private uint _size;

    private GzipMembers(FileStream file) => _file = file;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The content of a gzip file; null when the file is none.</summary>
    public static GzipMembers? Open(FileStream file)
    {
        Span<byte> magic = stackalloc byte[2];
        var isGzip =
            file.CanSeek
            && file.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2
            && magic[0] == 0x1F
            && magic[1] == 0x8B;
        if (file.CanSeek)
        {
            file.Position = 0;
        }

        return isGzip ? new GzipMembers(file) : null;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The file is damaged or cut short.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (_member is not null || Next())
        {
            var read = _member!.Read(buffer);
            if (read > 0)
            {
                _checksum = Checksum(_checksum, buffer[..read]);
                _size += (uint)read;
                return read;
            }

            Finish();
        }

        return 0;
    }

    /// <inheritdoc/>
    public override void Flush() { }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _member?.Dispose();
            _pieces?.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Starts the next member; zeros after the last one are padding.</summary>
    private bool Next()
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        var first = _file.ReadByte();
        while (first == 0)
        {
            first = _file.ReadByte();
        }

        if (first < 0)
        {
            return false;
        }

        header[0] = (byte)first;
        var read = _file.ReadAtLeast(header[1..], HeaderSize - 1, throwOnEndOfStream: false);
        if (read < HeaderSize - 1)
        {
            throw Cut();
        }

        if (header[0] != 0x1F || header[1] != 0x8B || header[2] != 8)
        {
            throw new InvalidDataException("something that is not gzip follows its content.");
        }

        SkipOptional(header[3]);
        _pieces = new Piecewise(_file);
        _member = new DeflateStream(_pieces, CompressionMode.Decompress, leaveOpen: true);
        (_checksum, _size) = (0, 0);
        return true;
    }

    private void SkipOptional(byte flags)
    {
        if ((flags & 4) != 0)
        {
            var length = NextByte() | (NextByte() << 8);
            for (var i = 0; i < length; i++)
            {
                NextByte();
            }
        }

        for (var texts = ((flags >> 3) & 1) + ((flags >> 4) & 1); texts > 0; texts--)
        {
            while (NextByte() != 0)
            {
                // The name of the file, or a comment.
            }
        }

        if ((flags & 2) != 0)
        {
            NextByte();
            NextByte();
        }
    }

    /// <summary>
    /// Finds the end of the member, which lies in the last piece that was read, by the checksum and size that
    /// follow it, and goes there.
    /// </summary>
    private void Finish()
    {
        Span<byte> trailer = stackalloc byte[TrailerSize];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, _checksum);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], _size);
        var tail = new byte[Piecewise.Size + TrailerSize];
        _file.Position = _pieces!.Start;
        var read = _file.ReadAtLeast(tail, tail.Length, throwOnEndOfStream: false);
        var at = tail.AsSpan(0, read).IndexOf(trailer);
        if (at < 0)
        {
            throw Cut();
        }

        _file.Position = _pieces.Start + at + TrailerSize;
        _member!.Dispose();
        _pieces.Dispose();
        (_member, _pieces) = (null, null);
    }

    private int NextByte() => _file.ReadByte() is var next and >= 0 ? next : throw Cut();

    private static InvalidDataException Cut() => new("it is cut short, or its checksum is wrong.");

    private static uint Checksum(uint checksum, ReadOnlySpan<byte> bytes)
    {
        checksum = ~checksum;
        foreach (var value in bytes)
        {
            checksum = Table[(byte)(checksum ^ value)] ^ (checksum >> 8);
        }

        return ~checksum;
    }

    // CRC-32 of RFC 1952.
    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < table.Length; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) == 0 ? value >> 1 : 0xEDB88320 ^ (value >> 1);
            }

            table[i] = value;
        }

        return table;
    }

    /// <summary>Gives a file in small pieces and remembers where the last one began.</summary>
    private sealed class Piecewise(FileStream file) : Stream
    {
        public const int Size = 4096;

        public long Start { get; private set; } = file.Position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var start = file.Position;
            var read = file.Read(buffer[..Math.Min(buffer.Length, Size)]);
            Start = read > 0 ? start : Start;
            return read;
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
