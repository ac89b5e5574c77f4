using System.Globalization;
using AlphaFactory.Core.Registry;
using AlphaFactory.Core.Storage;
using CsCheck;

namespace AlphaFactory.Core.Tests.Registry;

public sealed class AlphaImportTests : IDisposable
{
    private static readonly DateTime Now = new(2026, 5, 6, 7, 8, 9, DateTimeKind.Utc);

    private static readonly Gen<string> Hostile = One(
        "",
        "plain",
        "a \"quoted\", text",
        "two\nlines\r\nand\rmore",
        "=1+1",
        "+1",
        "-1",
        "@sum",
        "\ttab",
        "\r",
        "'apostrophe",
        "''two",
        "＝1",
        " spaces ",
        "🚀 עברית \u202E العربية",
        "%_*?[;",
        "#comment",
        "true",
        "True",
        "20",
        "1e5",
        "NaN",
        "∞",
        "2015-01-02T00:00:00Z",
        " 2015-01-02T00:00:00Z",
        "\"",
        "\\\"",
        "{\"number\":\"NaN\"}",
        "../CON",
        "\u0001\u007f\u2028"
    );

    private static readonly Gen<double> Number = Gen.Frequency(
        (3, Gen.Double),
        (
            2,
            One(
                double.NaN,
                double.PositiveInfinity,
                double.NegativeInfinity,
                -0.0,
                0,
                double.Epsilon,
                double.MaxValue,
                double.MinValue,
                1e-310,
                1e16,
                0.1 + 0.2
            )
        )
    );

    private static readonly Gen<DateTime> Microsecond = Gen.DateTime[
            new DateTime(1600, 1, 1),
            new DateTime(9999, 1, 1)
        ]
        .Select(time => new DateTime(time.Ticks / 10 * 10, DateTimeKind.Utc));

    private static readonly Gen<object> Value = Gen.OneOf(
        Gen.Long.Select(value => (object)value),
        Number.Select(value => (object)value),
        Gen.Bool.Select(value => (object)value),
        Hostile.Select(value => (object)value),
        Gen.String.Where(text => !text.Any(char.IsSurrogate) && !text.Contains('\0'))
            .Select(text => (object)text),
        Gen.DateTime.Select(time => (object)DateTime.SpecifyKind(time, DateTimeKind.Utc))
    );

    private static readonly Gen<TagList> Tags = One(
        "fx",
        "=tag",
        "-x",
        "desk=london",
        "'t",
        " t ",
        "a,b",
        "\"q\"",
        "🚀",
        "שלום",
        "%_*?["
    )
        .Array[0, 4]
        .Select(tags => new TagList(tags));

    private static readonly Gen<string?> Provenance = Gen.Frequency(
        (1, Gen.Const((string?)null)),
        (1, Hostile.Select(text => text.Length == 0 ? null : text))
    );

