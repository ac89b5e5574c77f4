using System.Globalization;
using AlphaFactory.Core.Features;
using CsCheck;

namespace AlphaFactory.Core.Tests.Features;

/// <summary>Imports that do not fit into memory, by limits of a few rows.</summary>
public sealed class ImportSortTests
{
    private static readonly string[] Entities = ["A", "b", "Ä", "a b"];

    private static readonly Gen<SortLimits> Limits = Gen.Select(
        Gen.Int[1, 12],
        Gen.Long[1, 2000],
        Gen.Int[1, 9],
        (rows, bytes, group) => new SortLimits(rows, bytes, group)
    );

    private static readonly Gen<List<Row>> Rows = Gen.Select(
        Gen.Int[0, 8],
        Gen.Int[0, 3].Select(i => Entities[i]),
        Gen.Int[0, 2],
        Gen.Int[-5, 5].Nullable(),
        Gen.String[Gen.Char["xyz"], 1, 2].Null(),
        Gen.Bool.Nullable(),
        (bar, entity, known, value, text, flag) => new Row(bar, entity, known, value, text, flag)
    ).List[1, 60];

    private static readonly Func<List<Row>, List<Row>>[] Orders =
    [
        rows => rows,
        rows => [.. Sorted(rows)],
        rows => [.. rows.OrderBy(row => row.Bar)],
        rows => [.. Sorted(rows), .. Sorted(rows).Take(1)],
    ];

    [Fact]
    public void Chunks_that_wait_on_disk_give_what_one_sort_in_memory_gives() =>
        Gen.Select(
                Rows,
                Gen.Int[0, Orders.Length - 1],
                Limits,
                Gen.Enum<DuplicatePolicy>(),
                Gen.Bool,
                Gen.Int[0, 60]
            )
            .Sample(
                (random, order, limits, policy, known, cut) =>
                {
                    using var bench = new FeatureBench();
                    var rows = Orders[order](random);
                    var files = new[] { rows.Take(cut).ToList(), rows.Skip(cut).ToList() }
                        .Where(file => file.Count > 0)
                        .Select(file => bench.Request(Csv(file)).Paths[0])
                        .ToList();
                    var request = Typed(bench, known) with
                    {
                        Paths = files,
                        Duplicates = policy,
                        Limits = limits,
                    };
                    var kept = Keep(rows, policy, known, out var repeated);
                    if (policy == DuplicatePolicy.Error && repeated.Count > 0)
                    {
                        var message = bench.Fail(request).Message;
                        var (first, second) = repeated.MinBy(pair => pair.Second);
                        Assert.StartsWith(
                            $"{Place(first)} and {Place(second)} are both ",
                            message,
                            StringComparison.Ordinal
                        );
                        Assert.Equal(
                            repeated.Count > 1,
                            message.Contains($" {repeated.Count - 1} more rows", StringComparison.Ordinal)
                        );
                        return;
                    }

                    var result = bench.Import(request);
                    Assert.Equal(repeated.Count, result.DuplicatesDropped);
                    Assert.Equal(rows.Count, result.RowsRead);
                    Assert.Equal(
                        kept.Select(row => row.Values),
                        bench.Rows(result.Set, q => q with { History = true })
                    );
                    Assert.Equal(
                        kept.Select(row => row.Entity).Distinct(StringComparer.Ordinal).Count(),
                        result.Set.Entities
                    );
                    Assert.Equal(
                        ["manifest.json", "part-00000.parquet"],
                        Directory
                            .GetFiles(result.Set.Path)
                            .Select(Path.GetFileName)
                            .Order(StringComparer.Ordinal)
                    );

                    // The latest known row of each bar is found though row groups are cut anywhere else.
                    Assert.Equal(
                        kept.GroupBy(row => (row.Entity, row.Bar)).Select(bar => bar.Last().Values),
                        bench.Rows(result.Set)
                    );

                    // The same in one piece is the same content.
                    var whole = request with
                    {
                        Limits = SortLimits.Default,
                    };
                    Assert.True(bench.Import(whole).Existing);

                    string Place(int row) =>
                        row < cut && cut < rows.Count
                            ? InFile(files[0], row)
                            : InFile(files[^1], cut < rows.Count ? row - cut : row);
                },
                iter: 300
            );

