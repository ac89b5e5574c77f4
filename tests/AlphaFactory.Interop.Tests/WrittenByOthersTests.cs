using System.Globalization;
using AlphaFactory.Core;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Tests.Features;
using ParquetSharp;
using ParquetSharp.Schema;

namespace AlphaFactory.Interop.Tests;

/// <summary>Files that other writers make are imported with their rows, types and missing values.</summary>
public sealed class WrittenByOthersTests : IDisposable
{
    private const int Rows = 2_500;

    private static readonly DateTime Start = FeatureBench.Day(1999, 12, 31);

    private readonly FeatureBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("snappy", "V1")]
    [InlineData("zstd", "V1")]
    [InlineData("gzip", "V2")]
    [InlineData("uncompressed", "V1")]
    [InlineData("brotli", "V2")]
    [InlineData("lz4_raw", "V1")]
    [InlineData("zstd", "V2")]
    public void DuckDBs_files_of_any_codec_are_imported(string codec, string pages)
    {
        (string Column, string Sql, FeatureType Type, Func<long, object?> Value)[] columns =
        [
            (
                "time",
                Instant("i * 61000001"),
                FeatureType.Timestamp,
                i => Start.AddTicks(10 * i * 61_000_001)
            ),
            ("i8", "(i % 200 - 100)::TINYINT", FeatureType.Long, i => i % 200 - 100),
            ("u8", "(i % 256)::UTINYINT", FeatureType.Long, i => i % 256),
            ("i16", "(i - 2500)::SMALLINT", FeatureType.Long, i => i - 2500),
            ("u16", "(i + 60000)::USMALLINT", FeatureType.Long, i => i + 60_000),
            (
                "i32",
                Some(5, "(i * -400000)::INTEGER"),
                FeatureType.Long,
                i => i % 5 == 0 ? null : i * -400_000
            ),
            ("u32", "(i + 4294962000)::UINTEGER", FeatureType.Long, i => i + 4_294_962_000),
            ("i64", Some(7, "i * 1000000007"), FeatureType.Long, i => i % 7 == 0 ? null : i * 1_000_000_007),
            ("u64", "i::UBIGINT", FeatureType.Long, i => i),
            ("f", Some(3, "(i / 8)::FLOAT"), FeatureType.Double, i => i % 3 == 0 ? null : i / 8.0),
            ("d", "i * 0.1::DOUBLE", FeatureType.Double, i => i * 0.1),
            (
                "nan",
                "CASE WHEN i % 2 = 0 THEN 'nan' ELSE '-inf' END::DOUBLE",
                FeatureType.Double,
                i => i % 2 == 0 ? null : double.NegativeInfinity
            ),
            ("m4", "((i % 99) || '.5')::DECIMAL(4, 1)", FeatureType.Double, i => i % 99 + 0.5),
            (
                "m9",
                Some(4, "(i || '.25')::DECIMAL(9, 2)"),
                FeatureType.Double,
                i => i % 4 == 0 ? null : i + 0.25
            ),
            ("m18", "(i || '.1234')::DECIMAL(18, 4)", FeatureType.Double, i => Number($"{i}.1234")),
            (
                "m38",
                "('-' || i || '.0123456789')::DECIMAL(38, 10)",
                FeatureType.Double,
                i => Number($"-{i}.0123456789")
            ),
            ("b", Some(9, "i % 2 = 0"), FeatureType.Bool, i => i % 9 == 0 ? null : i % 2 == 0),
            ("s", Some(6, "'é😀' || i"), FeatureType.Text, i => i % 6 == 0 ? null : $"é😀{i}"),
            (
                "few",
                "CASE WHEN i % 10 = 0 THEN NULL ELSE 'v' || (i % 3) END",
                FeatureType.Text,
                i => i % 10 == 0 ? null : $"v{i % 3}"
            ),
            (
                "e",
                "(CASE WHEN i % 2 = 0 THEN 'buy' ELSE 'sell' END)::ENUM ('buy', 'sell')",
                FeatureType.Text,
                i => i % 2 == 0 ? "buy" : "sell"
            ),
            (
                "day",
                Some(8, "DATE '1999-12-31' + i::INTEGER"),
                FeatureType.Timestamp,
                i => i % 8 == 0 ? null : Start.AddDays(i)
            ),
            (
                "ms",
                Instant("i * -7001000") + "::TIMESTAMP_MS",
                FeatureType.Timestamp,
                i => Start.AddTicks(10 * i * -7_001_000)
            ),
            (
                "sec",
                Instant("i * 7000000") + "::TIMESTAMP_S",
                FeatureType.Timestamp,
                i => Start.AddSeconds(7 * i)
            ),
            (
                "ns",
                Some(2, Instant("i * 3") + "::TIMESTAMP_NS"),
                FeatureType.Timestamp,
                i => i % 2 == 0 ? null : Start.AddTicks(30 * i)
            ),
            ("tz", Instant("i") + "::TIMESTAMPTZ", FeatureType.Timestamp, i => Start.AddTicks(10 * i)),
        ];
        var path = _bench.PathOf("duck.parquet");
        using (var duck = new Duck())
        {
            duck.Run("SET TimeZone = 'UTC'");
            var select = string.Join(", ", columns.Select(column => $"{column.Sql} AS {column.Column}"));
            duck.Run(
                $"COPY (SELECT {select} FROM range({Rows}) t(i) ORDER BY i) TO {Duck.Text(path)} "
                    + $"(FORMAT parquet, CODEC {codec}, PARQUET_VERSION {pages}, ROW_GROUP_SIZE 2048)"
            );
        }

        var set = Import(path);

        Assert.Equal(
            columns.Select(column => (column.Column, column.Type)),
            set.Columns.Select(column => (column.Name, column.Type))
        );
        var rows = _bench.Rows(set);
        Assert.Equal(Rows, rows.Count);
        for (var c = 0; c < columns.Length; c++)
        {
            Assert.Equal(
                Enumerable.Range(0, Rows).Select(i => columns[c].Value(i)),
                rows.Select(row => row[c])
            );
        }
    }

    [Theory]
    [InlineData("[1, 2]")]
    [InlineData("{'a': 1}")]
    [InlineData("MAP {'a': 1}")]
    [InlineData("TIME '12:00:00'")]
    [InlineData("INTERVAL 1 MONTH")]
    public void A_column_that_no_set_can_hold_is_named(string value)
    {
        var path = _bench.PathOf("nested.parquet");
        using (var duck = new Duck())
        {
            duck.Run(
                $"COPY (SELECT TIMESTAMP '2020-01-01' AS time, {value} AS odd) TO {Duck.Text(path)} (FORMAT parquet)"
            );
        }

        var error = _bench.Fail(Request(path));

        Assert.Equal(ErrorId.FileFormatInvalid, error.Id);
        Assert.Contains("odd", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Compression.Snappy, true, ParquetDataPageVersion.V1)]
    [InlineData(Compression.Zstd, false, ParquetDataPageVersion.V1)]
    [InlineData(Compression.Gzip, true, ParquetDataPageVersion.V2)]
    [InlineData(Compression.Uncompressed, false, ParquetDataPageVersion.V2)]
    [InlineData(Compression.Brotli, true, ParquetDataPageVersion.V1)]
    public void Arrows_files_are_imported(Compression codec, bool dictionary, ParquetDataPageVersion pages)
    {
        var path = WriteArrow(codec, dictionary, pages, truths: pages == ParquetDataPageVersion.V1);
        ExpectArrow(Import(path));
    }

    [Fact]
    public void Arrows_newer_encodings_are_imported()
    {
        var path = WriteArrow(
            Compression.Zstd,
            dictionary: false,
            ParquetDataPageVersion.V2,
            truths: false,
            new Dictionary<string, Encoding>(StringComparer.Ordinal)
            {
                ["time"] = Encoding.DeltaBinaryPacked,
                ["i"] = Encoding.DeltaBinaryPacked,
                ["s"] = Encoding.DeltaByteArray,
                ["json"] = Encoding.DeltaLengthByteArray,
            }
        );
        ExpectArrow(Import(path));
    }

    [Fact]
    public void Truth_values_in_runs_are_refused_and_never_read_wrongly()
    {
        var path = WriteArrow(Compression.Snappy, dictionary: true, ParquetDataPageVersion.V2, truths: true);
        var error = _bench.Fail(Request(path));

        Assert.Equal(ErrorId.FileFormatInvalid, error.Id);
        Assert.Contains("column 'b'", error.Message, StringComparison.Ordinal);
        Assert.Contains("data pages of version 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused()
    {
        var path = _bench.PathOf("bytes.parquet");
        using (var duck = new Duck())
        {
            duck.Run(
                $"COPY (SELECT DATE '2020-01-01' AS time, '\\xC3\\x28'::BLOB AS raw) TO {Duck.Text(path)} (FORMAT parquet)"
            );
        }

        Assert.Equal(ErrorId.FileFormatInvalid, _bench.Fail(Request(path)).Id);
    }

    [Fact]
    public void A_time_that_no_clock_shows_is_a_rows_mistake()
    {
        var path = _bench.PathOf("late.parquet");
        using (var duck = new Duck())
        {
            duck.Run(
                "COPY (SELECT TIMESTAMP '2020-01-01' + to_days(i::INTEGER * 1000000) AS time, i AS v FROM range(5) t(i)) "
                    + $"TO {Duck.Text(path)} (FORMAT parquet)"
            );
        }

        var error = _bench.Fail(Request(path));
        Assert.Equal(ErrorId.RowInvalid, error.Id);
        Assert.Contains("'late.parquet', row 4, column 'time'", error.Message, StringComparison.Ordinal);
        var result = _bench.Import(Request(path) with { OnError = RowErrorPolicy.Quarantine });
        Assert.Equal((3L, 2L), (result.Set.Rows, result.Quarantined));
    }

    private string WriteArrow(
        Compression codec,
        bool dictionary,
        ParquetDataPageVersion pages,
        bool truths,
        Dictionary<string, Encoding>? encodings = null
    )
    {
        var path = _bench.PathOf("arrow.parquet");
        using var builder = new WriterPropertiesBuilder();
        builder.Compression(codec).DataPageVersion(pages).DataPagesize(4096);
        _ = dictionary ? builder.EnableDictionary() : builder.DisableDictionary();
        foreach (var (column, encoding) in encodings ?? [])
        {
            builder.Encoding(column, encoding);
        }

        using var properties = builder.Build();
        using var schema = new GroupNode(
            "schema",
            Repetition.Required,
            [
                Node(
                    "time",
                    LogicalType.Timestamp(true, TimeUnit.Nanos),
                    PhysicalType.Int64,
                    Repetition.Required
                ),
                Node("i96", LogicalType.None(), PhysicalType.Int96),
                Node("ms", LogicalType.Timestamp(false, TimeUnit.Millis), PhysicalType.Int64),
                Node(
                    "us",
                    LogicalType.Timestamp(true, TimeUnit.Micros),
                    PhysicalType.Int64,
                    Repetition.Required
                ),
                Node("i", LogicalType.Int(32, true), PhysicalType.Int32),
                Node("f", LogicalType.None(), PhysicalType.Float, Repetition.Required),
                Node(
                    "m",
                    LogicalType.Decimal(28, 3),
                    PhysicalType.FixedLenByteArray,
                    Repetition.Optional,
                    12
                ),
                Node("s", LogicalType.String(), PhysicalType.ByteArray),
                Node("json", LogicalType.Json(), PhysicalType.ByteArray, Repetition.Required),
                Node("day", LogicalType.Date(), PhysicalType.Int32),
                .. truths ? [Node("b", LogicalType.None(), PhysicalType.Boolean)] : Array.Empty<Node>(),
            ]
        );
        using var file = new ParquetFileWriter(path, schema, properties);
        for (var start = 0; start < Rows; start += 2_000)
        {
            var rows = Enumerable.Range(start, Math.Min(2_000, Rows - start)).ToArray();
            using var group = file.AppendRowGroup();
            Write(group, rows, i => new DateTimeNanos(Time(i)));
            Write(group, rows, i => Missing(i, 2) ? null : (Int96?)Julian(Time(-i)));
            Write(group, rows, i => Missing(i, 3) ? null : (DateTime?)Start.AddMilliseconds(-i));
            Write(group, rows, i => Start.AddTicks(10L * i));
            Write(group, rows, i => Missing(i, 4) ? null : (int?)(i * -7));
            Write(group, rows, i => i / 4f);
            Write(group, rows, i => Missing(i, 5) ? null : (decimal?)(i - 2_500.125m));
            Write(group, rows, i => Missing(i, 6) ? null : $"é{i % 50}");
            Write(group, rows, i => $"{{\"i\": {i}}}");
            Write(group, rows, i => Missing(i, 8) ? null : (Date?)new Date(Start.AddDays(i)));
            if (truths)
            {
                Write(group, rows, i => Missing(i, 7) ? null : (bool?)(i % 3 == 0));
            }
        }

        file.Close();
        return path;
    }

    private void ExpectArrow(FeatureSet set)
    {
        Func<int, object?>[] values =
        [
            i => Time(i),
            i => Missing(i, 2) ? null : Time(-i),
            i => Missing(i, 3) ? null : Start.AddMilliseconds(-i),
            i => Start.AddTicks(10L * i),
            i => Missing(i, 4) ? null : i * -7L,
            i => i / 4.0,
            i => Missing(i, 5) ? null : i - 2_500.125,
            i => Missing(i, 6) ? null : $"é{i % 50}",
            i => $"{{\"i\": {i}}}",
            i => Missing(i, 8) ? null : Start.AddDays(i),
            i => Missing(i, 7) ? null : i % 3 == 0,
        ];
        var rows = _bench.Rows(set);
        Assert.Equal(Rows, rows.Count);
        for (var c = 0; c < set.Columns.Count; c++)
        {
            Assert.Equal(Enumerable.Range(0, Rows).Select(values[c]), rows.Select(row => row[c]));
        }
    }

    private static void Write<T>(RowGroupWriter group, int[] rows, Func<int, T> value)
    {
        using var column = group.NextColumn();
        using var writer = column.LogicalWriter<T>();
        writer.WriteBatch(Array.ConvertAll(rows, row => value(row)));
    }

    private static PrimitiveNode Node(
        string name,
        LogicalType type,
        PhysicalType physical,
        Repetition repetition = Repetition.Optional,
        int length = -1
    ) => new(name, repetition, type, physical, length);

    private static DateTime Time(int i) => Start.AddTicks(i * 36_000_000_010L);

    private static bool Missing(int i, int every) => i % every == 0;

    /// <summary>Nanoseconds of the day and the Julian day, as Spark and Impala once wrote times.</summary>
    private static Int96 Julian(DateTime time)
    {
        const int ofUnixEpoch = 2_440_588;
        var nanoseconds = time.TimeOfDay.Ticks * 100;
        return new Int96(
            (int)(nanoseconds & 0xFFFFFFFF),
            (int)(nanoseconds >> 32),
            ofUnixEpoch + (time.Date - DateTime.UnixEpoch).Days
        );
    }

    private FeatureSet Import(string path) => _bench.Import(Request(path)).Set;

    private static ImportRequest Request(string path) =>
        new()
        {
            Name = "x",
            Paths = [path],
            Time = "time",
        };

    private static string Some(int every, string sql) =>
        $"CASE WHEN i % {every} = 0 THEN NULL ELSE {sql} END";

    private static string Instant(string microseconds) =>
        $"(TIMESTAMP '1999-12-31' + to_microseconds({microseconds}))";

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