    private static readonly Gen<Alpha> Generated = Gen.Select(
        Gen.Select(One("mom", "carry", "m.x-1", "A"), Gen.Int[1, 9], Gen.Enum<AlphaStage>(), Tags),
        Gen.Select(One("sharpe", "Sharpe", "ic_mean", "_x"), Number).Array[0, 4],
        Gen.Select(One("n", "N", "=cell", "a,b", "mode 🚀"), Value).Array[0, 4],
        Gen.Select(Hostile, Hostile, Microsecond),
        Gen.Select(Provenance, Provenance, Gen.Int[1, 99].Nullable(), Provenance, Provenance),
        Gen.Select(Gen.Long.Nullable(), Provenance, Gen.Bool.Nullable(), Provenance, Provenance, Provenance),
        (id, metrics, parameters, text, run, origin) =>
            new Alpha
            {
                Name = id.Item1,
                Version = id.Item2,
                Stage = id.Item3,
                Tags = id.Item4,
                Metrics = new MetricValues(metrics.Select(m => KeyValuePair.Create(m.Item1, m.Item2))),
                Parameters = new ParameterValues(
                    parameters.Select(p => KeyValuePair.Create(p.Item1, p.Item2))
                ),
                Description = text.Item1,
                Author = text.Item2.Length == 0 ? "ann" : text.Item2,
                CreatedAt = text.Item3,
                RunId = run.Item1,
                FeatureSet = run.Item2,
                FeatureVersion = run.Item3,
                CodeHash = run.Item4,
                DataHash = run.Item5,
                Seed = origin.Item1,
                GitCommit = origin.Item2,
                GitDirty = origin.Item3,
                ModuleVersion = origin.Item4,
                User = origin.Item5,
                Machine = origin.Item6,
                Store = "elsewhere",
            }
    );

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("csv")]
    [InlineData("json")]
    public void Export_import_export_is_the_same_file(string extension) =>
        Generated
            .Array[0, 12]
            .Select(alphas => alphas.DistinctBy(alpha => (alpha.Name, alpha.Version)).ToArray())
            .Sample(
                alphas =>
                {
                    using var store = new TempStore();
                    var first = Write(store.File("a." + extension), alphas);
                    var registry = new AlphaRegistry(store.Store);

                    var result = registry.Import(Read(first), OperationContext.Silent);

                    var stored = Stored(store.Store);
                    Assert.Equal(alphas, result.Imported);
                    Assert.Equal(alphas, stored);
                    var second = Write(store.File("b." + extension), stored);
                    Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(second));
                    var again = registry.Import(Read(first), OperationContext.Silent);
                    Assert.Empty(again.Imported);
                    Assert.Empty(again.Conflicts);
                    Assert.Equal(alphas, again.Skipped);
                },
                iter: 25,
                threads: 1
            );

    [Theory]
    [InlineData("csv")]
    [InlineData("json")]
    public void A_large_description_and_many_tags_come_back(string extension)
    {
        using var store = new TempStore();
        var alpha = Hand with
        {
            Description = string.Concat(Enumerable.Repeat("=\"a\",\n🚀", 1 << 17)),
            Tags = new TagList(
                Enumerable.Range(0, 10_000).Select(i => i.ToString("D128", CultureInfo.InvariantCulture))
            ),
        };

        var result = Import(store, Write(store.File("a." + extension), alpha));

        Assert.Equal([alpha], result.Imported);
        Assert.Equal([alpha], Stored(store.Store));
    }

    [Fact]
    public void Gaps_stay_and_the_next_registration_comes_after_the_newest()
    {
        using var store = new TempStore();
        Import(store, Write(store.File("a.csv"), Hand with { Version = 3 }, Hand with { Version = 7 }));
        Import(store, Write(store.File("b.csv"), Hand with { Version = 5 }));
        var registry = new AlphaRegistry(store.Store);

        Assert.Equal(7, registry.Find("mom").Version);
        var next = registry.Register([new AlphaDraft { Name = "MOM" }], OperationContext.Silent).Single();

        Assert.Equal("mom v8", next.ToString());
        Assert.Equal([3, 7, 5, 8], Stored(store.Store).Select(alpha => alpha.Version));
        Assert.Equal(8, registry.Find("mom").Version);
    }

    [Fact]
    public void A_different_alpha_under_the_same_version_stops_the_file_and_loses_nothing()
    {
        using var store = new TempStore();
        Import(store, Write(store.File("a.csv"), Hand));
        var changed = Hand with { Metrics = new MetricValues([new("sharpe", 9)]), Stage = AlphaStage.Live };

        var result = Import(store, Write(store.File("b.csv"), Hand with { Name = "new" }, changed));

        var conflict = Assert.Single(result.Conflicts);
        Assert.Equal(ErrorId.VersionConflict, conflict.Id);
        Assert.StartsWith(
            "file 'b.csv', row 2: 'mom v1' is in the store already and differs in Stage, Metrics.",
            conflict.Message,
            StringComparison.Ordinal
        );
        Assert.Empty(result.Imported);
        Assert.Equal([Hand], Stored(store.Store));
    }

    [Fact]
    public void A_file_that_contradicts_itself_is_a_conflict()
    {
        using var store = new TempStore();

        var result = Import(
            store,
            Write(store.File("a.json"), Hand, Hand, Hand with { Name = "MOM", Description = "other" })
        );

        Assert.Contains(
            "'mom v1' is in item 1 already",
            Assert.Single(result.Conflicts).Message,
            StringComparison.Ordinal
        );
        Assert.Equal([Hand], result.Skipped);
        Assert.Empty(Stored(store.Store));
    }

    [Fact]
    public void A_csv_made_by_hand_needs_a_name_only()
    {
        using var store = new TempStore();
        var file = store.File("hand.csv");
        File.WriteAllText(
            file,
            "\uFEFFMetric.sharpe;Name;tags;param.fast;param.on;param.day\r\n1.5;mom;'=x;10;TRUE;2015-01-02T00:00:00Z\r\n\r\n;mom;;2.5;;\r\n"
        );

        var imported = Import(store, file).Imported;

        Assert.Equal(["mom v1", "mom v2"], imported.Select(alpha => alpha.ToString()));
        var first = imported[0];
        Assert.Equal("sharpe=1.5", first.Metrics.ToString());
        Assert.Equal(["=x"], first.Tags);
        Assert.Equal(
            [10L, true, new DateTime(2015, 1, 2, 0, 0, 0, DateTimeKind.Utc)],
            first.Parameters.Values
        );
        Assert.Equal(
            (AlphaStage.Research, Now, Environment.UserName),
            (first.Stage, first.CreatedAt, first.Author)
        );
        Assert.Null(first.ModuleVersion);
        Assert.Empty(imported[1].Metrics);
        Assert.Equal(2.5, imported[1].Parameters["fast"]);
    }

    [Fact]
    public void A_row_without_a_version_comes_after_the_newest_of_store_and_file()
    {
        using var store = new TempStore();
        Import(store, Write(store.File("a.csv"), Hand with { Version = 4 }));
        var file = store.File("hand.csv");
        File.WriteAllText(file, "name,version\nmom,\nMom,6\nmom,\nnew,\n");

        var imported = Import(store, file).Imported;

        Assert.Equal(["mom v7", "mom v6", "mom v8", "new v1"], imported.Select(alpha => alpha.ToString()));
    }

    [Fact]
    public void What_the_file_does_not_say_is_no_difference()
    {
        using var store = new TempStore();
        Import(store, Write(store.File("a.csv"), Hand));
        var file = store.File("hand.csv");
        File.WriteAllText(file, "name,version,createdAt,metric.sharpe,param.n\nmom,1,,1.5,20\n");

        Assert.Equal([Hand], Import(store, file).Skipped);
    }

    [Fact]
    public void Each_import_is_in_the_audit_log()
    {
        using var store = new TempStore();
        Import(store, Write(store.File("a.csv"), Hand));

        var rows = store.Store.Read(connection =>
            connection.Query(
                row => (row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetString(3)),
                "SELECT action, name, version, detail FROM audit_log"
            )
        );

        Assert.Equal([("import", "mom", 1L, """{"file":"a.csv"}""")], rows);
    }

    [Fact]
    public void An_import_that_is_stopped_leaves_the_store_as_it_was()
    {
        using var store = new TempStore();
        var file = Read(Write(store.File("a.csv"), Hand));
        var stopped = new OperationContext { Cancellation = new CancellationToken(canceled: true) };

        Assert.ThrowsAny<OperationCanceledException>(() =>
            new AlphaRegistry(store.Store).Import(file, stopped)
        );

        Assert.Empty(Stored(store.Store));
    }

    [Theory]
    [InlineData("a.csv", "", ErrorId.FileFormatInvalid, "file 'a.csv' is empty. It needs a header line")]
    [InlineData("a.csv", "version\n1\n", ErrorId.FileFormatInvalid, "no column 'name'")]
    [InlineData("a.csv", "name,nmae\n", ErrorId.FileFormatInvalid, "column 'nmae'")]
    [InlineData("a.csv", "name,Name\n", ErrorId.FileFormatInvalid, "column 'name' twice")]
    [InlineData("a.csv", "name,metric.a,METRIC.A\n", ErrorId.FileFormatInvalid, "column 'METRIC.A' twice")]
    [InlineData(
        "a.csv",
        "name,tags\na,b,c\n",
        ErrorId.RowInvalid,
        "row 1: the row has 3 fields, the header 2"
    )]
    [InlineData(
        "a.csv",
        "name,metric.a\na,1\nb,x\n",
        ErrorId.RowInvalid,
        "row 2, column 'metric.a': 'x' is not a number"
    )]
    [InlineData("a.csv", "name,metric.a\na,1e999\n", ErrorId.RowInvalid, "'1e999' is not a number")]
    [InlineData("a.csv", "name,metric.a b\na,1\n", ErrorId.RowInvalid, "'a b' is not a valid metric name")]
    [InlineData("a.csv", "name,metric.stage\na,1\n", ErrorId.RowInvalid, "property of every alpha")]
    [InlineData("a.csv", "name\nCON\n", ErrorId.RowInvalid, "row 1: 'CON' is not a valid alpha name")]
    [InlineData("a.csv", "name,tags\n,x\n", ErrorId.RowInvalid, "row 1, column 'name': there is no name")]
    [InlineData(
        "a.csv",
        "name,version\na,0\n",
        ErrorId.RowInvalid,
        "column 'version': '0' is not a whole number from 1"
    )]
    [InlineData("a.csv", "name,version\na,1.5\n", ErrorId.RowInvalid, "column 'version'")]
    [InlineData(
        "a.csv",
        "name,stage\na,Dead\n",
        ErrorId.RowInvalid,
        "'Dead' is not a stage. Use Research, Candidate"
    )]
    [InlineData("a.csv", "name,stage\na,2\n", ErrorId.RowInvalid, "'2' is not a stage")]
    [InlineData(
        "a.csv",
        "name,createdAt\na,yesterday\n",
        ErrorId.RowInvalid,
        "column 'createdAt': 'yesterday' is not a date"
    )]
    [InlineData("a.csv", "name,gitDirty\na,maybe\n", ErrorId.RowInvalid, "column 'gitDirty'")]
    [InlineData("a.csv", "name,param.p\na,\"\"\"x\"\n", ErrorId.RowInvalid, "column 'param.p'")]
    [InlineData("a.csv", "name,description\na,x\0y\n", ErrorId.RowInvalid, "NUL")]
    [InlineData("a.json", "", ErrorId.FileFormatInvalid, "file 'a.json' is not JSON")]
    [InlineData("a.json", "[\n{\"name\":\"a\"", ErrorId.FileFormatInvalid, "not JSON in line 2: ")]
    [InlineData("a.json", "{}", ErrorId.FileFormatInvalid, "not an array")]
    [InlineData("a.json", "[1]", ErrorId.RowInvalid, "item 1: it is not an object")]
    [InlineData("a.json", "[{}]", ErrorId.RowInvalid, "item 1, column 'name'")]
    [InlineData("a.json", "[{\"name\":\"a\",\"metric\":{}}]", ErrorId.RowInvalid, "'metric'")]
    [InlineData("a.json", "[{\"name\":\"a\",\"Name\":\"b\"}]", ErrorId.RowInvalid, "twice")]
    [InlineData("a.json", "[{\"name\":\"a\",\"name\":\"b\"}]", ErrorId.FileFormatInvalid, "not JSON")]
    [InlineData("a.json", "[{\"name\":{}}]", ErrorId.RowInvalid, "column 'name'")]
    [InlineData("a.json", "[{\"name\":\"\\ud800\"}]", ErrorId.RowInvalid, "column 'name'")]
    [InlineData(
        "a.json",
        "[{\"name\":\"a\",\"metrics\":{\"m\":null}}]",
        ErrorId.RowInvalid,
        "'metrics.m': 'null' is not a number"
    )]
    [InlineData("a.json", "[{\"name\":\"a\",\"metrics\":[1]}]", ErrorId.RowInvalid, "column 'metrics'")]
    [InlineData("a.json", "[{\"name\":\"a\",\"tags\":\"x\"}]", ErrorId.RowInvalid, "column 'tags'")]
    [InlineData("a.json", "[{\"name\":\"a\",\"tags\":[1]}]", ErrorId.RowInvalid, "column 'tags'")]
    [InlineData(
        "a.json",
        "[{\"name\":\"a\",\"tags\":[\"a;b\"]}]",
        ErrorId.RowInvalid,
        "'a;b' is not a valid tag"
    )]
    [InlineData(
        "a.json",
        "[{\"name\":\"a\",\"parameters\":{\"p\":[1]}}]",
        ErrorId.RowInvalid,
        "column 'parameters'"
    )]
    [InlineData(
        "a.json",
        "[{\"name\":\"a\",\"parameters\":{\"p\":{\"time\":5}}}]",
        ErrorId.RowInvalid,
        "column 'parameters'"
    )]
    [InlineData(
        "a.json",
        "[{\"name\":\"a\",\"parameters\":{\"p\":{\"number\":[]}}}]",
        ErrorId.RowInvalid,
        "column 'parameters'"
    )]
    [InlineData(
        "a.json",
        "[{\"name\":\"a\",\"parameters\":{\"p\":null}}]",
        ErrorId.RowInvalid,
        "column 'parameters'"
    )]
    public void A_file_that_is_wrong_says_where(string name, string text, ErrorId id, string message)
    {
        var file = _folder.Write(name, text);

        var error = Assert.Throws<AlphaFactoryException>(() => Read(file));

        Assert.Equal(id, error.Id);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_is_not_utf8_and_files_that_are_not_there_are_errors()
    {
        var file = _folder.File("a.csv");
        File.WriteAllBytes(file, [.. "name,description\na,"u8, 0xE9, 0x0A]);

        Assert.Equal(ErrorId.FileFormatInvalid, Assert.Throws<AlphaFactoryException>(() => Read(file)).Id);
        var missing = _folder.File("b.csv");
        Assert.Equal(ErrorId.PathNotFound, Assert.Throws<AlphaFactoryException>(() => Read(missing)).Id);
        Directory.CreateDirectory(_folder.File("c.csv"));
        var folder = Assert.Throws<AlphaFactoryException>(() => Read(_folder.File("c.csv")));
        Assert.Contains("is a folder", folder.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reader_of_the_old_file_does_not_stop_an_export()
    {
        var path = Write(_folder.File("a.csv"), Hand);
        using var reader = new FileStream(
            path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete
        );

        Write(path, Hand with { Name = "new" });

        Assert.Equal("new", Assert.Single(Read(path).Rows).Draft.Name);
    }

    private static Alpha Hand { get; } =
        new()
        {
            Name = "mom",
            Version = 1,
            Stage = AlphaStage.Candidate,
            Tags = new TagList(["fx"]),
            Metrics = new MetricValues([new("sharpe", 1.5)]),
            Parameters = new ParameterValues([new("n", 20L)]),
            Description = "text",
            Author = "ann",
            CreatedAt = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
            RunId = null,
            FeatureSet = null,
            FeatureVersion = null,
            CodeHash = null,
            DataHash = null,
            Store = "/s",
        };

    private static Gen<T> One<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static string Write(string path, params IReadOnlyCollection<Alpha> alphas)
    {
        AlphaFile.Write(path, alphas, noClobber: false, force: false, OperationContext.Silent);
        return path;
    }

    private static AlphaFileContent Read(string path) => AlphaFile.Read(path, OperationContext.Silent);

    private static AlphaImport Import(TempStore store, string path) =>
        new AlphaRegistry(store.Store).Import(Read(path), FixedTime.Context(Now));

    private static List<Alpha> Stored(AlphaStore store) =>
        [.. new AlphaRegistry(store).Search(new AlphaQuery(), OperationContext.Silent)];
}
