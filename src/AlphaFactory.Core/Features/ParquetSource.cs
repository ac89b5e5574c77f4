using Parquet;
using Parquet.Schema;

namespace AlphaFactory.Core.Features;

/// <summary>
/// Reads one Parquet file of any writer row by row, a row group in memory at a time. Its columns keep the types of the
/// file: whole numbers, numbers (decimals among them), truth values, texts, dates and timestamps. A timestamp without
/// a zone is UTC.
/// </summary>
internal sealed class ParquetSource : ValueSource
{
    private static readonly ParquetOptions Options = new() { TreatByteArrayAsString = true };

    private readonly string _path;
    private readonly FileStream _file;
    private readonly ParquetReader _reader;
    private readonly DataField[] _fields;
    private readonly FeatureType[] _types;
    private readonly Func<int, object?>[] _columns;
    private readonly CancellationToken _token;
    private int _group = -1;
    private int _rowInGroup;
    private int _rowsInGroup;

    private ParquetSource(string path, FileStream file, CancellationToken token)
    {
        _path = path;
        _file = file;
        _token = token;
        try
        {
            _reader = Guard(() =>
            {
                ParquetGuard.CheckFooter(file);
                return ParquetReader
                    .CreateAsync(file, Options, leaveStreamOpen: true, cancellationToken: token)
                    .GetAwaiter()
                    .GetResult();
            });
            _fields = Guard(() => _reader.Schema.GetDataFields());
            _types = [.. _fields.Select(TypeOf)];
            Header = [.. _fields.Select(field => field.Name.Trim())];
            FileSource.RequireHeader(path, Header);
            _columns = new Func<int, object?>[_fields.Length];
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override string Description => $"file '{Path.GetFileName(_path)}'";

    /// <inheritdoc/>
    public override string? File => _path;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Header { get; }

    /// <inheritdoc/>
    public override double Fraction => (double)(_group + 1) / Math.Max(1, _reader.RowGroupCount);

    /// <inheritdoc/>
    protected override bool ReadsTexts => false;

    /// <summary>Opens a file and reads its schema.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.FileFormatInvalid"/>.</exception>
    public static ParquetSource Open(string path, FileStream file, CancellationToken token = default) =>
        new(path, file, token);

    /// <inheritdoc/>
    public override FeatureType? Declared(int column) => _types[column];

    /// <inheritdoc/>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.FileFormatInvalid"/>: the file is damaged.</exception>
    public override bool Read()
    {
        while (++_rowInGroup >= _rowsInGroup)
        {
            if (++_group >= _reader.RowGroupCount)
            {
                return false;
            }

            Guard(Load);
        }

        Row++;
        return true;
    }

    /// <inheritdoc/>
    protected override object? Value(int column) => _columns[column](_rowInGroup);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
            _file.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool Load()
    {
        ParquetGuard.CheckRowGroup(_file, _reader.Metadata!.RowGroups[_group], _token);
        using var group = _reader.OpenRowGroupReader(_group);
        for (var i = 0; i < _fields.Length; i++)
        {
            _columns[i] = Column(group, _fields[i]).GetAwaiter().GetResult();
        }

        _rowsInGroup = (int)group.RowCount;
        _rowInGroup = -1;
        return true;
    }

    private Task<Func<int, object?>> Column(ParquetRowGroupReader group, DataField field)
    {
        var type = Nullable.GetUnderlyingType(field.ClrType) ?? field.ClrType;
        return type switch
        {
            _ when TypeOf(field) == FeatureType.Text => Texts(group, field),
            _ when type == typeof(bool) => Values<bool>(group, field),
            _ when type == typeof(sbyte) => Values<sbyte>(group, field),
            _ when type == typeof(byte) => Values<byte>(group, field),
            _ when type == typeof(short) => Values<short>(group, field),
            _ when type == typeof(ushort) => Values<ushort>(group, field),
            _ when type == typeof(int) => Values<int>(group, field),
            _ when type == typeof(uint) => Values<uint>(group, field),
            _ when type == typeof(long) => Values<long>(group, field),
            _ when type == typeof(ulong) => Values<ulong>(group, field),
            _ when type == typeof(float) => Values<float>(group, field),
            _ when type == typeof(double) => Values<double>(group, field),
            _ when type == typeof(decimal) => Values<decimal>(group, field),
            _ when type == typeof(DateOnly) => Values<DateOnly>(group, field),
            _ => Values<DateTime>(group, field),
        };
    }

    private async Task<Func<int, object?>> Texts(ParquetRowGroupReader group, DataField field)
    {
        var values = new string?[group.RowCount];
        await group.ReadAsync(field, values.AsMemory()!, cancellationToken: _token);
        return row => values[row];
    }

    private async Task<Func<int, object?>> Values<T>(ParquetRowGroupReader group, DataField field)
        where T : struct
    {
        if (field.IsNullable)
        {
            var values = new T?[group.RowCount];
            await group.ReadAsync<T>(field, values.AsMemory(), cancellationToken: _token);
            return row => values[row] is { } value ? Plain(value) : null;
        }

        var present = new T[group.RowCount];
        await group.ReadAsync<T>(field, present.AsMemory(), cancellationToken: _token);
        return row => Plain(present[row]);
    }

    // The library marks times without a zone as local ones of this machine.
    private static object? Plain<T>(T value)
        where T : struct =>
        FieldValue.Of(value is DateTime time ? DateTime.SpecifyKind(time, DateTimeKind.Utc) : value);

    private FeatureType TypeOf(DataField field)
    {
        var type = Nullable.GetUnderlyingType(field.ClrType) ?? field.ClrType;
        if (field.Path.Length != 1 || field.IsArray)
        {
            throw Malformed(
                $"has nested values in column '{field.Path}'. Flatten it, or leave it out, before the import."
            );
        }

        return Type.GetTypeCode(type) switch
        {
            TypeCode.SByte
            or TypeCode.Byte
            or TypeCode.Int16
            or TypeCode.UInt16
            or TypeCode.Int32
            or TypeCode.UInt32
            or TypeCode.Int64
            or TypeCode.UInt64 => FeatureType.Long,
            TypeCode.Single or TypeCode.Double or TypeCode.Decimal => FeatureType.Double,
            TypeCode.Boolean => FeatureType.Bool,
            TypeCode.DateTime => FeatureType.Timestamp,
            _ when type == typeof(DateOnly) => FeatureType.Timestamp,
            _ when type == typeof(string) || type == typeof(ReadOnlyMemory<char>) => FeatureType.Text,
            _ => throw Malformed(
                $"has values of type {type.Name} in column '{field.Name}', which a feature set cannot hold. Convert it, "
                    + "or leave it out, before the import."
            ),
        };
    }

    private T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception error) when (error is not (OperationCanceledException or AlphaFactoryException))
        {
            // Parquet.Net throws whatever damaged bytes lead it to.
            throw Malformed($"is no Parquet file that can be read: {error.Message}", error);
        }
    }

    private AlphaFactoryException Malformed(string what, Exception? inner = null) =>
        FileSource.Malformed(_path, what, inner);
}
