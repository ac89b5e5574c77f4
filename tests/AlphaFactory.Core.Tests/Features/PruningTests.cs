using AlphaFactory.Core.Features;
using Parquet;

namespace AlphaFactory.Core.Tests.Features;

/// <summary>What is not asked for is not read: its bytes may be damaged, and nobody notices.</summary>
public sealed class PruningTests : IDisposable
{
    private readonly FeatureBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Row_groups_and_columns_that_are_not_asked_for_are_not_read()
    {
        var each = SortLimits.Default.Group;
        var lines = new[] { "A", "B" }.SelectMany(entity =>
            Enumerable
                .Range(0, each)
                .Select(i =>
                    $"{UtcDate.Format(DateTime.UnixEpoch.AddMinutes(i))},{entity},{i % 100},{i % 50}\n"
                )
        );
        var set = _bench.Import("time,entity,v,w\n" + string.Concat(lines));
        var last = DateTime.UnixEpoch.AddMinutes(each - 1);
        await Damage(set, group: 1, column: "v");

        Assert.Equal(each, _bench.Rows(set, q => q with { Entities = ["A"] }).Count);
        Assert.Equal(2 * each, _bench.Rows(set, q => q with { Columns = ["time", "w"] }).Count);
        Assert.Equal(2, _bench.Rows(set, q => q with { Columns = ["w"], From = last }).Count);
        Assert.Empty(_bench.Rows(set, q => q with { Entities = ["B"], From = last.AddDays(1) }));
        Assert.Equal(each, Panel(["w"], ["B"]));
        Corrupt(() => _bench.Rows(set, q => q with { Entities = ["B"], Columns = ["v"] }));
        Corrupt(() => Panel(["v"], ["B"]));
        Corrupt(() => _bench.Rows(set));

        int Panel(string[] columns, string[] entities) =>
            _bench
                .Features.LoadPanel(
                    set,
                    new PanelRequest { Columns = columns, Entities = entities },
                    OperationContext.Silent
                )
                .Bars;

        void Corrupt(Func<object> read)
        {
            var error = Assert.Throws<AlphaFactoryException>(read);
            Assert.Equal(ErrorId.StoreCorrupt, error.Id);
            Assert.Contains(".parquet", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(ManifestRowGroup.FewEntities)]
    [InlineData(ManifestRowGroup.FewEntities + 1)]
    public async Task An_entitys_rows_are_found_among_few_without_reading_whose_they_are_and_among_many_by_it(
        int entities
    )
    {
        var lines = Enumerable
            .Range(0, 3 * entities)
            .Select(i => FormattableString.Invariant($"2020-01-0{i % 3 + 1},e{i / 3:000},{i}\n"));
        var set = _bench.Import("time,entity,v\n" + string.Concat(lines));
        var last = FormattableString.Invariant($"e{entities - 1:000}");
        var request = new PanelRequest { Entities = [last], From = FeatureBench.Day(2020, 1, 2) };
        double[] expected = [3 * entities - 2, 3 * entities - 1];

        Assert.Equal(expected, Read());
        await Damage(set, group: 0, column: "entity");
        if (entities <= ManifestRowGroup.FewEntities)
        {
            Assert.Equal(expected, Read());
        }
        else
        {
            Assert.Equal(ErrorId.StoreCorrupt, Assert.Throws<AlphaFactoryException>(Read).Id);
        }

        double[] Read() =>
            _bench.Features.LoadPanel(set, request, OperationContext.Silent).Column("v").ToArray();
    }

    [Fact]
    public void Rows_come_on_the_way_and_a_reader_may_stop_early()
    {
        var lines = Enumerable
            .Range(0, 3 * SortLimits.Default.Group)
            .Select(i => $"{UtcDate.Format(DateTime.UnixEpoch.AddMinutes(i))},{i}\n");
        var set = _bench.Import("time,v\n" + string.Concat(lines));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var first = _bench.Features.Read(new FeatureQuery { Set = set }, OperationContext.Silent).First();
        var one = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0L, first.Values[1]);
        _ = _bench.Rows(set);
        var all = GC.GetAllocatedBytesForCurrentThread() - before - one;
        Assert.True(one < all / 2, FormattableString.Invariant($"{one} bytes for one row, {all} for all"));
        // The file is closed: on every system it can be removed.
        _bench.Features.Remove(set);
        Assert.Empty(_bench.Leftovers());
    }

    [Fact]
    public void A_flipped_bit_is_found_and_never_leads_a_reader_astray()
    {
        var set = _bench.Import(
            "time,entity,v,s\n"
                + string.Concat(Enumerable.Range(1, 28).Select(i => $"2020-01-{i:00},A,{i},x{i}\n"))
        );
        var part = Directory.GetFiles(set.Path, "*.parquet").Single();
        var bytes = File.ReadAllBytes(part);
        // Every third byte, another bit each time.
        for (var at = 0; at < bytes.Length; at += 3)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[at] ^= (byte)(1 << (at % 8));
            File.WriteAllBytes(part, damaged);
            var room = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                _ = _bench.Rows(set);
            }
            catch (AlphaFactoryException error)
            {
                Assert.Equal(ErrorId.StoreCorrupt, error.Id);
                Assert.Contains(part, error.Message, StringComparison.Ordinal);
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - room < 1L << 27);
            if (at % 297 == 0)
            {
                var finding = Assert.Single(
                    new Core.Maintenance.StoreChecker(_bench.Store).Run(OperationContext.Silent)
                );
                Assert.Contains(part, finding.ToString(), StringComparison.Ordinal);
            }
        }
    }

    /// <summary>Overwrites the pages of a column in a row group, and keeps the size.</summary>
    private static async Task Damage(FeatureSet set, int group, string column)
    {
        var part = Directory.GetFiles(set.Path, "*.parquet").Single();
        await using var file = new FileStream(part, FileMode.Open, FileAccess.ReadWrite);
        await using var reader = await ParquetReader.CreateAsync(
            file,
            leaveStreamOpen: true,
            cancellationToken: TestContext.Current.CancellationToken
        );
        var chunk = reader
            .Metadata!.RowGroups[group]
            .Columns.Select(item => item.MetaData!)
            .Single(item => item.PathInSchema.Single() == column);
        file.Position = chunk.DataPageOffset;
        file.Write(new byte[chunk.TotalCompressedSize]);
    }
}
