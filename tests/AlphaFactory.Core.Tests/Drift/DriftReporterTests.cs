using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using AlphaFactory.Core.Drift;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Tests.Drift;

public sealed class DriftReporterTests : IDisposable
{
    private static readonly DateTime Start = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly TempFolder _folder = new();
    private readonly AlphaStore _store;

    public DriftReporterTests()
    {
        _store = AlphaStore.OpenOrCreate(_folder.File("store"));
    }

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_column_that_moves_drifts_and_one_that_does_not_does_not()
    {
        ImportDays("s", 400);

        var report = Run(new DriftRequest { FeatureSet = "S", Window = TimeSpan.FromDays(100) });

        Assert.Equal(["steady", "jump"], report.Features.Select(feature => feature.Feature));
        Assert.Equal([false, true], report.Features.Select(feature => feature.Drifted));
        Assert.True(report.Drifted);
        Assert.Equal(
            ("s", 1, 1, 2),
            (report.FeatureSet, report.Version, report.DriftedCount, report.FeatureCount)
        );
    }

    [Fact]
    public void The_window_is_the_days_up_to_the_last_and_the_reference_all_before()
    {
        ImportDays("s", 400);

        var report = Run(new DriftRequest { FeatureSet = "s", Window = TimeSpan.FromDays(100) });

        var last = Start.AddDays(399);
        Assert.Equal(UtcDate.EndOfDay(last), report.AsOf, TimeSpan.FromMicroseconds(1));
        Assert.Equal(last.AddDays(-99), report.CurrentFrom);
        Assert.Equal(Start, report.ReferenceFrom);
        Assert.Equal((300, 100), (report.ReferenceRows, report.CurrentRows));
    }

    [Fact]
    public void Nothing_after_the_as_of_time_is_looked_at()
    {
        ImportDays("s", 400);
        ImportDays("short", 250);
        var asOf = UtcDate.EndOfDay(Start.AddDays(249));

        var whole = Run(new DriftRequest { FeatureSet = "s", AsOf = asOf });
        var cut = Run(new DriftRequest { FeatureSet = "short", AsOf = asOf });

        Assert.Equal(cut.Features, whole.Features);
        Assert.Equal((160, 90), (whole.ReferenceRows, whole.CurrentRows));
    }

    [Fact]
    public void The_ends_of_a_reference_are_inclusive()
    {
        ImportDays("s", 400);

        var report = Run(
            new DriftRequest
            {
                FeatureSet = "s",
                ReferenceFrom = Start.AddDays(10),
                ReferenceTo = Start.AddDays(49),
            }
        );

        Assert.Equal((40, 90), (report.ReferenceRows, report.CurrentRows));
    }

    [Fact]
    public void Values_of_all_entities_count_together()
    {
        var csv = new StringBuilder("date,symbol,x\n");
        foreach (var symbol in new[] { "A", "B", "C" })
        {
            for (var day = 0; day < 40; day++)
            {
                csv.Append(
                    CultureInfo.InvariantCulture,
                    $"{Start.AddDays(day):yyyy-MM-dd},{symbol},{day % 7}\n"
                );
            }
        }

        Import("s", csv.ToString(), entity: "symbol");

        var report = Run(new DriftRequest { FeatureSet = "s", Window = TimeSpan.FromDays(10) });

        var feature = Assert.Single(report.Features);
        Assert.Equal(("x", 90L, 30L), (feature.Feature, feature.ReferenceCount, feature.CurrentCount));
        Assert.True(feature.Judged);
    }

