using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Parquet;
using Parquet.Schema;

namespace AlphaFactory.Core.Features;

/// <summary>A column of texts; equal ones are kept once.</summary>
internal sealed class TextColumn(string name) : ColumnData(name, FeatureType.Text)
{
    // Distinct texts of earlier rows are kept for the next ones as long as they are few.
    private const int MostKept = 1 << 16;

    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly List<string?> _values = [];
    private string? _last;
    private long _distinctBytes;

    /// <inheritdoc/>
    public override int Count => _values.Count;

    /// <inheritdoc/>
    public override long Bytes => (long)_values.Count * IntPtr.Size + _distinctBytes;

    /// <summary>The distinct texts; those of rows that were taken away again are still among them.</summary>
    public IReadOnlyCollection<string> Distinct => _known;

    /// <inheritdoc/>
    public override object? this[int row] => _values[row];

    /// <inheritdoc/>
    public override bool IsMissing(int row) => _values[row] is null;

    /// <summary>The texts, missing ones as null.</summary>
    public ReadOnlySpan<string?> Values => CollectionsMarshal.AsSpan(_values);

    /// <inheritdoc/>
    public override bool TryAppend(ReadOnlySpan<char> text)
    {
        if (_last is null || !text.SequenceEqual(_last))
        {
            var lookup = _known.GetAlternateLookup<ReadOnlySpan<char>>();
            if (!lookup.TryGetValue(text, out _last))
            {
                if (!IsWellFormed(text))
                {
                    return false;
                }

                _last = text.ToString();
                Keep(_last);
            }
        }

        _values.Add(_last);
        return true;
    }

    /// <inheritdoc/>
    public override void Truncate(int count) => _values.RemoveRange(count, _values.Count - count);

    /// <inheritdoc/>
    public override void Clear()
    {
        _values.Clear();
        if (_known.Count > MostKept)
        {
            _known.Clear();
            _last = null;
            _distinctBytes = 0;
        }
    }

    /// <inheritdoc/>
    public override void AppendMissing(int count = 1)
    {
        for (var i = 0; i < count; i++)
        {
            _values.Add(null);
        }
    }

    /// <inheritdoc/>
    public override void Append(ColumnData other, int start, int count)
    {
        foreach (var value in ((TextColumn)other).Values.Slice(start, count))
        {
            Add(value);
        }
    }

    /// <inheritdoc/>
    public override void Append(ColumnData other, ReadOnlySpan<int> rows)
    {
        var from = ((TextColumn)other).Values;
        foreach (var row in rows)
        {
            Add(from[row]);
        }
    }

    /// <inheritdoc/>
    public override void AddTo(IncrementalHash hash)
    {
        // The length in bytes, −1 for none, and the text in UTF-8, in blocks.
        const int size = 1 << 13;
        Span<byte> block = stackalloc byte[size];
        var used = 0;
        foreach (var value in _values)
        {
            var most = sizeof(int) + Encoding.UTF8.GetMaxByteCount(value?.Length ?? 0);
            if (used + most > size)
            {
                hash.AppendData(block[..used]);
                used = 0;
            }

            if (most > size)
            {
                var bytes = Encoding.UTF8.GetBytes(value!);
                BinaryPrimitives.WriteInt32LittleEndian(block, bytes.Length);
                hash.AppendData(block[..sizeof(int)]);
                hash.AppendData(bytes);
                continue;
            }

            var length = value is null ? -1 : Encoding.UTF8.GetBytes(value, block[(used + sizeof(int))..]);
            BinaryPrimitives.WriteInt32LittleEndian(block[used..], length);
            used += sizeof(int) + Math.Max(0, length);
        }

        hash.AppendData(block[..used]);
    }

    /// <inheritdoc/>
    public override void Save(BinaryWriter writer)
    {
        // Each text once, when it first comes.
        var codes = new Dictionary<string, int>(StringComparer.Ordinal);
        writer.Write(_values.Count);
        foreach (var value in _values)
        {
            if (value is null)
            {
                writer.Write7BitEncodedInt(0);
            }
            else if (codes.TryGetValue(value, out var code))
            {
                writer.Write7BitEncodedInt(code);
            }
            else
            {
                codes.Add(value, codes.Count + 1);
                writer.Write7BitEncodedInt(codes.Count);
                writer.Write7BitEncodedInt(value.Length);
                writer.Write(MemoryMarshal.AsBytes(value.AsSpan()));
            }
        }
    }

