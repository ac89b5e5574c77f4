using System.Buffers;
using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Parquet;
using Parquet.Schema;

namespace AlphaFactory.Core.Features;

/// <summary>A column of values of a fixed size. Flags of missing values are kept only when there are any.</summary>
internal abstract class ValueColumn<T>(string name, FeatureType type) : ColumnData(name, type)
    where T : unmanaged
{
    private T[] _values = [];
    private bool[]? _missing;
    private int _count;

    /// <inheritdoc/>
    public override int Count => _count;

    /// <inheritdoc/>
    public override long Bytes => (long)_count * (Unsafe.SizeOf<T>() + (_missing is null ? 0 : 1));

    /// <summary>Whether any value is missing.</summary>
    public bool HasMissing => HasMissingIn(0, _count);

    /// <inheritdoc/>
    public override object? this[int row] => IsMissing(row) ? null : Values[row];

    /// <summary>The values; what stands for a missing one has no meaning.</summary>
    public ReadOnlySpan<T> Values => _values.AsSpan(0, _count);

    /// <inheritdoc/>
    public override bool IsMissing(int row) => _missing is not null && _missing[row];

    /// <inheritdoc/>
    public override bool TryAppend(ReadOnlySpan<char> text)
    {
        if (!TryParse(text, out var value))
        {
            return false;
        }

        Grow(1)[0] = value;
        return true;
    }

    /// <inheritdoc/>
    public override bool TryAppendValue(object value)
    {
        if (value is not T typed)
        {
            return base.TryAppendValue(value);
        }

        Grow(1)[0] = typed;
        return true;
    }

    /// <summary>Appends a value.</summary>
    public void AppendValue(T value) => Grow(1)[0] = value;

    /// <inheritdoc/>
    public override void Truncate(int count) => _count = count;

    /// <inheritdoc/>
    public override void Clear()
    {
        Truncate(0);
        _missing = null;
    }

    /// <inheritdoc/>
    public override void AppendMissing(int count = 1)
    {
        Grow(count).Clear();
        Flags(_count - count).Fill(true);
    }

    /// <inheritdoc/>
    public override void Append(ColumnData other, int start, int count)
    {
        var from = (ValueColumn<T>)other;
        from.Values.Slice(start, count).CopyTo(Grow(count));
        if (from._missing is not null)
        {
            from._missing.AsSpan(start, count).CopyTo(Flags(_count - count));
        }
    }

    /// <inheritdoc/>
    public override void Append(ColumnData other, ReadOnlySpan<int> rows)
    {
        var from = (ValueColumn<T>)other;
        Gather<T>(from.Values, rows, Grow(rows.Length));
        if (from._missing is not null)
        {
            Gather<bool>(from._missing, rows, Flags(_count - rows.Length));
        }
    }

    /// <inheritdoc/>
    public override void AddTo(IncrementalHash hash)
    {
        // A flag and eight bytes a value, in blocks.
        const int size = 9;
        Span<byte> block = stackalloc byte[size * 512];
        for (int start = 0, end; start < _count; start = end)
        {
            end = Math.Min(start + 512, _count);
            var values = Values[start..end];
            for (var i = 0; i < values.Length; i++)
            {
                var present = !IsMissing(start + i);
                block[i * size] = present ? (byte)1 : (byte)0;
                BinaryPrimitives.WriteInt64LittleEndian(
                    block[(i * size + 1)..],
                    present ? Bits(values[i]) : 0
                );
            }

            hash.AppendData(block[..(values.Length * size)]);
        }
    }

    /// <inheritdoc/>
    public override void Save(BinaryWriter writer)
    {
        writer.Write(_count);
        writer.Write(MemoryMarshal.AsBytes(Values));
        writer.Write(HasMissing);
        if (HasMissing)
        {
            writer.Write(MemoryMarshal.AsBytes(_missing.AsSpan(0, _count)));
        }
    }

    /// <inheritdoc/>
    public override void Restore(BinaryReader reader)
    {
        var start = _count;
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(Grow(reader.ReadInt32())));
        if (reader.ReadBoolean())
        {
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(Flags(start)));
        }
    }

    /// <inheritdoc/>
    public override DataField Field() => new(Name, typeof(T), isNullable: true);

    /// <inheritdoc/>
    public override Task WriteAsync(ParquetRowGroupWriter group, DataField field, CancellationToken token) =>
        WriteAsync(group, field, row => _values[row], token);

    /// <inheritdoc/>
    public override async Task ReadAsync(
        ParquetRowGroupReader group,
        DataField field,
        CancellationToken token
    )
    {
        var count = (int)group.RowCount;
        var levels = ArrayPool<int>.Shared.Rent(count);
        try
        {
            Grow(count);
            var values = _values.AsMemory(_count - count, count);
            await group.ReadRawAsync(field, values, levels.AsMemory(0, count), null, token);
            if (levels.AsSpan(0, count).Contains(0))
            {
                Spread(values.Span, levels.AsSpan(0, count), Flags(_count - count));
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(levels);
        }
    }

    /// <summary>Whether any value of some rows is missing.</summary>
    protected bool HasMissingIn(int start, int count) =>
        _missing is not null && _missing.AsSpan(start, count).Contains(true);

    /// <summary>Reads one value.</summary>
    protected abstract bool TryParse(ReadOnlySpan<char> text, out T value);

    /// <summary>A value's 64 bits, for the hash.</summary>
    protected abstract long Bits(T value);

    /// <summary>Moves values that lie together to the rows that have one, from the last on.</summary>
    private static void Spread(Span<T> values, ReadOnlySpan<int> levels, Span<bool> missing)
    {
        var next = levels.Length - levels.Count(0);
        for (var row = levels.Length - 1; row >= 0; row--)
        {
            missing[row] = levels[row] == 0;
            values[row] = missing[row] ? default : values[--next];
        }
    }

    private static void Gather<TValue>(ReadOnlySpan<TValue> from, ReadOnlySpan<int> rows, Span<TValue> target)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            target[i] = from[rows[i]];
        }
    }

    private Span<bool> Flags(int start)
    {
        _missing ??= new bool[_values.Length];
        return _missing.AsSpan(start, _count - start);
    }

    /// <summary>Makes room for values, none of them missing, at the end.</summary>
    protected Span<T> Grow(int count)
    {
        var start = _count;
        if (start + count > _values.Length)
        {
            var length = Math.Max(start + count, _values.Length * 2);
            Array.Resize(ref _values, length);
            if (_missing is not null)
            {
                Array.Resize(ref _missing, length);
            }
        }

        _count += count;
        if (_missing is not null)
        {
            _missing.AsSpan(start, count).Clear();
        }

        return _values.AsSpan(start, count);
    }
}

