using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Parquet;
using Parquet.Schema;

namespace AlphaFactory.Core.Features;

/// <summary>
/// The values of one column: built from text, gathered in another order, hashed, and written to and read from a
/// Parquet row group. Every Parquet column is optional; a missing value is a null there.
/// </summary>
internal abstract class ColumnData(string name, FeatureType type)
{
    /// <summary>The column's name.</summary>
    public string Name { get; } = name;

    /// <summary>The type of its values.</summary>
    public FeatureType Type { get; } = type;

    /// <summary>How many values there are, missing ones included.</summary>
    public abstract int Count { get; }

    /// <summary>A row's value, or null.</summary>
    public abstract object? this[int row] { get; }

    /// <summary>Makes an empty column.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">The type of its values.</param>
    /// <param name="dateFormat">The .NET format of times, or null for ISO 8601.</param>
    public static ColumnData Create(string name, FeatureType type, string? dateFormat = null) =>
        type switch
        {
            FeatureType.Double => new DoubleColumn(name),
            FeatureType.Long => new LongColumn(name),
            FeatureType.Bool => new BoolColumn(name),
            FeatureType.Timestamp => new TimestampColumn(name, dateFormat),
            _ => new TextColumn(name),
        };

    /// <summary>Appends the value that a text stands for.</summary>
    /// <returns>Whether the text is a value of the column's type.</returns>
    public abstract bool TryAppend(ReadOnlySpan<char> text);

    /// <summary>Appends a value, or what its text stands for.</summary>
    /// <param name="value">A double, a long, a bool, a text or a UTC time; nothing else is taken.</param>
    /// <returns>Whether it is a value of the column's type.</returns>
    public virtual bool TryAppendValue(object value) =>
        value is double or long or bool or string or DateTime && TryAppend(FieldText.Of(value).AsSpan());

    /// <summary>Takes the last values away again.</summary>
    /// <param name="count">How many values remain.</param>
    public abstract void Truncate(int count);

    /// <summary>Appends missing values.</summary>
    public abstract void AppendMissing(int count = 1);

    /// <summary>Appends all values of a column of the same type.</summary>
    public abstract void Append(ColumnData other);

    /// <summary>Gathers rows, in the order given, into a new column.</summary>
    public abstract ColumnData Take(ReadOnlySpan<int> rows);

    /// <summary>Adds every value to a hash, in a form that depends neither on chunks nor on the platform.</summary>
    public abstract void AddTo(IncrementalHash hash);

    /// <summary>The Parquet field that holds the column.</summary>
    public abstract DataField Field();

    /// <summary>Writes the column into a row group.</summary>
    public abstract Task WriteAsync(ParquetRowGroupWriter group, DataField field, CancellationToken token);

    /// <summary>Appends the column of a row group.</summary>
    public abstract Task ReadAsync(ParquetRowGroupReader group, DataField field, CancellationToken token);

    /// <summary>
    /// A field of the column's name for values as a file stores them. A writer knows a field by its name, and takes what
    /// the column is from its own schema.
    /// </summary>
    protected DataField Stored(Type type) =>
        new ParquetSchema(new DataField(Name, type, isNullable: true)).DataFields[0];

    /// <summary>A row's value as a number (true is 1), NaN when it is missing.</summary>
    /// <exception cref="NotSupportedException">The column has no numbers.</exception>
    public virtual double Number(int row) => throw new NotSupportedException($"'{Name}' has no numbers.");
}

/// <summary>A column of values of a fixed size.</summary>
internal abstract class ValueColumn<T>(string name, FeatureType type) : ColumnData(name, type)
    where T : struct
{
    private T?[] _values = [];
    private int _count;

    /// <inheritdoc/>
    public override int Count => _count;

    /// <inheritdoc/>
    public override object? this[int row] => _values[row];

    /// <summary>The values, missing ones as null.</summary>
    public ReadOnlySpan<T?> Values => _values.AsSpan(0, _count);

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

    /// <inheritdoc/>
    public override void Truncate(int count) => _count = count;

    /// <inheritdoc/>
    public override void AppendMissing(int count = 1) => Grow(count).Clear();

    /// <inheritdoc/>
    public override void Append(ColumnData other) => ((ValueColumn<T>)other).Values.CopyTo(Grow(other.Count));

    /// <inheritdoc/>
    public override ColumnData Take(ReadOnlySpan<int> rows)
    {
        var taken = (ValueColumn<T>)Create(Name, Type);
        var target = taken.Grow(rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            target[i] = _values[rows[i]];
        }

        return taken;
    }

    /// <inheritdoc/>
    public override void AddTo(IncrementalHash hash)
    {
        // A flag and eight bytes a value, in blocks.
        const int size = 9;
        Span<byte> block = stackalloc byte[size * 256];
        var used = 0;
        foreach (var value in Values)
        {
            block[used] = value.HasValue ? (byte)1 : (byte)0;
            BinaryPrimitives.WriteInt64LittleEndian(
                block[(used + 1)..],
                value is { } present ? Bits(present) : 0
            );
            used += size;
            if (used == block.Length)
            {
                hash.AppendData(block);
                used = 0;
            }
        }

        hash.AppendData(block[..used]);
    }

    /// <inheritdoc/>
    public override DataField Field() => new(Name, typeof(T), isNullable: true);

    /// <inheritdoc/>
    public override Task WriteAsync(ParquetRowGroupWriter group, DataField field, CancellationToken token) =>
        group.WriteAsync<T>(field, _values.AsMemory(0, _count), cancellationToken: token);

    /// <inheritdoc/>
    public override async Task ReadAsync(
        ParquetRowGroupReader group,
        DataField field,
        CancellationToken token
    )
    {
        var values = new T?[group.RowCount];
        await group.ReadAsync<T>(field, values.AsMemory(), cancellationToken: token);
        values.CopyTo(Grow(values.Length));
    }

    /// <summary>Reads one value.</summary>
    protected abstract bool TryParse(ReadOnlySpan<char> text, out T value);

    /// <summary>A value's 64 bits, for the hash.</summary>
    protected abstract long Bits(T value);

    private Span<T?> Grow(int count)
    {
        var start = _count;
        if (start + count > _values.Length)
        {
            Array.Resize(ref _values, Math.Max(start + count, _values.Length * 2));
        }

        _count += count;
        return _values.AsSpan(start, count);
    }
}