    /// <inheritdoc/>
    public override void Restore(BinaryReader reader)
    {
        var texts = new List<string?> { null };
        for (var count = reader.ReadInt32(); count > 0; count--)
        {
            var code = reader.Read7BitEncodedInt();
            if (code == texts.Count)
            {
                var text = new char[reader.Read7BitEncodedInt()];
                reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(text.AsSpan()));
                texts.Add(new string(text));
            }

            Add(texts[code]);
        }
    }

    /// <inheritdoc/>
    public override DataField Field() => new(Name, typeof(string), isNullable: true);

    /// <inheritdoc/>
    /// <remarks>
    /// Parquet orders texts by their UTF-8, and Parquet.Net 6.1 finds the smallest and the largest by UTF-16, which differs
    /// where texts reach beyond both U+FFFF and U+E000. Handed over as bytes, they are written without.
    /// </remarks>
    public override Task WriteAsync(ParquetRowGroupWriter group, DataField field, CancellationToken token)
    {
        var (pairs, high) = (false, false);
        string? last = null;
        foreach (var value in _values)
        {
            if (value is not null && !ReferenceEquals(value, last))
            {
                last = value;
                pairs |= value.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF');
                high |= value.AsSpan().ContainsAnyInRange('\uE000', '\uFFFF');
            }
        }

        return pairs && high
            ? WriteAsync<ReadOnlyMemory<byte>>(
                group,
                Stored(typeof(byte[])),
                row =>
                    _values[row] is { } text ? Encoding.UTF8.GetBytes(text) : default(ReadOnlyMemory<byte>),
                token
            )
            : WriteAsync(group, field, row => _values[row].AsMemory(), token);
    }

    /// <inheritdoc/>
    public override async Task ReadAsync(
        ParquetRowGroupReader group,
        DataField field,
        CancellationToken token
    )
    {
        var count = (int)group.RowCount;
        var levels = ArrayPool<int>.Shared.Rent(count);
        var present = ArrayPool<ReadOnlyMemory<char>>.Shared.Rent(count);
        try
        {
            await group.ReadRawAsync(
                field,
                present.AsMemory(0, count),
                levels.AsMemory(0, count),
                null,
                token
            );
            _values.EnsureCapacity(_values.Count + count);
            ReadOnlyMemory<char>? last = null;
            for (int row = 0, next = 0; row < count; row++)
            {
                if (levels[row] == 0)
                {
                    _values.Add(null);
                }
                else if (present[next++] is var text && last is { } same && text.Equals(same))
                {
                    // The same place in the file's dictionary; texts of a column come in runs.
                    _values.Add(_last);
                }
                else
                {
                    _ = TryAppend(text.Span);
                    last = text;
                }
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(levels);
            ArrayPool<ReadOnlyMemory<char>>.Shared.Return(present, clearArray: true);
        }
    }

    /// <summary>Whether every half of a pair has its other: a file could not keep one alone.</summary>
    private static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        for (
            var at = text.IndexOfAnyInRange('\uD800', '\uDFFF');
            at >= 0;
            at = text.IndexOfAnyInRange('\uD800', '\uDFFF')
        )
        {
            if (Rune.DecodeFromUtf16(text[at..], out _, out var length) != OperationStatus.Done)
            {
                return false;
            }

            text = text[(at + length)..];
        }

        return true;
    }

    private void Add(string? value)
    {
        if (value is not null && !ReferenceEquals(value, _last))
        {
            if (!_known.TryGetValue(value, out _last))
            {
                _last = value;
                Keep(value);
            }

            value = _last;
        }

        _values.Add(value);
    }

    private void Keep(string text)
    {
        // The object, and its place in the set.
        const int overhead = 64;
        _known.Add(text);
        _distinctBytes += overhead + sizeof(char) * text.Length;
    }
}
