using System.Globalization;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Storage;
using AlphaFactory.Core.Tests.Storage;

namespace AlphaFactory.Core.Tests.Features;

/// <summary>Files that others write to, hold, or made by mistake: a clear error each, and nothing is lost.</summary>
public sealed class HostileFileTests : IDisposable
{
    private const string Csv = "time,v\n2020-01-01,1\n2020-01-02,2\n";

    private readonly FeatureBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_that_grows_during_the_import_is_refused(bool parquet)
    {
        _bench.Import(Csv, r => r with { Name = "kept" });
        var path = _bench.File("grows.csv", Csv);
        if (parquet)
        {
            var set = _bench.Import(Csv, r => r with { Name = "source" });
            path = Directory.GetFiles(set.Path, "*.parquet").Single();
        }

        // The clock is asked when the rows have been read and written.
        var context = OperationContext.Silent with
        {
            Time = new Writer(path),
        };
        var request = new ImportRequest
        {
            Name = "x",
            Paths = [path],
            Time = "time",
        };
        var error = Assert.Throws<AlphaFactoryException>(() => _bench.Features.Import(request, context));

        Assert.Equal(ErrorId.FileFormatInvalid, error.Id);
        Assert.Contains(Path.GetFileName(path), error.Message, StringComparison.Ordinal);
        Assert.Contains("changed during the import", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_bench.Features.List(), set => set.Name == "x");
        Assert.Empty(_bench.Leftovers());
        Assert.Equal(2, _bench.Rows(_bench.Features.Find("kept")).Count);
    }

    [Fact]
    public void A_file_that_somebody_holds_is_named()
    {
        var path = _bench.File("held.csv", Csv);
        using var held = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        var error = _bench.Fail(
            new ImportRequest
            {
                Name = "x",
                Paths = [path],
                Time = "time",
            }
        );

        Assert.Equal(ErrorId.PathNotFound, error.Id);
        Assert.Contains("held.csv", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_nobody_can_write_is_imported_from_a_folder_that_nobody_can_write()
    {
        var marked = _bench.File("marked.csv", Csv);
        File.SetAttributes(marked, FileAttributes.ReadOnly);
        Assert.Equal(2, _bench.Import(Of(marked)).Set.Rows);
        File.SetAttributes(marked, FileAttributes.Normal);

        using var disk = new MountedFolder(1024);
        var path = disk.File("a.csv");
        File.WriteAllText(path, Csv);
        disk.MakeReadOnly();

        var result = _bench.Import(Of(path) with { Name = "y" });
        Assert.Equal(2, result.Set.Rows);
        Assert.Equal(2, _bench.Rows(result.Set).Count);
    }

    [Fact]
    public void A_store_that_nobody_can_write_takes_no_import_and_gives_what_it_has()
    {
        using var disk = new MountedFolder(8192);
        using (var store = AlphaStore.OpenOrCreate(disk.File("store")))
        {
            new FeatureStore(store).Import(Of(_bench.File("a.csv", Csv)), OperationContext.Silent);
        }

        disk.MakeReadOnly();
        using var opened = AlphaStore.Open(disk.File("store"));
        var features = new FeatureStore(opened);
        foreach (var mode in Enum.GetValues<ImportMode>())
        {
            var request = Of(_bench.File("b.csv", Csv + "2020-01-03,3\n")) with { Mode = mode };
            var error = Assert.Throws<AlphaFactoryException>(() =>
                features.Import(request, OperationContext.Silent)
            );
            Assert.Equal(ErrorId.StoreReadOnly, error.Id);
            Assert.Contains(disk.File("store"), error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(
            2,
            features.Read(new FeatureQuery { Set = features.Find("x") }, OperationContext.Silent).Count()
        );
    }

    [Fact]
    public void A_row_of_four_fields_among_three_is_refused_or_quarantined_and_old_versions_stay()
    {
        const string csv = "time,entity,v\n2020-01-01,A,1\n2020-01-02,A,1,5\n2020-01-03,A,3\n";
        var first = _bench.Import("time,entity,v\n2019-01-01,A,1\n");
        var append = _bench.Request(csv, r => r with { Mode = ImportMode.Append });
        var error = _bench.Fail(append);
        Assert.Equal(ErrorId.RowInvalid, error.Id);
        Assert.Contains(
            "row 2 (line 3): the row has 4 fields, the header 3",
            error.Message,
            StringComparison.Ordinal
        );

        var result = _bench.Import(append with { OnError = RowErrorPolicy.Quarantine });
        Assert.Equal((2, 3L, 1L), (result.Set.Version, result.Set.Rows, result.Quarantined));
        Assert.Single(_bench.Rows(first));
    }

    [Fact]
    public void Half_of_a_surrogate_pair_is_no_text_and_no_entity()
    {
        foreach (var column in (string[])["entity", "note"])
        {
            var rows = new ObjectRows();
            rows.Add([
                new("time", FeatureBench.Day(2020, 1, 1)),
                new("entity", column == "entity" ? "\uD800" : "A"),
                new("note", column == "note" ? "x\uDC00" : "y"),
            ]);
            var error = _bench.Fail(
                new ImportRequest
                {
                    Name = "x",
                    Rows = rows,
                    Time = "time",
                    Entity = "entity",
                }
            );
            Assert.Equal(ErrorId.RowInvalid, error.Id);
            Assert.Contains($"column '{column}'", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("de-DE")]
    [InlineData("ar-SA")]
    [InlineData("tr-TR")]
    public void An_import_an_export_and_a_join_are_alike_in_every_culture(string culture)
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
            var set = _bench.Import(
                "TIME,entity,I\n2020-01-31,A,1234.5\n2020-02-29,A,-1e-7\n",
                r => r with { Time = "time" }
            );
            var path = _bench.PathOf("out.csv");
            FeatureFile.Write(path, new FeatureQuery { Set = set }, false, false, OperationContext.Silent);

            Assert.Equal("TIME,entity,I\n2020-01-31,A,1234.5\n2020-02-29,A,-1E-07\n", File.ReadAllText(path));
            Assert.Equal([1234.5], _bench.Rows(set, q => q with { Columns = ["i"], To = set.From }).Single());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static ImportRequest Of(string path) =>
        new()
        {
            Name = "x",
            Paths = [path],
            Time = "time",
        };

    /// <summary>A clock that writes to a file whenever it is asked the time.</summary>
    private sealed class Writer(string path) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow()
        {
            File.AppendAllText(path, "2020-01-03,3\n");
            return base.GetUtcNow();
        }
    }
}