    [Fact]
    public void An_append_merges_with_the_version_it_extends() =>
        Gen.Select(Rows, Rows, Limits, Gen.Enum<DuplicatePolicy>(), Gen.Bool)
            .Sample(
                (old, added, limits, policy, known) =>
                {
                    using var bench = new FeatureBench();
                    var request = Typed(bench, known) with { Limits = limits };
                    var kept = Keep(old, DuplicatePolicy.First, known, out _);
                    bench.Import(
                        request with
                        {
                            Paths = bench.Request(Csv(old)).Paths,
                            Duplicates = DuplicatePolicy.First,
                        }
                    );
                    var all = kept.Concat(added).ToList();
                    var expected = Keep(all, policy, known, out var repeated);
                    var append = request with
                    {
                        Paths = bench.Request(Csv(added)).Paths,
                        Mode = ImportMode.Append,
                        Duplicates = policy,
                    };
                    if (policy == DuplicatePolicy.Error && repeated.Count > 0)
                    {
                        var (first, second) = repeated.MinBy(pair => pair.Second);
                        var place =
                            first < kept.Count
                                ? FormattableString.Invariant($"version 1 of 'x', row {first + 1}")
                                : InFile(append.Paths[0], first - kept.Count);
                        Assert.StartsWith(
                            $"{place} and {InFile(append.Paths[0], second - kept.Count)} are both ",
                            bench.Fail(append).Message,
                            StringComparison.Ordinal
                        );
                        return;
                    }

                    var set = bench.Import(append).Set;
                    Assert.Equal(
                        expected.Select(row => row.Values),
                        bench.Rows(set, query => query with { History = true })
                    );
                },
                iter: 150
            );

    [Fact]
    public void Rows_that_are_left_out_do_not_move_the_places_of_duplicates()
    {
        using var bench = new FeatureBench();
        var request = bench.Request(
            "time,v\n2020-01-01,1\nnever,1\n\n2020-01-02,2\n2020-01-03,3\nnever,2\n2020-01-02,4\n",
            r => r with { OnError = RowErrorPolicy.Quarantine, Limits = new SortLimits(1, 1, 1) }
        );
        Assert.StartsWith(
            $"{InFile(request.Paths[0], 2, blank: 1)} and {InFile(request.Paths[0], 5, blank: 1)} are both 2020-01-02",
            bench.Fail(request).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Stopping_while_chunks_wait_on_disk_leaves_nothing()
    {
        using var bench = new FeatureBench();
        using var stop = new CancellationTokenSource();
        var rows = Enumerable
            .Range(0, 200_000)
            .Select(i => FormattableString.Invariant($"{2200 - (i % 100)}-01-01,e{i},{i}\n"));
        var request = bench.Request("time,entity,v\n" + string.Concat(rows)) with
        {
            Limits = new SortLimits(1000, 1 << 20, 1000),
        };
        Assert.ThrowsAny<OperationCanceledException>(() =>
            bench.Features.Import(
                request,
                OperationContext.Silent with
                {
                    Cancellation = stop.Token,
                    Progress = _ => stop.Cancel(),
                }
            )
        );
        Assert.Empty(bench.Features.List());
        Assert.Empty(bench.Leftovers());
    }

    private static ImportRequest Typed(FeatureBench bench, bool known) =>
        bench.Request("time,entity\n") with
        {
            Known = known ? "known" : null,
            Schema = new Dictionary<string, FeatureType>(StringComparer.OrdinalIgnoreCase)
            {
                ["known"] = FeatureType.Timestamp,
                ["l"] = FeatureType.Long,
                ["s"] = FeatureType.Text,
                ["b"] = FeatureType.Bool,
            },
        };

    /// <summary>The definition: rows by key, and of the rows of a key the one that the policy says.</summary>
    private static List<Row> Keep(
        List<Row> rows,
        DuplicatePolicy policy,
        bool known,
        out List<(int First, int Second)> repeated
    )
    {
        var keys = rows.Select((row, i) => (Row: row, Index: i))
            .GroupBy(item => (item.Row.Entity, item.Row.Bar, Known: known ? item.Row.Known : 0))
            .OrderBy(key => key.Key.Entity, StringComparer.Ordinal)
            .ThenBy(key => key.Key.Bar)
            .ThenBy(key => key.Key.Known)
            .Select(key => key.ToList())
            .ToList();
        repeated = [.. keys.SelectMany(key => key.Zip(key.Skip(1), (a, b) => (a.Index, b.Index)))];
        return [.. keys.Select(key => (policy == DuplicatePolicy.Last ? key[^1] : key[0]).Row)];
    }

    private static IEnumerable<Row> Sorted(IEnumerable<Row> rows) =>
        rows.OrderBy(row => row.Entity, StringComparer.Ordinal)
            .ThenBy(row => row.Bar)
            .ThenBy(row => row.Known)
            .DistinctBy(row => (row.Entity, row.Bar));

    private static string InFile(string path, int row, int blank = 0) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"file '{Path.GetFileName(path)}', row {row + 1} (line {row + 2 + blank})"
        );

    private static string Csv(IEnumerable<Row> rows) =>
        "time,entity,known,l,s,b\n"
        + string.Concat(
            rows.Select(row =>
                string.Join(',', row.Values.Select(value => value is null ? "" : FieldText.Of(value))) + "\n"
            )
        );

    private sealed record Row(int Bar, string Entity, int Known, int? Value, string? Text, bool? Flag)
    {
        public object?[] Values =>
            [
                DateTime.UnixEpoch.AddDays(Bar),
                Entity,
                DateTime.UnixEpoch.AddDays(Bar + Known),
                (long?)Value,
                Text,
                Flag,
            ];
    }
}
