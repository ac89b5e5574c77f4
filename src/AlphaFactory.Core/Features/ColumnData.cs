using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Parquet;
using Parquet.Schema;

namespace AlphaFactory.Core.Features;

/// <summary>
/// The values of one column: built from text, gathered in another order, hashed, kept aside in a temporary file, and
/// written to and read from a Parquet row group. Every Parquet column is optional; a missing value is a null there.
/// </summary>
internal abstract class ColumnData(string name, FeatureType type)
{
    /// <summary>The column's name.</summary>
    public string Name { get; } = name;

    /// <summary>The type of its values.</summary>
    public FeatureType Type { get; } = type;

    /// <summary>How many values there are, missing ones included.</summary>
    public abstract int Count { get; }

    /// <summary>How many bytes of memory the values take, roughly.</summary>
    public abstract long Bytes { get; }

    /// <summary>A row's value, or null.</summary>
    public abstract object? this[int row] { get; }

    /// <summary>Whether a row has no value.</summary>
    public abstract bool IsMissing(int row);

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

    /// <summary>Takes all values away; their memory is used again.</summary>
    public virtual void Clear() => Truncate(0);

    /// <summary>Appends missing values.</summary>
    public abstract void AppendMissing(int count = 1);

    /// <summary>Appends some values, one after the other, of a column of the same type.</summary>
    public abstract void Append(ColumnData other, int start, int count);

    /// <summary>Appends some values, in the order given, of a column of the same type.</summary>
    public abstract void Append(ColumnData other, ReadOnlySpan<int> rows);

    /// <summary>Gathers rows, in the order given, into a new column.</summary>
    public ColumnData Take(ReadOnlySpan<int> rows)
    {
        var taken = Create(Name, Type);
        taken.Append(this, rows);
        return taken;
    }

    /// <summary>Adds every value to a hash, in a form that depends neither on chunks nor on the platform.</summary>
    public abstract void AddTo(IncrementalHash hash);

    /// <summary>Writes the values for <see cref="Restore"/>, in a form that only this process reads.</summary>
    public abstract void Save(BinaryWriter writer);

    /// <summary>Appends values that <see cref="Save"/> wrote.</summary>
    public abstract void Restore(BinaryReader reader);

    /// <summary>The Parquet field that holds the column.</summary>
    public abstract DataField Field();

    /// <summary>Writes the column into a row group.</summary>
    public abstract Task WriteAsync(ParquetRowGroupWriter group, DataField field, CancellationToken token);

    /// <summary>Appends the column of a row group.</summary>
    public abstract Task ReadAsync(ParquetRowGroupReader group, DataField field, CancellationToken token);

    /// <summary>Writes the column as the values that a file keeps of its own.</summary>
    /// <param name="group">The row group.</param>
    /// <param name="field">The column's field, of these values.</param>
    /// <param name="store">Gives what is kept of a row; whatever it likes of one that is missing.</param>
    /// <param name="token">Stops the work.</param>
    protected async Task WriteAsync<TStored>(
        ParquetRowGroupWriter group,
        DataField field,
        Func<int, TStored> store,
        CancellationToken token
    )
        where TStored : struct
    {
        var levels = ArrayPool<int>.Shared.Rent(Count);
        var present = ArrayPool<TStored>.Shared.Rent(Count);
        try
        {
            var used = 0;
            for (var row = 0; row < Count; row++)
            {
                present[used] = store(row);
                used += levels[row] = IsMissing(row) ? 0 : 1;
            }

            await group.WriteAllPartsAsync<TStored>(
                field,
                present.AsMemory(0, used),
                levels.AsMemory(0, Count),
                null,
                token
            );
        }
        finally
        {
            ArrayPool<int>.Shared.Return(levels);
            ArrayPool<TStored>.Shared.Return(
                present,
                clearArray: RuntimeHelpers.IsReferenceOrContainsReferences<TStored>()
            );
        }
    }

    /// <summary>
    /// A field of the column's name for values as a file stores them. A writer knows a field by its name, and takes what
    /// the column is from its own schema.
    /// </summary>
    protected DataField Stored(Type type) =>
        new ParquetSchema(new DataField(Name, type, isNullable: true)).DataFields[0];

    /// <summary>A row's value as a number (true is 1), NaN when it is missing.</summary>
    /// <exception cref="NotSupportedException">The column has no numbers.</exception>
    public virtual double Number(int row) => throw new NotSupportedException($"'{Name}' has no numbers.");

    /// <summary>The values of rows that follow one another, as <see cref="Number"/> gives them.</summary>
    /// <param name="start">The first row.</param>
    /// <param name="numbers">Takes a value a row.</param>
    public virtual void CopyNumbers(int start, Span<double> numbers)
    {
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = Number(start + i);
        }
    }
}
