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
                _ = PartFooter.Read(file);
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
            _columns[i] = ParquetColumn.Read(group, _fields[i], _token).GetAwaiter().GetResult();
        }

        _rowsInGroup = (int)group.RowCount;
        _rowInGroup = -1;
        return true;
    }

    private FeatureType TypeOf(DataField field)
    {
        if (field.Path.Length != 1 || field.IsArray)
        {
            throw Malformed(
                $"has nested values in column '{field.Path}'. Flatten it, or leave it out, before the import."
            );
        }

        return ParquetColumn.TypeOf(field)
            ?? throw Malformed(
                $"has values in column '{field.Name}' that a feature set cannot hold ({Kind(field)}). Convert it, or "
                    + "leave it out, before the import."
            );
    }

    private static string Kind(DataField field) =>
        field.SchemaElement is { LogicalType.TIME: not null } ? "times of day" : $"type {field.ClrType.Name}";

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
