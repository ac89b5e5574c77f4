using AlphaFactory.Core.Features;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Tests.Features;

public sealed class FeatureVersionTests : IDisposable
{
    private const string One = "time,entity,v\n2020-01-01,A,1\n2020-01-01,B,2\n2020-01-02,A,3\n";

    private readonly FeatureBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void The_same_content_gives_the_version_that_has_it_whatever_order_and_file_it_comes_in()
    {
        var first = _bench.Import(One);
        var again = _bench.Import(
            _bench.Request("time,entity,v\n2020-01-02,A,3\n\n2020-01-01,B,2\n\"2020-01-01\",A,1\n")
        );

        Assert.True(again.Existing);
        Assert.Equal(first.Version, again.Set.Version);
        Assert.Equal(first.ContentHash, again.Set.ContentHash);
        Assert.Contains(_bench.Said, line => line.Contains("same content", StringComparison.Ordinal));
        Assert.Single(_bench.Features.List());
        Assert.Empty(_bench.Leftovers());
    }

    [Theory]
    [InlineData("time,entity,v\n2020-01-01,A,1\n2020-01-01,B,2\n2020-01-02,A,4\n")]
    [InlineData("time,entity,v\n2020-01-01,A,1\n2020-01-01,B,2\n")]
    [InlineData("time,entity,v\n2020-01-01,A,1\n2020-01-01,C,2\n2020-01-02,A,3\n")]
    [InlineData("time,entity,v\n2020-01-01,A,1\n2020-01-01,B,2\n2020-01-03,A,3\n")]
    [InlineData("time,entity,w\n2020-01-01,A,1\n2020-01-01,B,2\n2020-01-02,A,3\n")]
    [InlineData("time,entity,v\n2020-01-01,A,1.0\n2020-01-01,B,2\n2020-01-02,A,3\n")]
    [InlineData("time,entity,v\n2020-01-01,A,\n2020-01-01,B,2\n2020-01-02,A,3\n")]
    public void Other_content_under_the_name_of_a_set_is_refused(string csv)
    {
        var first = _bench.Import(One);
        var error = _bench.Fail(csv);

        Assert.Equal(ErrorId.FeatureSetExists, error.Id);
        Assert.Contains("-Mode Replace", error.Message, StringComparison.Ordinal);
        Assert.NotEqual(first.ContentHash, _bench.Import(csv, r => r with { Name = "y" }).ContentHash);
    }

