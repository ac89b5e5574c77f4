using System.IO.Compression;
using System.Text;
using AlphaFactory.Core.Features;

namespace AlphaFactory.Core.Tests.Features;

public sealed class QuarantineTests : IDisposable
{
    private const string Csv =
        "time,entity,v\n2020-01-01,A,1\n2020-01-02,A,\"x,y\"\n,A,3\n2020-01-03,A\n2020-01-04,A,4\n2020-01-05,B,z\n";

    private readonly FeatureBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Bad_rows_go_to_a_file_beside_the_version_with_place_and_reason()
    {
        var result = _bench.Import(_bench.Request(Csv, Typed));
        var lines = File.ReadAllLines(Path.Combine(result.Set.Path, "quarantine.csv"));

        Assert.Equal((2L, 4L, 6L), (result.Set.Rows, result.Quarantined, result.RowsRead));
        Assert.Equal((4L, 1), (result.Set.Quarantined, result.Set.Entities));
        Assert.Equal([1L, 4L], _bench.Rows(result.Set).Select(row => row[2]));
        Assert.Equal("file,row,line,column,value,reason,text", lines[0]);
        Assert.Contains(",2,3,v,\"x,y\",", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("\"2020-01-02,A,\"\"x,y\"\"\"", lines[1], StringComparison.Ordinal);
        Assert.Contains(",3,4,time,,there is no value.", lines[2], StringComparison.Ordinal);
        Assert.Contains(",4,5,,,", lines[3], StringComparison.Ordinal);
        Assert.Contains("the row has 2 fields, the header 3", lines[3], StringComparison.Ordinal);
        Assert.Contains(",6,7,v,z,", lines[4], StringComparison.Ordinal);
        Assert.Equal(5, lines.Length);
        Assert.Contains(
            "quarantine.csv",
            File.ReadAllText(Path.Combine(result.Set.Path, "manifest.json")),
            StringComparison.Ordinal
        );
        Assert.Contains("Left out 4 of 6 rows", _bench.Warned.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void Good_rows_are_the_version_that_they_would_be_alone()
    {
        var clean = _bench.Import("time,entity,v\n2020-01-01,A,1\n2020-01-04,A,4\n");
        var again = _bench.Import(_bench.Request(Csv, Typed));

        Assert.True(again.Existing);
        Assert.Equal((clean.ContentHash, 4L), (again.Set.ContentHash, again.Quarantined));
        Assert.Empty(_bench.Leftovers());
        Assert.False(File.Exists(Path.Combine(clean.Path, "quarantine.csv")));
    }

    [Fact]
    public void Without_a_good_row_there_is_no_version()
    {
        var error = _bench.Fail("time,v\nx,1\ny,2\n", Typed);

        Assert.Equal(ErrorId.RowInvalid, error.Id);
        Assert.StartsWith("None of 2 rows can be read.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gzip_file_of_several_members_is_one_text_and_a_cut_one_is_refused()
    {
        var bytes = Gzip("time,v\n2020-01-01,1\n")
            .Concat(Gzip(""))
            .Concat(Gzip(string.Concat(Enumerable.Range(2, 27).Select(i => $"2020-01-{i:00},{i}\n"))))
            .ToArray();
        Assert.Equal(28, Import(bytes, "a").Rows);
        Assert.Equal(28, Import([.. bytes, 0, 0, 0], "b").Rows);
        for (var length = bytes.Length - 1; length > 20; length -= 7)
        {
            var error = Assert.Throws<AlphaFactoryException>(() => Import(bytes[..length], "c"));
            Assert.Contains(error.Id, new[] { ErrorId.FileFormatInvalid, ErrorId.RowInvalid });
        }

        FeatureSet Import(byte[] content, string name) =>
            _bench
                .Import(
                    new ImportRequest
                    {
                        Name = name,
                        Paths = [_bench.File("x.csv.gz", content)],
                        Time = "time",
                    }
                )
                .Set;
    }

    private static byte[] Gzip(string text)
    {
        using var memory = new MemoryStream();
        using (var zip = new GZipStream(memory, CompressionLevel.Optimal, leaveOpen: true))
        {
            zip.Write(Encoding.UTF8.GetBytes(text));
        }

        return memory.ToArray();
    }

    private static ImportRequest Typed(ImportRequest request) =>
        request with
        {
            OnError = RowErrorPolicy.Quarantine,
            Schema = new Dictionary<string, FeatureType>(StringComparer.OrdinalIgnoreCase)
            {
                ["v"] = FeatureType.Long,
            },
        };
}
