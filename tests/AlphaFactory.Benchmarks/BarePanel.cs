using System.IO.Compression;
using System.Numerics.Tensors;
using Parquet;
using Parquet.Schema;
using ParquetSharp;
using Sylvan.Data.Csv;

namespace AlphaFactory.Benchmarks;

/// <summary>The same work by bare libraries: what there is to reach.</summary>
internal sealed class BarePanel(int rows)
{
    private const int Columns = 5;
    private const int GroupSize = 1 << 15;

    private readonly DateTime[] _dates = new DateTime[rows];
    private readonly string[] _symbols = new string[rows];
    private readonly double[][] _numbers = [.. Enumerable.Range(0, Columns).Select(_ => new double[rows])];

    /// <summary>Parses a file by Sylvan into typed values.</summary>
    public void Parse(string path)
    {
        using var reader = CsvDataReader.Create(path);
        for (var row = 0; reader.Read(); row++)
        {
            _dates[row] = reader.GetDateTime(0);
            _symbols[row] = reader.GetString(1);
            for (var column = 0; column < Columns; column++)
            {
                _numbers[column][row] = reader.GetDouble(column + 2);
            }
        }
    }

    /// <summary>Writes what was parsed by Parquet.Net.</summary>
    public async Task Write(
        string path,
        CompressionMethod method,
        CompressionLevel level = CompressionLevel.Optimal,
        int groupSize = GroupSize
    )
    {
        DataField[] fields =
        [
            new DateTimeDataField("date", DateTimeFormat.Timestamp, true, DateTimeTimeUnit.Millis, false),
            new DataField("symbol", typeof(string), isNullable: false),
            .. new[] { "open", "high", "low", "close", "signal" }.Select(name => new DataField<double>(name)),
        ];
        var options = new ParquetOptions { CompressionMethod = method, CompressionLevel = level };
        options.ColumnEncodingHints["symbol"] = EncodingHint.Dictionary;
        await using var file = File.Create(path);
        await using var writer = await ParquetWriter.CreateAsync(
            new ParquetSchema(fields.Cast<Field>().ToArray()),
            file,
            options
        );
        for (int start = 0, end; start < rows; start = end)
        {
            end = Math.Min(start + groupSize, rows);
            using var group = writer.CreateRowGroup();
            await group.WriteAsync<DateTime>(fields[0], _dates.AsMemory(start..end));
            await group.WriteAsync(fields[1], new ArraySegment<string>(_symbols, start, end - start));
            for (var column = 0; column < Columns; column++)
            {
                await group.WriteAsync<double>(fields[column + 2], _numbers[column].AsMemory(start..end));
            }
        }
    }

    /// <summary>Writes what was parsed by ParquetSharp.</summary>
    public void WriteBySharp(string path, Compression compression)
    {
        Column[] columns =
        [
            new Column<DateTime>("date"),
            new Column<string>("symbol"),
            .. new[] { "open", "high", "low", "close", "signal" }.Select(name => new Column<double>(name)),
        ];
        using var properties = new WriterPropertiesBuilder()
            .Compression(compression)
            .DisableDictionary("open")
            .DisableDictionary("high")
            .DisableDictionary("low")
            .DisableDictionary("close")
            .DisableDictionary("signal")
            .Build();
        using var writer = new ParquetFileWriter(path, columns, properties);
        for (int start = 0, end; start < rows; start = end)
        {
            end = Math.Min(start + GroupSize, rows);
            using var group = writer.AppendRowGroup();
            Next(group, _dates, start, end);
            Next(group, _symbols, start, end);
            foreach (var numbers in _numbers)
            {
                Next(group, numbers, start, end);
            }
        }

        writer.Close();
    }

    /// <summary>Reads columns of numbers of a file by ParquetSharp into arrays, row group by row group.</summary>
    /// <returns>The sum of what was read.</returns>
    public static double Scan(string path, params string[] columns)
    {
        using var reader = new ParquetFileReader(path);
        var schema = reader.FileMetaData.Schema;
        var indexes = columns.Select(schema.ColumnIndex).ToArray();
        double sum = 0;
        for (var i = 0; i < reader.FileMetaData.NumRowGroups; i++)
        {
            using var group = reader.RowGroup(i);
            var count = (int)group.MetaData.NumRows;
            var (levels, repetitions) = (new short[count], new short[count]);
            foreach (var index in indexes)
            {
                var values = new double[count];
                using var column = (ColumnReader<double>)group.Column(index);
                for (var read = 0; read < count; )
                {
                    read += (int)
                        column.ReadBatch(
                            count - read,
                            levels.AsSpan(read, count - read),
                            repetitions.AsSpan(read, count - read),
                            values.AsSpan(read),
                            out _
                        );
                }

                sum += TensorPrimitives.Sum<double>(values);
            }
        }

        return sum;
    }

    /// <summary>Reads the same columns by Parquet.Net.</summary>
    /// <returns>The sum of what was read.</returns>
    public static async Task<double> ScanByNet(string path, params string[] columns)
    {
        await using var file = File.OpenRead(path);
        await using var reader = await ParquetReader.CreateAsync(file);
        var fields = reader.Schema.GetDataFields().Where(field => columns.Contains(field.Name)).ToArray();
        double sum = 0;
        for (var i = 0; i < reader.RowGroupCount; i++)
        {
            using var group = reader.OpenRowGroupReader(i);
            var levels = new int[group.RowCount];
            foreach (var field in fields)
            {
                var values = new double[group.RowCount];
                await group.ReadRawAsync(
                    field,
                    values.AsMemory(),
                    field.IsNullable ? levels.AsMemory() : (Memory<int>?)null,
                    null
                );
                sum += TensorPrimitives.Sum<double>(values);
            }
        }

        return sum;
    }

    private static void Next<T>(RowGroupWriter group, T[] values, int start, int end)
    {
        using var column = group.NextColumn().LogicalWriter<T>();
        column.WriteBatch(values.AsSpan(start..end));
    }
}