/// <summary>A column of 64-bit floating-point numbers.</summary>
internal sealed class DoubleColumn(string name) : ValueColumn<double>(name, FeatureType.Double)
{
    /// <inheritdoc/>
    public override double Number(int row) => IsMissing(row) ? double.NaN : Values[row];

    /// <inheritdoc/>
    public override void CopyNumbers(int start, Span<double> numbers)
    {
        if (HasMissingIn(start, numbers.Length))
        {
            base.CopyNumbers(start, numbers);
        }
        else
        {
            Values.Slice(start, numbers.Length).CopyTo(numbers);
        }
    }

    /// <inheritdoc/>
    protected override bool TryParse(ReadOnlySpan<char> text, out double value) =>
        FieldText.TryDouble(text, out value);

    /// <inheritdoc/>
    protected override long Bits(double value) => BitConverter.DoubleToInt64Bits(value);
}

/// <summary>A column of 64-bit whole numbers.</summary>
internal sealed class LongColumn(string name) : ValueColumn<long>(name, FeatureType.Long)
{
    /// <inheritdoc/>
    public override double Number(int row) => IsMissing(row) ? double.NaN : Values[row];

    /// <inheritdoc/>
    public override void CopyNumbers(int start, Span<double> numbers)
    {
        if (HasMissingIn(start, numbers.Length))
        {
            base.CopyNumbers(start, numbers);
        }
        else
        {
            TensorPrimitives.ConvertTruncating<long, double>(Values.Slice(start, numbers.Length), numbers);
        }
    }

    /// <summary>Appends a number.</summary>
    public void Add(long value) => Grow(1)[0] = value;

    /// <inheritdoc/>
    protected override bool TryParse(ReadOnlySpan<char> text, out long value) =>
        FieldText.TryLong(text, out value);

    /// <inheritdoc/>
    protected override long Bits(long value) => value;
}

/// <summary>A column of truth values.</summary>
internal sealed class BoolColumn(string name) : ValueColumn<bool>(name, FeatureType.Bool)
{
    /// <inheritdoc/>
    public override double Number(int row) =>
        IsMissing(row) ? double.NaN
        : Values[row] ? 1.0
        : 0.0;

    /// <inheritdoc/>
    protected override bool TryParse(ReadOnlySpan<char> text, out bool value) =>
        FieldText.TryBool(text, out value);

    /// <inheritdoc/>
    protected override long Bits(bool value) => value ? 1 : 0;
}

/// <summary>A column of UTC times, of whole microseconds.</summary>
internal sealed class TimestampColumn(string name, string? format = null)
    : ValueColumn<DateTime>(name, FeatureType.Timestamp)
{
    /// <inheritdoc/>
    public override DataField Field() =>
        new DateTimeDataField(
            Name,
            DateTimeFormat.Timestamp,
            isAdjustedToUTC: true,
            DateTimeTimeUnit.Micros,
            isNullable: true
        );

    /// <inheritdoc/>
    /// <remarks>
    /// Hands over the numbers that a file keeps of times. Of times themselves Parquet.Net 6.1 makes the statistics in
    /// milliseconds whatever the unit, and other readers would skip row groups by them.
    /// </remarks>
    public override Task WriteAsync(ParquetRowGroupWriter group, DataField field, CancellationToken token) =>
        WriteAsync(
            group,
            Stored(typeof(long)),
            row => (Values[row] - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond,
            token
        );

    /// <inheritdoc/>
    protected override bool TryParse(ReadOnlySpan<char> text, out DateTime value) =>
        FieldText.TryTime(text, format, out value);

    /// <inheritdoc/>
    protected override long Bits(DateTime value) => value.Ticks;
}
