using System.Collections.Concurrent;
using Parquet;
using Parquet.Schema;

namespace AlphaFactory.Core.Features;

/// <summary>Row groups of a Parquet file of the store, which are read column by column, by several threads at once.</summary>
internal sealed class PartFile : IDisposable
{
    private readonly FileStream _file;
    private readonly CancellationToken _token;
    private readonly PartFooter _footer;
    private readonly byte[] _end;
    private readonly ConcurrentBag<Opened> _idle = [];

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="groups">The row groups to read, all of them when null.</param>
    /// <param name="footer">The file's footer, when it has been read before.</param>
    /// <param name="token">Stops the work.</param>
    public PartFile(string path, IReadOnlyList<int>? groups, PartFooter? footer, CancellationToken token)
    {
        _token = token;
        _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        try
        {
            _footer = footer ?? PartFooter.Read(_file);
            RowGroups = groups?.Count ?? _footer.RowGroups;
            _end = _footer.Only(groups ?? [.. Enumerable.Range(0, RowGroups)]);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>How many row groups there are to read.</summary>
    public int RowGroups { get; }

    /// <summary>The file's footer.</summary>
    public PartFooter Footer => _footer;

    /// <summary>Reads all columns of a file, row group by row group, into the same columns.</summary>
    public static IEnumerable<ColumnData[]> ReadAll(
        string path,
        IReadOnlyList<(string Name, FeatureType Type)> columns,
        CancellationToken token
    )
    {
        using var file = new PartFile(path, null, null, token);
        var read = columns.Select(column => ColumnData.Create(column.Name, column.Type)).ToArray();
        for (var group = 0; group < file.RowGroups; group++)
        {
            Array.ForEach(read, column => file.Read(group, column));
            yield return read;
        }
    }

    /// <summary>Reads a column of a row group in place of the values that it has.</summary>
    /// <param name="group">Which of the row groups to read.</param>
    /// <param name="column">The column.</param>
    public void Read(int group, ColumnData column)
    {
        if (!_idle.TryTake(out var file))
        {
            file = new Opened(new PartStream(_file.SafeFileHandle, _footer.Start, _end), _token);
        }

        column.Clear();
        file.Read(group, column, _token);
        _idle.Add(file);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>The file as one thread has it open.</summary>
    private sealed class Opened
    {
        private readonly PartStream _stream;
        private readonly ParquetReader _reader;
        private readonly Dictionary<string, DataField> _fields;

        public Opened(PartStream stream, CancellationToken token)
        {
            _stream = stream;
            _reader = ParquetReader
                .CreateAsync(stream, leaveStreamOpen: true, cancellationToken: token)
                .GetAwaiter()
                .GetResult();
            _fields = _reader
                .Schema.GetDataFields()
                .ToDictionary(field => field.Name, StringComparer.Ordinal);
        }

        public void Read(int group, ColumnData column, CancellationToken token)
        {
            using var rows = _reader.OpenRowGroupReader(group);
            var field = _fields[column.Name];
            if (rows.GetMetadata(field) is { } chunk)
            {
                // A bit that flipped in a header can send the library round in circles.
                var (start, length) = ParquetGuard.Place(_stream, chunk);
                _stream.Load(start, checked((int)length));
                ParquetGuard.CheckColumn(_stream, chunk, rows.RowCount);
            }

            column.ReadAsync(rows, field, token).GetAwaiter().GetResult();
        }
    }
}