    [Fact]
    public void Which_columns_are_time_and_entity_is_part_of_the_content()
    {
        const string csv = "t,u,e,f\n2020-01-01,2020-01-02,A,B\n2020-01-03,2020-01-04,C,D\n";
        var hashes = new[] { ("t", "e"), ("u", "e"), ("t", "f"), ("t", null) }.Select(
            (roles, i) =>
                _bench
                    .Import(
                        csv,
                        r =>
                            r with
                            {
                                Name = FormattableString.Invariant($"x{i}"),
                                Time = roles.Item1,
                                Entity = roles.Item2,
                            }
                    )
                    .ContentHash
        );

        Assert.Equal(4, hashes.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void An_append_adds_rows_and_columns_in_a_new_version_and_leaves_the_old_one()
    {
        var first = _bench.Import(One);
        var second = _bench.Import(
            "entity,time,v,new\nA,2020-01-03,7,x\nB,2019-12-31,8,\n",
            r => r with { Name = "X", Mode = ImportMode.Append }
        );

        Assert.Equal(("x", 2, 5L), (second.Name, second.Version, second.Rows));
        Assert.Equal(["time", "entity", "v", "new"], second.Columns.Select(column => column.Name));
        Assert.Equal(
            [
                [FeatureBench.Day(2020, 1, 1), "A", 1L, null],
                [FeatureBench.Day(2020, 1, 2), "A", 3L, null],
                [FeatureBench.Day(2020, 1, 3), "A", 7L, "x"],
                [FeatureBench.Day(2019, 12, 31), "B", 8L, null],
                [FeatureBench.Day(2020, 1, 1), "B", 2L, null],
            ],
            _bench.Rows(second)
        );
        Assert.Equal(3, _bench.Rows(first).Count);
        Assert.Equal([1, 2], _bench.Features.List("X").Select(set => set.Version));
    }

    [Fact]
    public void An_append_to_nothing_makes_the_first_version() =>
        Assert.Equal(1, _bench.Import(One, r => r with { Mode = ImportMode.Append }).Version);

    [Fact]
    public void An_append_of_a_key_that_is_there_follows_the_policy()
    {
        const string csv = "time,entity,v\n2020-01-02,A,9\n2020-01-02,B,9\n";
        _bench.Import(One);
        var error = _bench.Fail(csv, r => r with { Mode = ImportMode.Append });
        Assert.Equal(ErrorId.DuplicateKey, error.Id);
        Assert.StartsWith("version 1 of 'x', row 2 and file", error.Message, StringComparison.Ordinal);

        var last = _bench.Import(
            csv,
            r => r with { Mode = ImportMode.Append, Duplicates = DuplicatePolicy.Last }
        );
        Assert.Equal([1L, 9L, 2L, 9L], _bench.Rows(last).Select(row => row[2]));

        var same = _bench.Import(
            _bench.Request(csv, r => r with { Mode = ImportMode.Append, Duplicates = DuplicatePolicy.First })
        );
        Assert.True(same.Existing);
        Assert.Equal(2, same.Set.Version);
    }

    [Theory]
    [InlineData("time,entity,v\n2020-02-01,A,1.5\n", "is long in version 1")]
    [InlineData("time,entity,v\n2020-02-01,A,text\n", "is long in version 1")]
    [InlineData(
        "time,entity,vv\n2020-02-01,A,1\n",
        "has a column 'v', which the new rows have not. Did you mean 'vv'?"
    )]
    [InlineData("time,v\n2020-02-01,1\n", "the entity 'entity'")]
    public void An_append_that_does_not_fit_is_refused(string csv, string says)
    {
        _bench.Import(One);
        var error = _bench.Fail(csv, r => r with { Mode = ImportMode.Append });

        Assert.Equal(ErrorId.SchemaMismatch, error.Id);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_append_keeps_the_types_of_the_old_rows()
    {
        _bench.Import("time,v,w\n2020-01-01,1.5,a\n");
        var set = _bench.Import("time,v,w\n2020-01-02,2,5\n", r => r with { Mode = ImportMode.Append });

        Assert.Equal([1.5, 2.0], _bench.Rows(set).Select(row => row[1]));
        Assert.Equal(["a", "5"], _bench.Rows(set).Select(row => row[2]));
    }

    [Fact]
    public void A_replacement_is_a_version_of_its_rows_only_and_may_come_back_to_old_content()
    {
        const string other = "when,price\n2021-01-01,5\n";
        _bench.Import(One);
        var second = _bench.Import(other, r => r with { Mode = ImportMode.Replace, Time = "when" });
        var third = _bench.Import(One, r => r with { Mode = ImportMode.Replace });
        var same = _bench.Import(_bench.Request(One, r => r with { Mode = ImportMode.Replace }));

        Assert.Equal(["when", "price"], second.Columns.Select(column => column.Name));
        Assert.Equal(3, third.Version);
        Assert.True(same.Existing);
        Assert.Equal(3, same.Set.Version);
        Assert.Equal(3, _bench.Features.Find("x").Version);
        Assert.Equal(1, _bench.Import(other, r => r with { Name = "y", Time = "when" }).Version);
    }

    [Fact]
    public void Sets_are_found_without_case_and_a_wrong_name_gets_a_hint()
    {
        _bench.Import(One, r => r with { Name = "fx-daily" });
        _bench.Import(One, r => r with { Name = "rates" });

        Assert.Equal("fx-daily", _bench.Features.Find("FX-Daily").Name);
        Assert.Equal(["fx-daily"], _bench.Features.List("F*").Select(set => set.Name));
        Assert.Equal(["rates"], _bench.Features.List("?ates").Select(set => set.Name));
        Assert.Empty(_bench.Features.List("z*"));
        foreach (
            var find in new Action[]
            {
                () => _bench.Features.Find("fx-dayly"),
                () => _bench.Features.List("fx-dayly"),
            }
        )
        {
            var error = Assert.Throws<AlphaFactoryException>(find);
            Assert.Equal(ErrorId.FeatureSetNotFound, error.Id);
            Assert.Contains("Did you mean 'fx-daily'?", error.Message, StringComparison.Ordinal);
        }

        var version = Assert.Throws<AlphaFactoryException>(() => _bench.Features.Find("rates", 2));
        Assert.Equal(ErrorId.FeatureSetNotFound, version.Id);
    }

    [Fact]
    public void What_a_crash_left_is_swept_and_never_seen()
    {
        // A folder that was renamed but never committed, and one that was never renamed, of a process long gone.
        var orphan = Path.Combine(_bench.Store.FeaturesFolder, "x", "v000001");
        var unnamed = Path.Combine(_bench.Store.FeaturesFolder, ".999999999-0123456789ab.tmp");
        Directory.CreateDirectory(orphan);
        Directory.CreateDirectory(unnamed);
        File.WriteAllText(Path.Combine(orphan, "part-00000.parquet"), "half");
        File.WriteAllText(Path.Combine(unnamed, "part-00000.parquet"), "half");
        Assert.Empty(_bench.Features.List());

        var set = _bench.Import(One);

        Assert.Equal(orphan, set.Path);
        Assert.Equal(3, _bench.Rows(set).Count);
        Assert.Empty(_bench.Leftovers());
    }

    [Fact]
    public void A_file_that_is_not_as_it_was_written_is_named()
    {
        var set = _bench.Import(One);
        var part = Directory.GetFiles(set.Path, "*.parquet").Single();
        var bytes = File.ReadAllBytes(part);

        File.WriteAllBytes(part, bytes[..^1]);
        Damaged(part);
        File.WriteAllBytes(part, new byte[bytes.Length]);
        Damaged(part);
        File.Delete(part);
        Damaged(part);
        File.WriteAllBytes(part, bytes);
        Assert.Equal(3, _bench.Rows(set).Count);
        var manifest = Path.Combine(set.Path, "manifest.json");
        var said = File.ReadAllBytes(manifest);
        File.WriteAllText(manifest, "{");
        Damaged("manifest.json");
        // Every seventh byte, another bit each time.
        for (var at = 0; at < said.Length; at += 7)
        {
            var damaged = (byte[])said.Clone();
            damaged[at] ^= (byte)(1 << (at % 8));
            File.WriteAllBytes(manifest, damaged);
            Damaged("manifest.json");
        }

        void Damaged(string file)
        {
            var error = Assert.Throws<AlphaFactoryException>(() => _bench.Rows(set));
            Assert.Equal(ErrorId.StoreCorrupt, error.Id);
            Assert.Contains(file, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Rivals_for_a_new_name_get_one_version_and_one_refusal()
    {
        var requests = new[] { One, One + "2020-01-09,A,9\n" }.Select(csv => _bench.Request(csv)).ToArray();
        var outcomes = await Task.WhenAll(
            requests.Concat(requests).Select(request => Task.Run(() => Attempt(request)))
        );

        var set = Assert.Single(_bench.Features.List());
        Assert.Equal(2, outcomes.Count(outcome => outcome == set.ContentHash));
        Assert.Equal(2, outcomes.Count(outcome => outcome == nameof(ErrorId.FeatureSetExists)));
        Assert.Equal(set.Rows, _bench.Rows(set).Count);
        Assert.Empty(_bench.Leftovers());
    }

    [Fact]
    public async Task Rivals_who_append_all_get_their_rows_in()
    {
        var requests = Enumerable
            .Range(1, 4)
            .Select(i =>
                _bench.Request(
                    FormattableString.Invariant($"time,entity,v\n2020-02-{i:00},A,{i}\n"),
                    r => r with { Mode = ImportMode.Append }
                )
            )
            .ToArray();
        await Task.WhenAll(requests.Select(request => Task.Run(() => Attempt(request))));

        var set = _bench.Features.Find("x");
        Assert.Equal(4, set.Version);
        Assert.Equal([1L, 2L, 3L, 4L], _bench.Rows(set).Select(row => row[2]));
    }

    private string Attempt(ImportRequest request)
    {
        using var store = AlphaStore.OpenOrCreate(_bench.Root);
        try
        {
            return new FeatureStore(store).Import(request, OperationContext.Silent).Set.ContentHash;
        }
        catch (AlphaFactoryException error)
        {
            return error.Id.ToString();
        }
    }
}
