using System.Globalization;
using System.Runtime.InteropServices;
using AlphaFactory.Core.Features;
using ParquetSharp;
using Encoding = System.Text.Encoding;

namespace AlphaFactory.Interop.Tests;

/// <summary>Other readers see the rows of a version as they are, and lose none when they filter.</summary>
public sealed class ReadByOthersTests(WrittenVersion version) : IClassFixture<WrittenVersion>
{
    private static readonly string[] TimeColumns = ["time", "at", "day"];

    private string Table => $"read_parquet({Duck.Text(Path.Combine(version.Set.Path, "part-*.parquet"))})";

    [Fact]
    public void DuckDB_reads_every_row_type_and_missing_value()
    {
        using var duck = new Duck();
        var types = duck.Query($"DESCRIBE SELECT * FROM {Table}").Select(row => (row[0], row[1]));
        Assert.Equal(
            version.Set.Columns.Select(column =>
                (
                    (object?)column.Name,
                    (object?)(
                        column.Type switch
                        {
                            FeatureType.Double => "DOUBLE",
                            FeatureType.Long => "BIGINT",
                            FeatureType.Bool => "BOOLEAN",
                            FeatureType.Text => "VARCHAR",
                            _ => "TIMESTAMP WITH TIME ZONE",
                        }
                    )
                )
            ),
            types
        );

        var columns = version.Set.Columns.Select(column =>
            TimeColumns.Contains(column.Name) ? $"epoch_us(\"{column.Name}\")" : $"\"{column.Name}\""
        );
        var count = 0;
        foreach (var row in duck.Query($"SELECT {string.Join(',', columns)} FROM {Table}"))
        {
            var expected = Array.ConvertAll(version.Rows[count++], Stored);
            if (!expected.SequenceEqual(row))
            {
                Assert.Equal(expected, row);
            }
        }

        Assert.Equal(version.Rows.Count, count);
    }

    [Fact]
    public void DuckDB_finds_every_row_it_filters_for()
    {
        using var duck = new Duck();
        for (var column = 0; column < version.Set.Columns.Count; column++)
        {
            var name = version.Set.Columns[column].Name;
            var counts = version
                .Rows.Select(row => row[column])
                .OfType<object>()
                .CountBy(value => value)
                .ToList();
            // Ends and what lies between; few enough not to take long.
            var values = counts
                .Where((_, i) => i % (1 + counts.Count / 12) == 0)
                .Append(counts.MinBy(item => item.Key, Order))
                .Append(counts.MaxBy(item => item.Key, Order));
            foreach (var (value, expected) in values)
            {
                var found = duck.Query($"SELECT count(*) FROM {Table} WHERE \"{name}\" = {Literal(value)}")
                    .Single()[0];
                Assert.True(
                    Equals((long)expected, found),
                    $"{name} = {value}: {found} instead of {expected}"
                );
            }

            var missing = version.Rows.LongCount(row => row[column] is null);
            Assert.Equal(
                missing,
                duck.Query($"SELECT count(*) FROM {Table} WHERE \"{name}\" IS NULL").Single()[0]
            );
        }
    }

    [Fact]
    public void DuckDB_finds_every_row_of_an_entity_and_an_interval()
    {
        using var duck = new Duck();
        foreach (var from in version.Rows.Where((_, i) => i % 9_001 == 0).Select(row => (DateTime)row[0]!))
        {
            var to = from.AddHours(3);
            var expected = version.Rows.LongCount(row =>
                (string?)row[1] == "😀" && (DateTime)row[0]! >= from && (DateTime)row[0]! < to
            );
            Assert.Equal(
                expected,
                duck.Query(
                        $"SELECT count(*) FROM {Table} WHERE entity = '😀' AND time >= {Literal(from)} AND time < {Literal(to)}"
                    )
                    .Single()[0]
            );
        }
    }

    [Fact]
    public void ParquetSharp_reads_every_row_and_statistics_that_hold()
    {
        using var file = new ParquetFileReader(version.File);
        Assert.True(file.FileMetaData.NumRowGroups > 1);
        var start = 0;
        for (var g = 0; g < file.FileMetaData.NumRowGroups; g++)
        {
            using var group = file.RowGroup(g);
            var rows = (int)group.MetaData.NumRows;
            for (var c = 0; c < version.Set.Columns.Count; c++)
            {
                var expected = version.Rows.Skip(start).Take(rows).Select(row => row[c]).ToArray();
                using var column = group.Column(c);
                Assert.Equal(version.Set.Columns[c].Name, column.ColumnDescriptor.Name);
                // Without it a reader may not trust the smallest and largest values.
                Assert.Equal(ColumnOrder.TypeDefinedOrder, column.ColumnDescriptor.ColumnOrder);
                Assert.True(expected.SequenceEqual(Values(column, version.Set.Columns[c].Type, rows)));
                using var chunk = group.MetaData.GetColumnChunkMetaData(c);
                using var statistics = chunk.Statistics;
                Check(statistics!, version.Set.Columns[c], expected);
            }

            start += rows;
        }

        Assert.Equal(version.Rows.Count, start);
    }

    private static void Check(Statistics statistics, FeatureColumn column, object?[] values)
    {
        Assert.Equal(values.LongCount(value => value is null), statistics.NullCount);
        var ordered = values.OfType<object>().Select(value => Stored(value)!).Order(Order).ToArray();
        if (statistics.HasMinMax)
        {
            Assert.Equal(ordered[0], Value(statistics.MinUntyped));
            Assert.Equal(ordered[^1], Value(statistics.MaxUntyped));
        }
        else
        {
            // Texts have none where the library that writes them would get them wrong.
            Assert.True(column.Type is FeatureType.Bool or FeatureType.Text, column.Name);
        }
    }

    private static object Value(object raw) =>
        raw is ByteArray bytes ? Marshal.PtrToStringUTF8(bytes.Pointer, bytes.Length) : raw;

    private static IEnumerable<object?> Values(ColumnReader column, FeatureType type, int rows) =>
        type switch
        {
            FeatureType.Double => column.LogicalReader<double?>().ReadAll(rows).Cast<object?>(),
            FeatureType.Long => column.LogicalReader<long?>().ReadAll(rows).Cast<object?>(),
            FeatureType.Bool => column.LogicalReader<bool?>().ReadAll(rows).Cast<object?>(),
            FeatureType.Text => column.LogicalReader<string?>().ReadAll(rows),
            _ => column.LogicalReader<DateTime?>().ReadAll(rows).Cast<object?>(),
        };

    /// <summary>What a file keeps of a value: a time as microseconds.</summary>
    private static object? Stored(object? value) =>
        value is DateTime time ? (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond : value;

    /// <summary>The order of Parquet: texts by the bytes of their UTF-8.</summary>
    private static readonly Comparer<object> Order = Comparer<object>.Create(
        (a, b) =>
            a is string text
                ? Encoding.UTF8.GetBytes(text).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes((string)b))
                : Comparer<object>.Default.Compare(a, b)
    );

    private static string Literal(object value) =>
        value switch
        {
            DateTime time =>
                $"TIMESTAMPTZ '{time.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)}+00'",
            string text => Duck.Text(text),
            double number => $"'{number.ToString("R", CultureInfo.InvariantCulture)}'::DOUBLE",
            bool truth => truth ? "true" : "false",
            _ => $"'{Convert.ToString(value, CultureInfo.InvariantCulture)}'::BIGINT",
        };
}
