using System.Collections.Concurrent;
using Parquet;
using Parquet.Schema;

namespace AlphaFactory.Core.Features;

/// <summary>A Parquet file of the store, which is read column by column, by several threads at once.</summary>
/// <param name="path">The file.</param>
/// <param name="token">Stops the work.</param>
internal sealed class PartFile(string path, CancellationToken token) : IDisposable
{
    private readonly ConcurrentBag<Opened> _idle = [new Opened(path, token)];

    /// <summary>Reads all columns of a file, row group by row group, into the same columns.</summary>
    public static IEnumerable<ColumnData[]> ReadAll(
        string path,
        IReadOnlyList<(string Name, FeatureType Type)> columns,
        CancellationToken token
    )
    {
        using var file = new PartFile(path, token);
        var groups = file._idle.First().Reader.RowGroupCount;
        var read = columns.Select(column => ColumnData.Create(column.Name, column.Type)).ToArray();
        for (var group = 0; group < groups; group++)
        {
            Array.ForEach(read, column => file.Read(group, column));
            yield return read;
        }
    }

    /// <summary>Reads a column of a row group in place of the values that it has.</summary>
    public void Read(int group, ColumnData column)
    {
        if (!_idle.TryTake(out var file))
        {
            file = new Opened(path, token);
        }

        try
        {
            column.Clear();
            using var reader = file.Reader.OpenRowGroupReader(group);
            column.ReadAsync(reader, file.Fields[column.Name], token).GetAwaiter().GetResult();
        }
        finally
        {
            _idle.Add(file);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_idle.TryTake(out var file))
        {
            file.Dispose();
        }
    }

    /// <summary>The file as one thread has it open.</summary>
    private sealed class Opened : IDisposable
    {
        private readonly FileStream _file;

        public Opened(string path, CancellationToken token)
        {
            _file = File.OpenRead(path);
            try
            {
                Reader = ParquetReader
                    .CreateAsync(_file, leaveStreamOpen: true, cancellationToken: token)
                    .GetAwaiter()
                    .GetResult();
                Fields = Reader
                    .Schema.GetDataFields()
                    .ToDictionary(field => field.Name, StringComparer.Ordinal);
            }
            catch
            {
                _file.Dispose();
                throw;
            }
        }

        public ParquetReader Reader { get; }

        public Dictionary<string, DataField> Fields { get; }

        public void Dispose()
        {
            Reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
            _file.Dispose();
        }
    }
}
