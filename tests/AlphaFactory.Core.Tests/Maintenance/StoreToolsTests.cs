using System.Globalization;
using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Maintenance;
using AlphaFactory.Core.Registry;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Tests.Maintenance;

/// <summary>Describe, test, repair, back up and optimize a store with something of everything in it.</summary>
public sealed class StoreToolsTests : IDisposable
{
    // Process ids end far below this.
    private const string Leftover = ".999999999-0123456789ab.tmp";

    private readonly TempStore _temp = new();

    private AlphaStore Store => _temp.Store;

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void A_store_is_described_by_what_is_in_it()
    {
        Fill();

        var description = StoreDescription.Of(Store, OperationContext.Silent);

        Assert.Equal(Store.Root, description.Path);
        Assert.Equal(Store.Info.Id, description.Id);
        Assert.Equal(description.ModuleSchema, description.Schema);
        Assert.Equal((2L, 3L), (description.Alphas, description.AlphaVersions));
        Assert.Equal((1L, 2L), (description.Experiments, description.Runs));
        Assert.Equal((1L, 1L), (description.FeatureSets, description.FeatureVersions));
        Assert.InRange(description.TotalBytes, description.DatabaseBytes + 1, long.MaxValue);
        Assert.NotNull(description.ChangedAt);
        Assert.Equal(0, description.Leftovers);
    }

    [Fact]
    public void A_store_that_nobody_used_yet_is_in_order()
    {
        Assert.Empty(Findings());
        Assert.Null(StoreDescription.Of(Store, OperationContext.Silent).ChangedAt);
    }

