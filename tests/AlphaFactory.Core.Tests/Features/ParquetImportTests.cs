using AlphaFactory.Core.Features;
using CsCheck;
using Parquet;
using Parquet.Schema;

namespace AlphaFactory.Core.Tests.Features;

public sealed class ParquetImportTests : IDisposable
{
    private static readonly DateTime Day = FeatureBench.Day(2020, 1, 1);

    private readonly FeatureBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Types_are_those_of_the_file_and_missing_values_stay_missing()
    {
        var path = await Write();
        var set = Import(path);

        Assert.Equal(
            [
                ("t", FeatureType.Timestamp),
                ("i", FeatureType.Long),
                ("u", FeatureType.Long),
                ("f", FeatureType.Double),
                ("m", FeatureType.Double),
                ("s", FeatureType.Text),
                ("d", FeatureType.Timestamp),
                ("b", FeatureType.Bool),
                ("us", FeatureType.Timestamp),
            ],
            set.Columns.Select(column => (column.Name, column.Type))
        );
        Assert.Equal(
            [
                [Day, 1L, 7L, 0.5, 1.2345, "007", Day.AddDays(9), true, Day.AddTicks(10)],
                [Day.AddDays(1), null, 8L, null, null, null, null, null, null],
                [Day.AddDays(2), -3L, 9L, null, -0.0001, "NA", Day, false, Day.AddDays(-1)],
            ],
            _bench.Rows(set)
        );
    }

    [Fact]
    public async Task A_version_exported_to_parquet_imports_as_the_same_content()
    {
        var set = Import(await Write());
        var path = _bench.PathOf("again.parquet");
        FeatureFile.Write(path, new FeatureQuery { Set = set }, true, false, OperationContext.Silent);

        Assert.Equal(set.ContentHash, Import(path, "y").ContentHash);
        Assert.Equal(
            set.ContentHash,
            Import(Directory.GetFiles(set.Path, "*.parquet").Single(), "z").ContentHash
        );
    }

    [Fact]
    public async Task A_file_cut_short_is_refused_wherever_it_is_cut()
    {
        var bytes = File.ReadAllBytes(await Write());
        for (var length = bytes.Length - 1; length > 3; length -= 41)
        {
            Assert.Equal(ErrorId.FileFormatInvalid, Fail(bytes[..length]).Id);
        }
    }

    [Fact]
    public async Task Damaged_bytes_never_crash_and_never_take_more_room_than_the_file_is_worth()
    {
        var bytes = File.ReadAllBytes(await Write());
        Gen.Select(Gen.Int[4, bytes.Length - 5], Gen.Byte, Gen.Int[1, 6])
            .Sample(
                (at, value, count) =>
                {
                    var damaged = (byte[])bytes.Clone();
                    damaged.AsSpan(at, Math.Min(count, damaged.Length - at)).Fill(value);
                    var before = GC.GetAllocatedBytesForCurrentThread();
                    try
                    {
                        Import(_bench.File("d.parquet", damaged), FormattableString.Invariant($"n{at}"));
                    }
                    catch (AlphaFactoryException error)
                    {
                        Assert.NotEqual(ErrorId.Unexpected, error.Id);
                    }

                    Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1L << 29);
                },
                iter: 300,
                threads: 1
            );
    }

    [Theory]
    [InlineData(0x7FFFFFFFu)]
    [InlineData(0xFFFFFFFFu)]
    public async Task A_footer_longer_than_the_file_is_refused(uint length)
    {
        var bytes = File.ReadAllBytes(await Write());
        BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - 8), length);
        Assert.Equal(ErrorId.FileFormatInvalid, Fail(bytes).Id);
        Assert.Equal(ErrorId.FileFormatInvalid, Fail([.. "PAR1"u8]).Id);
        Assert.Equal(ErrorId.FileFormatInvalid, Fail([.. "PAR1"u8, .. new byte[20], .. "PAR1"u8]).Id);
    }

    private AlphaFactoryException Fail(byte[] bytes) =>
        Assert.Throws<AlphaFactoryException>(() => Import(_bench.File("bad.parquet", bytes), "bad"));

    private FeatureSet Import(string path, string name = "x") =>
        _bench
            .Import(
                new ImportRequest
                {
                    Name = name,
                    Paths = [path],
                    Time = "t",
                }
            )
            .Set;

    /// <summary>Two row groups of the kinds of columns that writers make.</summary>
    private async Task<string> Write()
    {
        var fields = new DataField[]
        {
            new DateTimeDataField("t", DateTimeFormat.Date, isNullable: false),
            new("i", typeof(int), isNullable: true),
            new("u", typeof(ushort), isNullable: false),
            new("f", typeof(float), isNullable: true),
            new DecimalDataField("m", 18, 4, isNullable: true),
            new("s", typeof(string), isNullable: true),
            new DateTimeDataField("d", DateTimeFormat.Date, isNullable: true),
            new("b", typeof(bool), isNullable: true),
            new DateTimeDataField(
                "us",
                DateTimeFormat.Timestamp,
                isAdjustedToUTC: false,
                DateTimeTimeUnit.Micros,
                isNullable: true
            ),
        };
        var path = _bench.PathOf("foreign.parquet");
        var token = TestContext.Current.CancellationToken;
        await using var file = File.Create(path);
        await using var writer = await ParquetWriter.CreateAsync(
            new ParquetSchema(fields.Cast<Field>().ToArray()),
            file,
            cancellationToken: token
        );
        await Group(
            [Day, Day.AddDays(1)],
            [1, null],
            [7, 8],
            [0.5f, null],
            [1.2345m, null],
            ["007", null],
            [Day.AddDays(9), null],
            [true, null],
            [Day.AddTicks(10), null]
        );
        await Group(
            [Day.AddDays(2)],
            [-3],
            [9],
            [float.NaN],
            [-0.0001m],
            ["NA"],
            [Day],
            [false],
            [Day.AddDays(-1)]
        );
        return path;

        async Task Group(
            DateTime[] t,
            int?[] i,
            ushort[] u,
            float?[] f,
            decimal?[] m,
            string?[] s,
            DateTime?[] d,
            bool?[] b,
            DateTime?[] us
        )
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync<DateTime>(fields[0], t.AsMemory(), cancellationToken: token);
            await group.WriteAsync<int>(fields[1], i.AsMemory(), cancellationToken: token);
            await group.WriteAsync<ushort>(fields[2], u.AsMemory(), cancellationToken: token);
            await group.WriteAsync<float>(fields[3], f.AsMemory(), cancellationToken: token);
            await group.WriteAsync<decimal>(fields[4], m.AsMemory(), cancellationToken: token);
            await group.WriteAsync(fields[5], (IReadOnlyCollection<string>)s!);
            await group.WriteAsync<DateTime>(fields[6], d.AsMemory(), cancellationToken: token);
            await group.WriteAsync<bool>(fields[7], b.AsMemory(), cancellationToken: token);
            await group.WriteAsync<DateTime>(fields[8], us.AsMemory(), cancellationToken: token);
        }
    }
}
