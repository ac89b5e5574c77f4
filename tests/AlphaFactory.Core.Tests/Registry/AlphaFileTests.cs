using System.Globalization;
using System.Text.Json;
using AlphaFactory.Core.Registry;

namespace AlphaFactory.Core.Tests.Registry;

public sealed class AlphaFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Csv_has_a_column_a_metric_and_parameter_and_keeps_every_digit()
    {
        const string expected = """""""
            name,version,stage,tags,description,author,createdAt,runId,featureSet,featureVersion,codeHash,dataHash,seed,gitCommit,gitDirty,moduleVersion,user,machine,metric.sharpe,metric.odd,metric.ic,param.n,param.x,param.flag,param.text,param.t
            mom,2,Live,desk=london;fx,"a ""quoted"", text",ann,2026-01-02T03:04:05.678901Z,e.1,fx,3,c,d,-7,abc,true,1.1.0,ann,box,0.30000000000000004,NaN,,20,20.0,true,"""20""",2015-01-02T00:00:00.000000Z
            carry,1,Research,,,ann,2026-01-02T03:04:05.678901Z,,,,,,,,,,,,-Infinity,,5E-324,,-0.5,false,"""""",

            """"""";

        Assert.Equal(expected.ReplaceLineEndings("\n"), Written("a.csv", Mom, Carry));
    }

    [Fact]
    public void Json_is_an_array_of_objects_that_reads_back()
    {
        var text = Written("a.JSON", Mom, Carry);

        Assert.StartsWith(
            "[\n  {\n    \"name\": \"mom\",\n    \"version\": 2,\n",
            text,
            StringComparison.Ordinal
        );
        Assert.EndsWith("\n]\n", text, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(text);
        var mom = json.RootElement[0];
        Assert.Equal("Live", mom.GetProperty("stage").GetString());
        Assert.Equal(
            ["desk=london", "fx"],
            mom.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString())
        );
        Assert.Equal("2026-01-02T03:04:05.678901Z", mom.GetProperty("createdAt").GetString());
        Assert.Equal(0.1 + 0.2, mom.GetProperty("metrics").GetProperty("sharpe").GetDouble());
        Assert.Equal("NaN", mom.GetProperty("metrics").GetProperty("odd").GetString());
        var parameters = mom.GetProperty("parameters");
        Assert.Equal("20", parameters.GetProperty("n").GetRawText());
        Assert.Equal("20.0", parameters.GetProperty("x").GetRawText());
        Assert.Equal("\"20\"", parameters.GetProperty("text").GetRawText());
        Assert.Equal("2015-01-02", parameters.GetProperty("t").GetProperty("time").GetString());
        Assert.Equal(JsonValueKind.Null, json.RootElement[1].GetProperty("runId").ValueKind);
    }

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@sum", "'@sum")]
    [InlineData("\tx", "'\tx")]
    [InlineData("\rx", "\"'\rx\"")]
    [InlineData("'quoted", "''quoted")]
    [InlineData("\uFF1D1", "'\uFF1D1")]
    [InlineData("a=1", "a=1")]
    [InlineData(" =1", "\" =1\"")]
    [InlineData("=a,\"b\"", "\"'=a,\"\"b\"\"\"")]
    public void A_text_that_a_spreadsheet_would_run_gets_one_apostrophe(string description, string cell)
    {
        var row = Written("a.csv", Carry with { Description = description }).Split('\n', 2)[1];

        Assert.StartsWith($"carry,1,Research,,{cell},ann,", row, StringComparison.Ordinal);
    }

    [Fact]
    public void A_parameter_that_is_text_cannot_be_read_as_a_number_a_time_or_a_formula()
    {
        var parameters = new ParameterValues([
            new("a", "1e5"),
            new("b", "true"),
            new("c", "2015-01-02T00:00:00Z"),
            new("d", "\"x\""),
            new("e", "=1"),
            new("f", "plain"),
        ]);

        var row = Written("a.csv", Carry with { Parameters = parameters, Metrics = MetricValues.None })
            .Split('\n')[1];

        Assert.EndsWith(
            ",\"\"\"1e5\"\"\",\"\"\"true\"\"\",\"\"\"2015-01-02T00:00:00Z\"\"\",\"\"\"\\\"\"x\\\"\"\"\"\",'=1,plain",
            row,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_culture_of_the_session_does_not_matter()
    {
        var before = CultureInfo.CurrentCulture;
        var invariant = Written("a.csv", Mom) + Written("a.json", Mom);
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.Equal(invariant, Written("b.csv", Mom) + Written("b.json", Mom));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void No_alphas_give_a_header_and_an_empty_array()
    {
        Assert.Equal("[]\n", Written("a.json"));
        Assert.StartsWith("name,version,", Written("a.csv"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.xlsx")]
    [InlineData("a")]
    [InlineData("csv")]
    public void Another_extension_is_an_error_that_names_those_there_are(string name)
    {
        var error = Assert.Throws<AlphaFactoryException>(() => Written(name, Mom));

        Assert.Equal(ErrorId.FileFormatInvalid, error.Id);
        Assert.Contains(".csv or .json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_clobber_keeps_the_file_that_is_there()
    {
        var path = _folder.Write("a.csv", "mine");

        Assert.Throws<AlphaFactoryException>(() =>
            AlphaFile.Write(path, [Mom], noClobber: true, force: true, OperationContext.Silent)
        );

        Assert.Equal("mine", File.ReadAllText(path));
    }

    [Fact]
    public void A_read_only_file_is_replaced_by_force_only()
    {
        var path = _folder.Write("a.csv", "mine");
        File.SetAttributes(path, FileAttributes.ReadOnly);

        var error = Assert.Throws<AlphaFactoryException>(() => Written("a.csv", Mom));
        Assert.Equal(ErrorId.StoreReadOnly, error.Id);
        Assert.Equal("mine", File.ReadAllText(path));

        AlphaFile.Write(path, [Mom], noClobber: false, force: true, OperationContext.Silent);
        Assert.StartsWith("name,", File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_write_that_is_stopped_leaves_the_file_as_it_was_and_nothing_else()
    {
        var path = _folder.Write("a.csv", "mine");
        var context = new OperationContext { Cancellation = new CancellationToken(canceled: true) };

        Assert.ThrowsAny<OperationCanceledException>(() =>
            AlphaFile.Write(path, [Mom], noClobber: false, force: false, context)
        );

        Assert.Equal("mine", File.ReadAllText(path));
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    private static Alpha Mom { get; } =
        new()
        {
            Name = "mom",
            Version = 2,
            Stage = AlphaStage.Live,
            Tags = new TagList(["fx", "desk=london"]),
            Metrics = new MetricValues([new("sharpe", 0.1 + 0.2), new("odd", double.NaN)]),
            Parameters = new ParameterValues([
                new("n", 20L),
                new("x", 20.0),
                new("flag", true),
                new("text", "20"),
                new("t", new DateTime(2015, 1, 2, 0, 0, 0, DateTimeKind.Utc)),
            ]),
            Description = "a \"quoted\", text",
            Author = "ann",
            CreatedAt = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc).AddTicks(6789010),
            RunId = "e.1",
            FeatureSet = "fx",
            FeatureVersion = 3,
            CodeHash = "c",
            DataHash = "d",
            Seed = -7,
            GitCommit = "abc",
            GitDirty = true,
            ModuleVersion = "1.1.0",
            User = "ann",
            Machine = "box",
            Store = "/s",
        };

    private static Alpha Carry { get; } =
        Mom with
        {
            Name = "carry",
            Version = 1,
            Stage = AlphaStage.Research,
            Tags = TagList.Empty,
            Metrics = new MetricValues([new("Sharpe", double.NegativeInfinity), new("ic", double.Epsilon)]),
            Parameters = new ParameterValues([new("x", -0.5), new("flag", false), new("text", "")]),
            Description = "",
            RunId = null,
            FeatureSet = null,
            FeatureVersion = null,
            CodeHash = null,
            DataHash = null,
            Seed = null,
            GitCommit = null,
            GitDirty = null,
            ModuleVersion = null,
            User = null,
            Machine = null,
        };

    private string Written(string name, params Alpha[] alphas)
    {
        var path = _folder.File(name);
        AlphaFile.Write(path, alphas, noClobber: false, force: false, OperationContext.Silent);
        return File.ReadAllText(path);
    }
}