    [Fact]
    public void Texts_and_truth_values_are_compared_by_category_and_times_not_at_all()
    {
        var csv = new StringBuilder("date,regime,open,seen\n");
        for (var day = 0; day < 200; day++)
        {
            var regime = day < 140 ? "calm" : "wild";
            csv.Append(
                CultureInfo.InvariantCulture,
                $"{Start.AddDays(day):yyyy-MM-dd},{regime},{(day % 2 == 0 ? "true" : "false")},2020-01-01\n"
            );
        }

        Import("s", csv.ToString());

        var report = Run(new DriftRequest { FeatureSet = "s", Window = TimeSpan.FromDays(60) });

        Assert.Equal(
            [("regime", FeatureKind.Categorical, true), ("open", FeatureKind.Categorical, false)],
            report.Features.Select(feature => (feature.Feature, feature.Kind, feature.Drifted))
        );
        Assert.Equal(1, report.Features[0].UnseenShare);
        Refused(ErrorId.SchemaMismatch, new DriftRequest { FeatureSet = "s", Columns = ["seen"] });
    }

    [Fact]
    public void A_window_with_too_few_values_judges_nothing_and_warns()
    {
        ImportDays("s", 400);
        var warnings = new List<string>();

        var report = new DriftReporter(_store).Run(
            new DriftRequest { FeatureSet = "s", Window = TimeSpan.FromDays(1) },
            Context() with
            {
                Warn = warnings.Add,
            }
        );

        Assert.False(report.Drifted);
        Assert.Equal((0, 2), (report.JudgedCount, report.FeatureCount));
        Assert.Contains("1 values in the window", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Contains("Not judged", File.ReadAllText(report.HtmlPath), StringComparison.Ordinal);
    }

    [Fact]
    public void Requests_that_compare_nothing_are_refused_and_leave_nothing()
    {
        ImportDays("s", 400);
        var last = Start.AddDays(399);

        Refused(ErrorId.FeatureSetNotFound, new DriftRequest { FeatureSet = "other" });
        Refused(ErrorId.FeatureSetNotFound, new DriftRequest { FeatureSet = "s", Version = 2 });
        Refused(ErrorId.SchemaMismatch, new DriftRequest { FeatureSet = "s", Columns = ["jmp"] });
        Refused(ErrorId.SchemaMismatch, new DriftRequest { FeatureSet = "s", Columns = ["date"] });
        foreach (
            var request in new[]
            {
                new DriftRequest { FeatureSet = "s", AsOf = Start.AddDays(-1) },
                new DriftRequest { FeatureSet = "s", AsOf = last.AddYears(1) },
                new DriftRequest { FeatureSet = "s", AsOf = DateTime.MinValue },
                new DriftRequest { FeatureSet = "s", Window = TimeSpan.Zero },
                new DriftRequest { FeatureSet = "s", Window = TimeSpan.FromDays(-3) },
                new DriftRequest { FeatureSet = "s", Window = TimeSpan.FromDays(400) },
                new DriftRequest { FeatureSet = "s", Window = TimeSpan.MaxValue },
                new DriftRequest { FeatureSet = "s", ReferenceTo = last },
                new DriftRequest { FeatureSet = "s", ReferenceFrom = last },
                new DriftRequest { FeatureSet = "s", ReferenceTo = Start.AddDays(-1) },
                new DriftRequest
                {
                    FeatureSet = "s",
                    ReferenceFrom = Start.AddYears(-2),
                    ReferenceTo = Start.AddYears(-1),
                },
                new DriftRequest { FeatureSet = "s", OutputPath = _folder.Write("file", "") },
            }
        )
        {
            Refused(ErrorId.SpecInvalid, request);
        }

        Assert.False(Directory.Exists(_store.ReportsFolder));
        Assert.Empty(History(new DriftHistoryQuery()));
    }

    [Fact]
    public void The_same_again_gives_the_same_bytes_whatever_the_culture_and_the_hour()
    {
        ImportDays("s", 400);
        var request = new DriftRequest { FeatureSet = "s", OutputPath = _folder.File("one") };
        var culture = CultureInfo.CurrentCulture;

        var first = Run(request);
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            _ = Run(request with { OutputPath = _folder.File("two") });
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }

        foreach (var name in new[] { "report.html", "drift.png", "result.json" })
        {
            Assert.Equal(
                File.ReadAllBytes(_folder.File("one", name)),
                File.ReadAllBytes(_folder.File("two", name))
            );
        }

        Assert.Equal(_folder.File("one", "report.html"), first.HtmlPath);
        Assert.Equal(2, History(new DriftHistoryQuery()).Count);
    }

