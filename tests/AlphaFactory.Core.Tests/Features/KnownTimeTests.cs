using AlphaFactory.Core.Features;
using CsCheck;

namespace AlphaFactory.Core.Tests.Features;

public sealed class KnownTimeTests : IDisposable
{
    private const string Revised =
        "time,entity,v,known\n2020-01-01,A,1,2020-01-02\n2020-01-01,A,2,2020-02-01\n2020-01-02,A,3,2020-01-03\n";

    private readonly FeatureBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void An_expected_version_lets_one_of_two_writers_through()
    {
        Assert.Equal(ErrorId.VersionConflict, _bench.Fail(Revised, Expect(1)).Id);
        Assert.Equal(1, _bench.Import(Revised, Expect(0)).Version);
        Assert.Equal(ErrorId.VersionConflict, _bench.Fail(Revised, Expect(0)).Id);
        const string more = "time,entity,v,known\n2020-01-03,A,9,2020-01-04\n";
        Assert.Equal(2, _bench.Import(more, r => Expect(1)(r) with { Mode = ImportMode.Append }).Version);
        var error = _bench.Fail(more, r => Expect(1)(r) with { Mode = ImportMode.Append });
        Assert.Equal(ErrorId.VersionConflict, error.Id);
        Assert.Contains("version 2, not 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_of_one_time_known_at_others_are_kept_and_the_latest_known_is_read()
    {
        var set = _bench.Import(Revised, Known);

        Assert.Equal("known", set.KnownColumn);
        Assert.Equal([2L, 3L], Values(set));
        Assert.Equal([1L, 2L, 3L], Values(set, q => q with { History = true }));
        Assert.Equal([1L, 3L], Values(set, q => q with { AsOf = FeatureBench.Day(2020, 1, 31) }));
        Assert.Equal([1L], Values(set, q => q with { AsOf = FeatureBench.Day(2020, 1, 2) }));
        Assert.Empty(Values(set, q => q with { AsOf = FeatureBench.Day(2020, 1, 1) }));
        Assert.Contains(_bench.Said, line => line.StartsWith("Withheld 2 rows", StringComparison.Ordinal));
        Assert.Equal([2.0, 3.0], Panel(null));
        Assert.Equal([1.0], Panel(FeatureBench.Day(2020, 1, 2)));

        double[] Panel(DateTime? asOf) =>
            [
                .. _bench
                    .Features.LoadPanel(set, new PanelRequest { AsOf = asOf }, OperationContext.Silent)
                    .Column("v"),
            ];
    }

    [Fact]
    public void The_same_time_known_at_the_same_time_is_a_duplicate_and_an_append_corrects()
    {
        Assert.Equal(ErrorId.DuplicateKey, _bench.Fail(Revised + "2020-01-01,A,7,2020-02-01\n", Known).Id);
        Assert.Equal(ErrorId.DuplicateKey, _bench.Fail(Revised).Id);
        Assert.Equal(ErrorId.RowInvalid, _bench.Fail("time,entity,v,known\n2020-01-01,A,1,\n", Known).Id);
        _bench.Import(Revised, Known);
        const string correction = "time,entity,v,known\n2020-01-02,A,4,2020-03-01\n";
        Assert.Equal(
            ErrorId.SchemaMismatch,
            _bench.Fail(correction, r => r with { Mode = ImportMode.Append }).Id
        );
        var second = _bench.Import(correction, r => Known(r) with { Mode = ImportMode.Append });
        Assert.Equal([2L, 4L], Values(second));
        Assert.Equal([1L, 2L, 3L, 4L], Values(second, q => q with { History = true }));
    }

    [Fact]
    public void The_version_as_of_an_instant_is_the_newest_that_was_there()
    {
        var first = _bench.Import("time,v\n2020-01-01,1\n");
        var second = _bench.Import("time,v\n2020-01-01,2\n", r => r with { Mode = ImportMode.Replace });

        Assert.Equal(1, _bench.Features.Find("x", asOf: first.CreatedAt).Version);
        Assert.Equal(2, _bench.Features.Find("x", asOf: second.CreatedAt).Version);
        var error = Assert.Throws<AlphaFactoryException>(() =>
            _bench.Features.Find("x", asOf: first.CreatedAt.AddTicks(-1))
        );
        Assert.Equal(ErrorId.FeatureSetNotFound, error.Id);
    }

    [Fact]
    public void What_was_known_then_is_what_one_would_pick_by_hand() =>
        Histories.Many.Sample(
            entries =>
            {
                var rows = entries.DistinctBy(row => (row.Entity, row.Time, row.Known)).ToArray();
                using var bench = new FeatureBench();
                var set = bench.Import(bench.Request(Histories.Csv(rows), Known)).Set;
                for (var asOf = -1; asOf < 14; asOf += 3)
                {
                    var expected = rows.Where(row => row.Known <= asOf)
                        .GroupBy(row => (row.Entity, row.Time))
                        .Select(key => key.MaxBy(row => row.Known)!)
                        .OrderBy(row => row.Entity, StringComparer.Ordinal)
                        .ThenBy(row => row.Time)
                        .Select(row => (object?)row.Value);
                    Assert.Equal(
                        expected,
                        bench
                            .Rows(set, q => q with { AsOf = Histories.At(asOf), Columns = ["v"] })
                            .Select(row => row[0])
                    );
                }
            },
            iter: 40
        );

    [Fact]
    public void As_of_an_instant_is_what_had_come_into_the_store_and_was_known_by_then() =>
        Gen.Select(Histories.Many, Gen.Int[1, 4], Gen.Int[0, 1000])
            .Sample(
                (entries, appends, seed) =>
                {
                    var rows = entries.DistinctBy(row => (row.Entity, row.Time, row.Known)).ToArray();
                    // Each row comes with one of several imports, in any order: corrections late, and first values later.
                    var came = rows.Select(row => (Row: row, Import: (int)((row.Value + seed) % appends)))
                        .ToArray();
                    using var bench = new FeatureBench();
                    var imports = new List<(int Import, DateTime At)>();
                    for (var import = 0; import < appends; import++)
                    {
                        var part = came.Where(item => item.Import == import)
                            .Select(item => item.Row)
                            .ToArray();
                        if (part.Length > 0)
                        {
                            // Between two steps of what is known, so that the order is never in doubt.
                            var at = Histories.At(4 * import).AddMinutes(30);
                            var request = bench.Request(
                                Histories.Csv(part),
                                r => Known(r) with { Mode = ImportMode.Append }
                            );
                            bench.Features.Import(request, FixedTime.Context(at));
                            imports.Add((import, at));
                        }
                    }

                    for (var step = 0; step < 16; step++)
                    {
                        var instant = Histories.At(step);
                        var there = imports
                            .Where(item => item.At <= instant)
                            .Select(item => item.Import)
                            .ToHashSet();
                        if (there.Count == 0)
                        {
                            var error = Assert.Throws<AlphaFactoryException>(() =>
                                bench.Features.Find("x", asOf: instant)
                            );
                            Assert.Equal(ErrorId.FeatureSetNotFound, error.Id);
                            continue;
                        }

                        var expected = came.Where(item =>
                                there.Contains(item.Import) && item.Row.Known <= step
                            )
                            .Select(item => item.Row)
                            .GroupBy(row => (row.Entity, row.Time))
                            .Select(key => key.MaxBy(row => row.Known)!)
                            .OrderBy(row => row.Entity, StringComparer.Ordinal)
                            .ThenBy(row => row.Time)
                            .Select(row => (object?)row.Value);
                        var found = bench.Features.Find("x", asOf: instant);
                        Assert.Equal(
                            expected,
                            bench
                                .Rows(found, q => q with { AsOf = instant, Columns = ["v"] })
                                .Select(row => row[0])
                        );
                    }
                },
                iter: 12
            );

    [Fact]
    public void The_rows_withheld_are_counted_whatever_is_asked_for() =>
        Histories.Many.Sample(
            entries =>
            {
                var rows = entries.DistinctBy(row => (row.Entity, row.Time, row.Known)).ToArray();
                using var bench = new FeatureBench();
                var set = bench.Import(Histories.Csv(rows), Known);
                foreach (var (asOf, from) in new[] { (3, 0), (7, 4), (12, 0), (-1, 2) })
                {
                    var said = new List<string>();
                    var query = new FeatureQuery
                    {
                        Set = set,
                        AsOf = Histories.At(asOf),
                        From = Histories.At(from),
                    };
                    _ = bench
                        .Features.Read(query, OperationContext.Silent with { Verbose = said.Add })
                        .Count();
                    var withheld = rows.Count(row => row.Time >= from && row.Known > asOf);
                    Assert.StartsWith(
                        FormattableString.Invariant($"Withheld {withheld} rows"),
                        Assert.Single(said),
                        StringComparison.Ordinal
                    );
                }
            },
            iter: 10
        );

    private static Func<ImportRequest, ImportRequest> Expect(int version) =>
        request => Known(request) with { ExpectedVersion = version };

    private static ImportRequest Known(ImportRequest request) => request with { Known = "known" };

    private List<object?> Values(FeatureSet set, Func<FeatureQuery, FeatureQuery>? change = null)
    {
        var query = new FeatureQuery { Set = set, Columns = ["v"] };
        var context = OperationContext.Silent with { Verbose = _bench.Said.Add };
        return
        [
            .. _bench.Features.Read(change?.Invoke(query) ?? query, context).Select(row => row.Values[0]),
        ];
    }
}

/// <summary>Random rows that became known at random times, corrections that came late among them.</summary>
internal static class Histories
{
    public static readonly Gen<HistoryRow> Entry = Gen.Select(
        Gen.Int[0, 2].Select(i => ((string[])["A", "B", "Ä"])[i]),
        Gen.Int[0, 9],
        Gen.Int[0, 12],
        Gen.Long[0, 1_000_000],
        (entity, time, known, value) => new HistoryRow(entity, time, known, value)
    );

    /// <summary>How many histories, each of entities of its own, one set holds in a test.</summary>
    public const int Count = 30;

    public static readonly Gen<HistoryRow[]> Many = Entry
        .Array[1, 30]
        .Array[Count]
        .Select(histories =>
            histories
                .SelectMany(
                    (rows, i) =>
                        rows.Select(row =>
                            row with
                            {
                                Entity = FormattableString.Invariant($"{row.Entity}{i}"),
                            }
                        )
                )
                .ToArray()
        );

    public static DateTime At(int step) => FeatureBench.Day(2020, 1, 1).AddHours(step);

    public static string Csv(IEnumerable<HistoryRow> rows) =>
        "time,entity,known,v\n"
        + string.Concat(
            rows.Select(row =>
                FormattableString.Invariant(
                    $"{UtcDate.Format(At(row.Time))},{row.Entity},{UtcDate.Format(At(row.Known))},{row.Value}\n"
                )
            )
        );
}

internal sealed record HistoryRow(string Entity, int Time, int Known, long Value);
