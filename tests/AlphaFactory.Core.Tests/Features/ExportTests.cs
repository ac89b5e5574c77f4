using System.Text.Json;
using AlphaFactory.Core.Features;

namespace AlphaFactory.Core.Tests.Features;

public sealed class ExportTests : IDisposable
{
    private const string Csv =
        "time,entity,d,l,b,s\n2020-01-01,A,0.1,1,true,\"x, \"\"y\"\"\"\n2020-01-02T09:30:00.000001Z,Ä,,,,\n"
        + "2020-01-03,B,-1e300,-9223372036854775808,false,é\n";

    private readonly FeatureBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void A_csv_export_imports_as_the_same_content()
    {
        var set = _bench.Import(Csv);
        var path = Write(set, "out.csv");
        var again = _bench.Import(
            new ImportRequest
            {
                Name = "x",
                Paths = [path],
                Time = "time",
                Entity = "entity",
            }
        );

        Assert.True(again.Existing);
        Assert.StartsWith("time,entity,d,l,b,s\n", File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_json_export_has_an_object_a_row()
    {
        var path = Write(_bench.Import(Csv), "out.JSON", q => q with { Columns = ["s", "d", "l", "time"] });
        using var json = JsonDocument.Parse(File.ReadAllText(path));
        var rows = json.RootElement.EnumerateArray().ToArray();

        Assert.Equal(3, rows.Length);
        Assert.Equal("x, \"y\"", rows[0].GetProperty("s").GetString());
        Assert.Equal(0.1, rows[0].GetProperty("d").GetDouble());
        Assert.Equal(long.MinValue, rows[1].GetProperty("l").GetInt64());
        Assert.Equal(JsonValueKind.Null, rows[2].GetProperty("d").ValueKind);
        Assert.Equal("2020-01-02T09:30:00.000001Z", rows[2].GetProperty("time").GetString());
    }

    [Fact]
    public void A_file_that_is_there_is_replaced_only_as_asked()
    {
        var set = _bench.Import(Csv);
        var path = Write(set, "out.csv");
        var before = File.ReadAllText(path);
        Assert.Throws<AlphaFactoryException>(() => Write(set, "out.csv", noClobber: true));
        File.SetAttributes(path, FileAttributes.ReadOnly);
        var error = Assert.Throws<AlphaFactoryException>(() => Write(set, "out.csv"));
        Assert.Equal(ErrorId.StoreReadOnly, error.Id);
        Write(set, "out.csv", q => q with { Entities = ["A"] }, force: true);

        Assert.NotEqual(before, File.ReadAllText(path));
        Assert.Equal(
            ErrorId.FileFormatInvalid,
            Assert.Throws<AlphaFactoryException>(() => Write(set, "out.txt")).Id
        );
        Assert.Throws<AlphaFactoryException>(() => Write(set, "none.csv", q => q with { Columns = ["zz"] }));
        Assert.False(File.Exists(_bench.PathOf("none.csv")));
    }

    [Fact]
    public void A_removed_version_is_gone_and_its_number_is_not_given_again()
    {
        var first = _bench.Import(Csv);
        var second = _bench.Import("time,v\n2020-01-01,2\n", r => r with { Mode = ImportMode.Replace });
        _bench.Features.Remove(second);

        Assert.False(Directory.Exists(second.Path));
        Assert.Equal(1, _bench.Features.Find("x").Version);
        Assert.Throws<AlphaFactoryException>(() => _bench.Features.Remove(second));
        var third = _bench.Import("time,v\n2020-01-01,3\n", r => r with { Mode = ImportMode.Replace });
        Assert.Equal(3, third.Version);
        _bench.Features.Remove(first);
        _bench.Features.Remove(third);
        Assert.Empty(_bench.Features.List());
        Assert.Empty(_bench.Leftovers());
        Assert.Equal(4, _bench.Import(Csv, r => r with { ExpectedVersion = 0 }).Version);
    }

    private string Write(
        FeatureSet set,
        string name,
        Func<FeatureQuery, FeatureQuery>? change = null,
        bool noClobber = false,
        bool force = false
    )
    {
        var path = _bench.PathOf(name);
        var query = new FeatureQuery { Set = set };
        FeatureFile.Write(path, change?.Invoke(query) ?? query, noClobber, force, OperationContext.Silent);
        return path;
    }
}