    [Fact]
    public void A_report_has_its_folder_in_the_store_and_a_later_one_takes_its_place()
    {
        ImportDays("s", 400);
        var request = new DriftRequest { FeatureSet = "s", AsOf = UtcDate.EndOfDay(Start.AddDays(380)) };
        var first = Run(request);
        var before = File.ReadAllBytes(first.HtmlPath);

        var second = Run(request with { Window = TimeSpan.FromDays(40) });

        var folder = Path.Combine(_store.ReportsFolder, "drift", "s", "2021-01-15");
        Assert.Equal(Path.Combine(folder, "report.html"), second.HtmlPath);
        Assert.NotEqual(before, File.ReadAllBytes(second.HtmlPath));
        Assert.Equal(
            ["drift.png", "report.html", "result.json"],
            Directory.GetFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        Assert.Single(Directory.GetFileSystemEntries(Path.GetDirectoryName(folder)!));
    }

    [Fact]
    public void A_folder_of_the_users_keeps_its_other_files()
    {
        ImportDays("s", 400);
        Directory.CreateDirectory(_folder.File("mine"));
        File.WriteAllText(_folder.File("mine", "notes.txt"), "keep me");
        File.WriteAllText(_folder.File("mine", "report.html"), "old");

        var report = Run(new DriftRequest { FeatureSet = "s", OutputPath = _folder.File("mine") });

        Assert.Equal("keep me", File.ReadAllText(_folder.File("mine", "notes.txt")));
        Assert.StartsWith("<!DOCTYPE html>", File.ReadAllText(report.HtmlPath), StringComparison.Ordinal);
        Assert.Equal(4, Directory.GetFileSystemEntries(_folder.File("mine")).Length);
    }

    [Fact]
    public void The_history_has_a_point_a_feature_and_forgets_what_was_replaced()
    {
        ImportDays("s", 400);
        var request = new DriftRequest { FeatureSet = "s", AsOf = Start.AddDays(300) };
        var report = Run(request);
        _ = Run(request);
        _ = Run(request with { AsOf = Start.AddDays(320) });

        var points = History(new DriftHistoryQuery { FeatureSet = "S" });

        Assert.Equal(["steady", "jump", "steady", "jump"], points.Select(point => point.Feature));
        Assert.Equal(report.Features[1].Psi, points[1].Psi);
        Assert.Equal(report.Features[1].KsPValue, points[1].KsPValue);
        Assert.Equal(report.AsOf, points[1].AsOf);
        Assert.Equal(DateTimeKind.Utc, points[1].AsOf.Kind);
        Assert.Equal(2, History(new DriftHistoryQuery { Feature = "ju*" }).Count);
        Assert.Equal(2, History(new DriftHistoryQuery { Since = Start.AddDays(301) }).Count);
        Assert.Equal(2, History(new DriftHistoryQuery { Until = Start.AddDays(300) }).Count);
        Assert.Empty(History(new DriftHistoryQuery { FeatureSet = "x*" }));
        Assert.Equal(
            ErrorId.FeatureSetNotFound,
            Assert.Throws<AlphaFactoryException>(() => History(new DriftHistoryQuery { FeatureSet = "x" })).Id
        );
    }

    [Fact]
    public void A_page_is_well_formed_asks_for_nothing_and_escapes_what_it_shows()
    {
        const string Evil = "<script>alert('x')</script>&\"]]>";
        Import("s", Hostile($"\"{Evil.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", "a\u202Eb"));

        var report = Run(new DriftRequest { FeatureSet = "s", Window = TimeSpan.FromDays(50) });

        var html = File.ReadAllText(report.HtmlPath);
        Assert.Equal(Evil, report.Features[0].Feature);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch(new Regex("https?:|src=|url\\(|@import", RegexOptions.IgnoreCase), html);
        Assert.DoesNotContain(_folder.Path, html, StringComparison.Ordinal);
        var page = Page(html);
        Assert.Contains(page.Descendants("h3"), heading => heading.Value == Evil);
        Assert.All(page.Descendants().Attributes(), attribute => Assert.False(IsHandler(attribute)));
    }

    [Fact]
    public void A_page_can_be_read_without_seeing_it()
    {
        ImportDays("s", 400);

        var report = Run(new DriftRequest { FeatureSet = "s" });

        var page = Page(File.ReadAllText(report.HtmlPath));
        Assert.Equal("en", page.Root!.Attribute("lang")?.Value);
        Assert.Single(page.Descendants("h1"));
        Assert.Single(page.Descendants("main"));
        var table = Assert.Single(page.Descendants("table"));
        Assert.NotNull(table.Element("caption"));
        Assert.All(
            table.Element("thead")!.Descendants("th"),
            cell => Assert.Equal("col", cell.Attribute("scope")?.Value)
        );
        Assert.All(
            table.Element("tbody")!.Elements("tr"),
            row => Assert.Equal("row", Assert.Single(row.Elements("th")).Attribute("scope")?.Value)
        );
        var ids = page.Descendants().Attributes("id").Select(id => id.Value).ToList();
        Assert.Equal(ids.Distinct(), ids);
        var charts = page.Descendants("svg").Where(svg => svg.Attribute("aria-hidden") is null).ToList();
        Assert.Equal(2, charts.Count);
        Assert.All(
            charts,
            svg =>
            {
                Assert.Equal("img", svg.Attribute("role")?.Value);
                Assert.False(string.IsNullOrEmpty(svg.Element("title")?.Value));
                Assert.False(string.IsNullOrEmpty(svg.Element("desc")?.Value));
                Assert.All(
                    svg.Attribute("aria-labelledby")!.Value.Split(' '),
                    id => Assert.Contains(id, ids)
                );
            }
        );
    }

    [Fact]
    public void A_page_grows_with_its_features_and_not_with_its_rows()
    {
        ImportDays("little", 400);
        ImportDays("much", 4000);

        var little = new FileInfo(Run(new DriftRequest { FeatureSet = "little" }).HtmlPath).Length;
        var much = new FileInfo(Run(new DriftRequest { FeatureSet = "much" }).HtmlPath).Length;

        Assert.InRange(much, 0, little + 1000);
    }

    [Fact]
    public void The_result_for_programs_says_the_same()
    {
        ImportDays("s", 400);

        var report = Run(new DriftRequest { FeatureSet = "s" });

        var path = Path.Combine(Path.GetDirectoryName(report.HtmlPath)!, "result.json");
        var result = JsonDocument.Parse(File.ReadAllText(path)).RootElement;
        Assert.Equal(report.Drifted, result.GetProperty("drifted").GetBoolean());
        Assert.Equal(
            report.Features.Select(feature => feature.Psi),
            result
                .GetProperty("features")
                .EnumerateArray()
                .Select(item => (double?)item.GetProperty("psi").GetDouble())
        );
        Assert.DoesNotContain(_folder.Path, File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Fact]
    public void The_picture_is_a_png_with_something_in_it()
    {
        ImportDays("s", 400);

        using var picture = SkiaSharp.SKBitmap.Decode(Run(new DriftRequest { FeatureSet = "s" }).PngPath);

        Assert.Equal(1600, picture.Width);
        // Text: the headline's row of pixels is not empty, even on a machine without fonts.
        Assert.Contains(
            Enumerable.Range(0, 800),
            x => Enumerable.Range(40, 24).Any(y => picture.GetPixel(x, y) != SkiaSharp.SKColors.White)
        );
    }

    [Fact]
    public void A_stopped_report_leaves_nothing()
    {
        ImportDays("s", 400);
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() =>
            new DriftReporter(_store).Run(
                new DriftRequest { FeatureSet = "s" },
                new OperationContext { Cancellation = stop.Token }
            )
        );

        Assert.False(Directory.Exists(_store.ReportsFolder));
        Assert.Empty(History(new DriftHistoryQuery()));
    }

    [Fact]
    public async Task Reports_at_once_leave_one_whole_report()
    {
        ImportDays("s", 400);
        var windows = Enumerable.Range(0, 6).Select(i => TimeSpan.FromDays(60 + (i % 2 * 30))).ToList();

        var reports = await Task.WhenAll(
            windows.Select(window =>
                Task.Run(
                    () =>
                    {
                        using var store = AlphaStore.Open(_store.Root);
                        return new DriftReporter(store).Run(
                            new DriftRequest { FeatureSet = "s", Window = window },
                            Context()
                        );
                    },
                    TestContext.Current.CancellationToken
                )
            )
        );

        var folder = Path.GetDirectoryName(reports[0].HtmlPath)!;
        Assert.Equal(3, Directory.GetFileSystemEntries(folder).Length);
        Assert.Single(Directory.GetFileSystemEntries(Path.GetDirectoryName(folder)!));
        // All three files are of the same report.
        var result = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "result.json"))).RootElement;
        var from = DateOnly.FromDateTime(result.GetProperty("currentFrom").GetDateTime());
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"{from:yyyy-MM-dd} to "),
            File.ReadAllText(Path.Combine(folder, "report.html")),
            StringComparison.Ordinal
        );
        Assert.Equal(4, History(new DriftHistoryQuery()).Count);
    }

    private static OperationContext Context() =>
        new() { Cancellation = TestContext.Current.CancellationToken };

    private static bool IsHandler(XAttribute attribute) =>
        attribute.Name.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase);

    private static XDocument Page(string html)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore };
        using var reader = XmlReader.Create(new StringReader(html), settings);
        return XDocument.Load(reader);
    }

    private static string Hostile(params string[] headers)
    {
        var csv = new StringBuilder($"date,{string.Join(',', headers)}\n");
        for (var day = 0; day < 200; day++)
        {
            csv.Append(CultureInfo.InvariantCulture, $"{Start.AddDays(day):yyyy-MM-dd}");
            foreach (var _ in headers)
            {
                csv.Append(CultureInfo.InvariantCulture, $",{day}");
            }

            csv.Append('\n');
        }

        return csv.ToString();
    }

    // "steady" repeats; "jump" does too, a unit higher from day 340 on.
    private void ImportDays(string name, int days)
    {
        var csv = new StringBuilder("date,steady,jump\n");
        for (var day = 0; day < days; day++)
        {
            var value = day * 37 % 100 / 100.0;
            csv.Append(
                CultureInfo.InvariantCulture,
                $"{Start.AddDays(day):yyyy-MM-dd},{value},{value + (day >= 340 ? 1 : 0)}\n"
            );
        }

        Import(name, csv.ToString());
    }

    private void Import(string name, string csv, string? entity = null) =>
        new FeatureStore(_store).Import(
            new ImportRequest
            {
                Name = name,
                Paths = [_folder.Write(name + ".csv", csv)],
                Time = "date",
                Entity = entity,
            },
            Context()
        );

    private DriftReport Run(DriftRequest request) => new DriftReporter(_store).Run(request, Context());

    private IReadOnlyList<DriftPoint> History(DriftHistoryQuery query) =>
        new DriftHistory(_store).Find(query);

    private void Refused(ErrorId id, DriftRequest request)
    {
        var error = Assert.Throws<AlphaFactoryException>(() => Run(request));
        Assert.Equal(id, error.Id);
    }
}