    [Fact]
    public void A_store_in_order_gives_no_finding_and_says_on_request_what_was_checked()
    {
        Fill();
        var said = new List<string>();

        Assert.Empty(new StoreChecker(Store).Run(new OperationContext { Verbose = said.Add }));

        Assert.Contains(said, line => line.Contains("1 version of feature sets", StringComparison.Ordinal));
        Assert.Contains(said, line => line.Contains("1 experiment.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("features/prices/v000001/part-00000.parquet", StoreFindingKind.FileDamaged)]
    [InlineData("features/prices/v000001/manifest.json", StoreFindingKind.ManifestWrong)]
    [InlineData("experiments/*/spec.json", StoreFindingKind.FileDamaged)]
    [InlineData("experiments/*/runs.parquet", StoreFindingKind.FileDamaged)]
    public void A_changed_byte_and_a_missing_file_are_found(string path, StoreFindingKind kind)
    {
        Fill();
        var file = Find(path);
        var content = File.ReadAllBytes(file);
        content[0] ^= 1;
        File.WriteAllBytes(file, content);

        var changed = Assert.Single(Findings());
        File.Delete(file);
        var missing = Assert.Single(Findings());

        Assert.Equal((kind, file, false), (changed.Kind, changed.Path, changed.Repairable));
        Assert.Equal((StoreFindingKind.FileMissing, file), (missing.Kind, missing.Path));
        Assert.Equal(StoreFindingSeverity.Error, missing.Severity);
    }

    [Fact]
    public void A_missing_folder_is_found()
    {
        Fill();
        Directory.Delete(Find("features/prices/v000001"), recursive: true);
        Directory.Delete(Find("experiments/*"), recursive: true);

        Assert.Equal(
            [StoreFindingKind.FolderMissing, StoreFindingKind.FolderMissing],
            Findings().Select(finding => finding.Kind)
        );
    }

    [Fact]
    public void A_file_that_nothing_names_is_a_warning_that_no_repair_touches()
    {
        Fill();
        var file = Path.Combine(Find("features/prices/v000001"), "notes.txt");
        File.WriteAllText(file, "mine");

        var finding = Assert.Single(Findings());
        Repair();

        Assert.Equal((StoreFindingKind.FileUnknown, file), (finding.Kind, finding.Path));
        Assert.Equal(StoreFindingSeverity.Warning, finding.Severity);
        Assert.Equal("mine", File.ReadAllText(file));
    }

    [Theory]
    [InlineData("DELETE FROM alpha_metrics WHERE alpha_id = 2", StoreFindingKind.SearchTableStale)]
    [InlineData("UPDATE alpha_metrics SET value = 9 WHERE alpha_id = 2", StoreFindingKind.SearchTableStale)]
    [InlineData("INSERT INTO alpha_tags VALUES (1, 77)", StoreFindingKind.SearchTableStale)]
    [InlineData("UPDATE alpha_parameters SET kind = 2 WHERE alpha_id = 1", StoreFindingKind.SearchTableStale)]
    [InlineData("UPDATE alphas SET latest = 1", StoreFindingKind.LatestFlagWrong)]
    [InlineData("UPDATE alphas SET latest = 0", StoreFindingKind.LatestFlagWrong)]
    [InlineData("DELETE FROM alpha_names", StoreFindingKind.VersionCounterWrong)]
    [InlineData("UPDATE alpha_names SET last_version = 0", StoreFindingKind.VersionCounterWrong)]
    public void What_is_made_from_the_alphas_is_checked_and_made_again(string damage, StoreFindingKind kind)
    {
        Fill();
        var before = Dump();
        Store.Write(connection => connection.Execute(damage));

        var findings = Findings();
        var actions = Repair();

        Assert.NotEmpty(findings);
        Assert.All(findings, finding => Assert.Equal((kind, true), (finding.Kind, finding.Repairable)));
        Assert.NotEmpty(actions);
        Assert.Empty(Findings());
        Assert.Equal(before, Dump());
    }

    [Fact]
    public void An_index_that_lost_a_row_is_made_again()
    {
        Fill();
        Store.Write(connection =>
        {
            // Hides the index from one change: what a bad sector may do, done on purpose.
            connection.Execute("PRAGMA writable_schema = ON");
            connection.Execute(
                "UPDATE sqlite_schema SET sql = sql || ' WHERE 0' WHERE name = 'alphas_by_created'"
            );
            connection.Execute("PRAGMA writable_schema = RESET");
        });
        using (var other = AlphaStore.Open(Store.Root))
        {
            _ = new AlphaRegistry(other).Register([Draft("other", 1)], OperationContext.Silent).ToList();
            other.Write(connection =>
            {
                connection.Execute("PRAGMA writable_schema = ON");
                connection.Execute(
                    "UPDATE sqlite_schema SET sql = replace(sql, ' WHERE 0', '') WHERE name = 'alphas_by_created'"
                );
                connection.Execute("PRAGMA writable_schema = RESET");
            });
        }

        using var damaged = AlphaStore.Open(Store.Root);
        var findings = new StoreChecker(damaged).Run(OperationContext.Silent).ToList();
        var actions = new StoreRepair(damaged).Run((_, _) => true, OperationContext.Silent).ToList();

        Assert.NotEmpty(findings);
        Assert.All(findings, finding => Assert.Equal(StoreFindingKind.IndexDamaged, finding.Kind));
        Assert.Contains(actions, action => action.Action == "Reindexed");
        Assert.Empty(new StoreChecker(damaged).Run(OperationContext.Silent));
    }

    [Fact]
    public void An_alpha_that_went_without_a_trace_is_damage()
    {
        Fill();
        Store.Write(connection =>
        {
            connection.Execute("DELETE FROM alpha_metrics WHERE alpha_id = 1");
            connection.Execute("DELETE FROM alpha_tags WHERE alpha_id = 1");
            connection.Execute("DELETE FROM alpha_parameters WHERE alpha_id = 1");
            connection.Execute("DELETE FROM alphas WHERE id = 1");
        });

        var finding = Assert.Single(Findings());

        Assert.Equal((StoreFindingKind.AlphaMissing, false), (finding.Kind, finding.Repairable));
        Assert.Contains("'momentum' version 1", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_search_that_finds_what_is_not_there_says_how_to_repair_it()
    {
        Fill();
        Store.Write(connection => connection.Execute("DELETE FROM alphas WHERE id = 1"));
        var search = new AlphaRegistry(Store).Search(
            new AlphaQuery { Tags = ["fx"] },
            OperationContext.Silent
        );

        var error = Assert.Throws<AlphaFactoryException>(() => search.ToList());

        Assert.Equal(ErrorId.StoreCorrupt, error.Id);
        Assert.Contains("Repair-AlphaStore", error.Message, StringComparison.Ordinal);
        _ = Repair();
        Assert.Equal(2, search.Count());
    }

    [Fact]
    public void A_damaged_page_is_a_finding_and_the_files_are_still_checked()
    {
        Fill();
        for (var i = 0; i < 20; i++)
        {
            _ = new AlphaRegistry(Store)
                .Register(Enumerable.Range(0, 100).Select(n => Draft($"many{n}", n)), OperationContext.Silent)
                .ToList();
        }

        File.Delete(Find("experiments/*/runs.parquet"));
        Store.Dispose();
        using (var stream = File.OpenWrite(Store.DatabasePath))
        {
            stream.Position = stream.Length - 3 * 4096;
            stream.Write(Enumerable.Repeat((byte)0xA5, 2 * 4096).ToArray());
        }

        using var damaged = AlphaStore.Open(_temp.Path);
        var findings = new StoreChecker(damaged).Run(OperationContext.Silent).ToList();

        Assert.Contains(findings, finding => finding.Kind == StoreFindingKind.DatabaseDamaged);
        Assert.Contains(findings, finding => finding.Kind == StoreFindingKind.FileMissing);
    }

    [Fact]
    public void A_database_that_no_check_can_read_is_one_finding()
    {
        _ = new AlphaRegistry(Store)
            .Register([new AlphaDraft { Name = "a" }], OperationContext.Silent)
            .ToList();
        Store.Dispose();
        using (var stream = File.OpenWrite(Store.DatabasePath))
        {
            stream.Position = 4096;
            stream.Write(new byte[stream.Length - 4096]);
        }

        using var damaged = AlphaStore.Open(_temp.Path);
        var finding = Assert.Single(new StoreChecker(damaged).Run(OperationContext.Silent));

        Assert.Equal(StoreFindingKind.DatabaseDamaged, finding.Kind);
    }

    [Fact]
    public void Leftovers_of_the_dead_are_no_finding_and_are_swept_and_the_livings_work_stays()
    {
        Fill();
        var dead = Directory.CreateDirectory(Path.Combine(Store.FeaturesFolder, Leftover)).FullName;
        File.WriteAllText(Path.Combine(dead, "part"), "half");
        var abandoned = Directory
            .CreateDirectory(Path.Combine(Store.FeaturesFolder, "prices", "v000002"))
            .FullName;
        File.WriteAllText(Path.Combine(abandoned, Leftover), "");
        var named = Path.Combine(Find("features/prices/v000001"), Leftover);
        File.WriteAllText(named, "");
        var living = AtomicFile.CreateTemporaryFolder(Path.Combine(Store.ExperimentsFolder, "x"));

        Assert.Empty(Findings());
        Assert.Equal(3, StoreDescription.Of(Store, OperationContext.Silent).Leftovers);
        var refused = new StoreRepair(Store).Run((_, _) => false, OperationContext.Silent).ToList();
        Assert.Empty(refused);
        Assert.True(Directory.Exists(dead));
        var actions = new StoreOptimizer(Store).Run((_, _) => true, OperationContext.Silent).ToList();

        Assert.Equal(3, actions.Count(action => action.Action == "Deleted"));
        Assert.False(Directory.Exists(dead));
        Assert.False(Directory.Exists(abandoned));
        Assert.False(File.Exists(named));
        Assert.True(Directory.Exists(living));
        Assert.Empty(Findings());
    }

    [Fact]
    public void A_folder_that_nothing_names_is_moved_aside_and_kept()
    {
        Fill();
        foreach (var content in new[] { "first", "second" })
        {
            var folder = Directory.CreateDirectory(Path.Combine(Store.FeaturesFolder, "prices", "v000007"));
            File.WriteAllText(Path.Combine(folder.FullName, "a"), content);
            Assert.Equal(StoreFindingKind.FolderUnknown, Assert.Single(Findings()).Kind);
            Repair();
            Assert.Empty(Findings());
        }

        var kept = Path.Combine(Store.Root, "lost+found", "features", "prices");
        Assert.Equal("first", File.ReadAllText(Path.Combine(kept, "v000007", "a")));
        Assert.Equal("second", File.ReadAllText(Path.Combine(kept, "v000007-2", "a")));
    }

    [Fact]
    public void A_backup_is_a_store_in_order_with_the_same_content()
    {
        Fill();
        File.WriteAllText(Path.Combine(Store.Root, Leftover), "");
        var target = _temp.File("backup");

        var description = new StoreBackup(Store).Write(target, force: false, OperationContext.Silent);

        Assert.Equal(Store.Info.Id, description.Id);
        Assert.Equal(0, description.Leftovers);
        using var backup = AlphaStore.Open(target);
        Assert.Empty(new StoreChecker(backup).Run(OperationContext.Silent));
        Assert.Equal(Dump(), Dump(backup));
        Assert.Equal("wal", backup.Read(connection => connection.Scalar("PRAGMA journal_mode")));
        var set = new FeatureStore(backup).Find("prices");
        Assert.StartsWith(target, set.Path, StringComparison.Ordinal);
        var rows = new FeatureStore(backup).Read(new FeatureQuery { Set = set }, OperationContext.Silent);
        Assert.Equal(set.Rows, rows.Count());
        _ = new AlphaRegistry(backup).Register([Draft("after", 1)], OperationContext.Silent).Single();
    }

    [Fact]
    public void A_backup_refuses_a_target_that_is_in_use_and_takes_an_empty_one()
    {
        var full = Directory.CreateDirectory(_temp.File("full")).FullName;
        File.WriteAllText(Path.Combine(full, "x"), "mine");
        var empty = Directory.CreateDirectory(_temp.File("empty")).FullName;
        string[] refused = [full, Path.Combine(full, "x"), Store.Root, Path.Combine(Store.Root, "backup")];

        foreach (var target in refused)
        {
            var error = Assert.Throws<AlphaFactoryException>(() =>
                new StoreBackup(Store).Write(target, force: false, OperationContext.Silent)
            );
            Assert.Equal(ErrorId.SpecInvalid, error.Id);
        }

        _ = new StoreBackup(Store).Write(empty, force: false, OperationContext.Silent);
        Assert.True(AlphaStore.Exists(empty));
        Assert.Equal(["x"], Directory.EnumerateFileSystemEntries(full).Select(Path.GetFileName));
    }

    [Fact]
    public void A_backup_of_a_damaged_store_names_the_damage_and_is_made_on_demand()
    {
        Fill();
        var file = Find("features/prices/v000001/part-00000.parquet");
        File.AppendAllText(file, "x");
        var target = _temp.File("backup");

        var error = Assert.Throws<AlphaFactoryException>(() =>
            new StoreBackup(Store).Write(target, force: false, OperationContext.Silent)
        );
        Assert.Equal(ErrorId.StoreCorrupt, error.Id);
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(target));

        var warnings = new List<string>();
        _ = new StoreBackup(Store).Write(target, force: true, new OperationContext { Warn = warnings.Add });
        Assert.Contains(file, Assert.Single(warnings), StringComparison.Ordinal);
        Assert.True(AlphaStore.Exists(target));
    }

    [Fact]
    public void A_cancelled_backup_leaves_nothing()
    {
        Fill();
        using var cancel = new CancellationTokenSource();
        var context = new OperationContext
        {
            Cancellation = cancel.Token,
            Progress = report =>
            {
                if (report.Status.StartsWith("experiment", StringComparison.Ordinal))
                {
                    cancel.Cancel();
                }
            },
        };
        var folder = Directory.CreateDirectory(_temp.File("backups")).FullName;

        Assert.ThrowsAny<OperationCanceledException>(() =>
            new StoreBackup(Store).Write(Path.Combine(folder, "b"), force: false, context)
        );

        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
    }

    [Fact]
    public void Optimizing_gives_the_room_of_what_was_removed_back()
    {
        _ = new AlphaRegistry(Store)
            .Register(Enumerable.Range(0, 2000).Select(n => Draft($"a{n}", n)), OperationContext.Silent)
            .ToList();
        Store.Write(connection =>
        {
            foreach (
                var table in new[]
                {
                    "alpha_metrics",
                    "alpha_tags",
                    "alpha_parameters",
                    "alphas",
                    "alpha_names",
                    "audit_log",
                }
            )
            {
                connection.Execute($"DELETE FROM {table}");
            }
        });
        var before = StoreDescription.Of(Store, OperationContext.Silent).DatabaseBytes;

        var actions = new StoreOptimizer(Store).Run((_, _) => true, OperationContext.Silent).ToList();

        Assert.Contains(actions, action => action.Action == "Rewritten");
        Assert.InRange(StoreDescription.Of(Store, OperationContext.Silent).DatabaseBytes, 1, before / 2);
        Assert.Empty(Findings());
    }

    private static AlphaDraft Draft(string name, double sharpe) =>
        new()
        {
            Name = name,
            Tags = new TagList(["fx", "Ünïcode"]),
            Metrics = new MetricValues([
                KeyValuePair.Create("sharpe", sharpe),
                KeyValuePair.Create("odd", double.NaN),
                KeyValuePair.Create("best", double.PositiveInfinity),
            ]),
            Parameters = new ParameterValues([
                KeyValuePair.Create<string, object>("n", 20L),
                KeyValuePair.Create<string, object>("half", 2.0),
                KeyValuePair.Create<string, object>("mode", "fast"),
                KeyValuePair.Create<string, object>("on", true),
                KeyValuePair.Create<string, object>(
                    "day",
                    new DateTime(2020, 1, 2, 0, 0, 0, DateTimeKind.Utc)
                ),
                KeyValuePair.Create<string, object>("none", double.NaN),
            ]),
        };

    private static List<string> Dump(AlphaStore store) =>
        store.Read(connection =>
            new[]
            {
                "SELECT name, version, latest FROM alphas ORDER BY id",
                "SELECT name, last_version FROM alpha_names ORDER BY name",
                "SELECT n.name, m.alpha_id, m.value FROM alpha_metrics m JOIN metrics n ON n.id = metric_id ORDER BY 1, 2",
                "SELECT n.key, t.alpha_id, 0 FROM alpha_tags t JOIN tags n ON n.id = tag_id ORDER BY 1, 2",
                "SELECT n.key, p.alpha_id, p.kind, p.value, typeof(p.value) FROM alpha_parameters p JOIN parameters n ON n.id = parameter_id ORDER BY 1, 2",
            }
                .SelectMany(sql =>
                    connection.Query(
                        row =>
                            string.Join(
                                '|',
                                Enumerable
                                    .Range(0, row.FieldCount)
                                    .Select(i =>
                                        Convert.ToString(row.GetValue(i), CultureInfo.InvariantCulture)
                                    )
                            ),
                        sql
                    )
                )
                .ToList()
        );

    private List<string> Dump() => Dump(Store);

    private List<StoreFinding> Findings() => [.. new StoreChecker(Store).Run(OperationContext.Silent)];

    private List<StoreAction> Repair() =>
        [.. new StoreRepair(Store).Run((_, _) => true, OperationContext.Silent)];

    /// <summary>A path in the store, of which one part may be <c>*</c>, for the only folder there.</summary>
    private string Find(string path)
    {
        var at = Store.Root;
        foreach (var part in path.Split('/'))
        {
            at = part == "*" ? Directory.GetDirectories(at).Single() : Path.Combine(at, part);
        }

        return at;
    }

    private void Fill()
    {
        _ = new AlphaRegistry(Store)
            .Register(
                [Draft("momentum", 1.5), Draft("momentum", double.NegativeInfinity), Draft("value", 0.5)],
                OperationContext.Silent
            )
            .ToList();
        var csv = _temp.File("prices.csv");
        var day = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.WriteAllLines(
            csv,
            Enumerable
                .Range(0, 300)
                .Select(i =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{day.AddDays(i):yyyy-MM-dd},{100 + i % 17 + i * 0.1}"
                    )
                )
                .Prepend("date,close")
        );
        _ = new FeatureStore(Store).Import(
            new ImportRequest
            {
                Name = "prices",
                Paths = [csv],
                Time = "date",
            },
            OperationContext.Silent
        );
        var spec = new ExperimentSpec
        {
            Name = "trial",
            FeatureSet = "prices",
            Expression = "close - sma(close, $n)",
            Grid = ParameterGrid.Product([
                KeyValuePair.Create<string, IReadOnlyList<object?>>("n", [5L, 10L]),
            ]),
        };
        _ = new ExperimentRunner(Store).Run(spec, OperationContext.Silent).ToList();
    }
}