/// <summary>A column of 64-bit floating-point numbers.</summary>
internal sealed class DoubleColumn(string name) : ValueColumn<double>(name, FeatureType.Double)
{
    /// <inheritdoc/>
    public override double Number(int row) => Values[row] ?? double.NaN;

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
    public override double Number(int row) => Values[row] ?? double.NaN;

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
    public override double Number(int row) => Values[row] is { } value ? (value ? 1.0 : 0.0) : double.NaN;

    /// <inheritdoc/>
    protected override bool TryParse(ReadOnlySpan<char> text, out bool value) =>
        FieldText.TryBool(text, out value);

    /// <inheritdoc/>
    protected override long Bits(bool value) => value ? 1 : 0;
}

/// <summary>A column of UTC times, of whole microseconds.</summary>
internal sealed class TimestampColumn(string name, string? format)
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
    public override Task WriteAsync(ParquetRowGroupWriter group, DataField field, CancellationToken token)
    {
        var micros = new long?[Count];
        for (var row = 0; row < micros.Length; row++)
        {
            micros[row] = (Values[row] - DateTime.UnixEpoch)?.Ticks / TimeSpan.TicksPerMicrosecond;
        }

        return group.WriteAsync<long>(Stored(typeof(long)), micros.AsMemory(), cancellationToken: token);
    }

    /// <inheritdoc/>
    protected override bool TryParse(ReadOnlySpan<char> text, out DateTime value) =>
        FieldText.TryTime(text, format, out value);

    /// <inheritdoc/>
    protected override long Bits(DateTime value) => value.Ticks;
}

/// <summary>A column of texts; equal ones are kept once.</summary>
internal sealed class TextColumn(string name) : ColumnData(name, FeatureType.Text)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly List<string?> _values = [];

    /// <inheritdoc/>
    public override int Count => _values.Count;

    /// <summary>The distinct texts; those of rows that were taken away again are still among them.</summary>
    public IReadOnlyCollection<string> Distinct => _known;

    /// <inheritdoc/>
    public override object? this[int row] => _values[row];

    /// <summary>The texts, missing ones as null.</summary>
    public ReadOnlySpan<string?> Values => CollectionsMarshal.AsSpan(_values);

    /// <inheritdoc/>
    public override bool TryAppend(ReadOnlySpan<char> text)
    {
        var lookup = _known.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!lookup.TryGetValue(text, out var known))
        {
            if (!IsWellFormed(text))
            {
                return false;
            }

            known = text.ToString();
            _known.Add(known);
        }

        _values.Add(known);
        return true;
    }

    /// <inheritdoc/>
    public override void Truncate(int count) => _values.RemoveRange(count, _values.Count - count);

    /// <inheritdoc/>
    public override void AppendMissing(int count = 1) =>
        CollectionsMarshal.SetCount(_values, _values.Count + count);

    /// <inheritdoc/>
    public override void Append(ColumnData other)
    {
        foreach (var value in ((TextColumn)other)._values)
        {
            Add(value);
        }
    }

    /// <inheritdoc/>
    public override ColumnData Take(ReadOnlySpan<int> rows)
    {
        var taken = new TextColumn(Name);
        foreach (var row in rows)
        {
            taken.Add(_values[row]);
        }

        return taken;
    }

    /// <inheritdoc/>
    public override void AddTo(IncrementalHash hash)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var value in _values)
        {
            var bytes = value is null ? [] : Encoding.UTF8.GetBytes(value);
            BinaryPrimitives.WriteInt32LittleEndian(length, value is null ? -1 : bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }
    }

    /// <inheritdoc/>
    public override DataField Field() => new(Name, typeof(string), isNullable: true);

    /// <inheritdoc/>
    /// <remarks>
    /// Parquet orders texts by their UTF-8, and Parquet.Net 6.1 finds the smallest and the largest by UTF-16, which differs
    /// where texts reach beyond both U+FFFF and U+E000. Handed over as bytes, they are written without.
    /// </remarks>
    public override Task WriteAsync(ParquetRowGroupWriter group, DataField field, CancellationToken token) =>
        _known.Any(text => text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
        && _known.Any(text => text.AsSpan().ContainsAnyInRange('\uE000', '\uFFFF'))
            ? group.WriteAsync(
                Stored(typeof(byte[])),
                _values.ConvertAll(text => text is null ? null : Encoding.UTF8.GetBytes(text))
            )
            : group.WriteAsync(field, (IReadOnlyCollection<string>)_values!);

    /// <inheritdoc/>
    public override async Task ReadAsync(
        ParquetRowGroupReader group,
        DataField field,
        CancellationToken token
    )
    {
        var values = new string?[group.RowCount];
        await group.ReadAsync(field, values.AsMemory()!, cancellationToken: token);
        foreach (var value in values)
        {
            Add(value);
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
        if (value is not null && !_known.Add(value))
        {
            _known.TryGetValue(value, out value);
        }

        _values.Add(value);
    }
}
