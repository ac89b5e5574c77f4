using Parquet;
using Parquet.Schema;

namespace AlphaFactory.Core.Features;

/// <summary>A Parquet file of the store, which is read column by column.</summary>
internal sealed class PartFile : IDisposable
{
    private readonly FileStream _file;
    private readonly ParquetReader _reader;
    private readonly Dictionary<string, DataField> _fields;
    private readonly CancellationToken _token;

    /// <summary>Opens a file and reads its schema.</summary>
    public PartFile(string path, CancellationToken token)
    {
        _token = token;
        _file = File.OpenRead(path);
        try
        {
            _reader = ParquetReader
                .CreateAsync(_file, leaveStreamOpen: true, cancellationToken: token)
                .GetAwaiter()
                .GetResult();
            _fields = _reader
                .Schema.GetDataFields()
                .ToDictionary(field => field.Name, StringComparer.Ordinal);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>How many row groups it has.</summary>
    public int RowGroups => _reader.RowGroupCount;

    /// <summary>Reads all columns of a file, row group by row group.</summary>
    public static IEnumerable<ColumnData[]> ReadAll(
        string path,
        IReadOnlyList<(string Name, FeatureType Type)> columns,
        CancellationToken token
    )
    {
        using var file = new PartFile(path, token);
        for (var group = 0; group < file.RowGroups; group++)
        {
            yield return [.. columns.Select(column => file.Read(group, column.Name, column.Type))];
        }
    }

    /// <summary>Reads a column of a row group.</summary>
    public ColumnData Read(int group, string name, FeatureType type)
    {
        var column = ColumnData.Create(name, type);
        using var reader = _reader.OpenRowGroupReader(group);
        column.ReadAsync(reader, _fields[name], _token).GetAwaiter().GetResult();
        return column;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _file.Dispose();
    }
}
