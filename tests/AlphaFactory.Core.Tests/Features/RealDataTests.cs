using System.Globalization;
using AlphaFactory.Core.Features;

namespace AlphaFactory.Core.Tests.Features;

/// <summary>Imports real prices where they are at hand, beside the working tree.</summary>
public sealed class RealDataTests : IDisposable
{
    private readonly FeatureBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("fx-daily.csv", "date", "symbol", 14_952, 4)]
    [InlineData("fx-monthly.csv", "Date", "Country", 17_237, 34)]
    public void A_real_file_is_read_back_number_by_number(
        string file,
        string time,
        string entity,
        int rows,
        int entities
    )
    {
        var path = Repository.Shared(file);
        var set = _bench
            .Import(
                new ImportRequest
                {
                    Name = "real",
                    Paths = [path],
                    Time = time,
                    Entity = entity,
                }
            )
            .Set;

        // No field of these files is quoted.
        var expected = File.ReadLines(path)
            .Skip(1)
            .Select(line => line.Split(','))
            .OrderBy(fields => fields[1], StringComparer.Ordinal)
            .ThenBy(fields => fields[0], StringComparer.Ordinal)
            .Select(fields =>
                (object?[])
                    [
                        DateTime.Parse(fields[0], CultureInfo.InvariantCulture),
                        fields[1],
                        .. fields[2..]
                            .Select(field => (object)double.Parse(field, CultureInfo.InvariantCulture)),
                    ]
            );
        Assert.Equal((rows, entities), ((int)set.Rows, set.Entities));
        Assert.Equal(File.ReadLines(path).First().Split(','), set.Columns.Select(column => column.Name));
        Assert.Equal(expected, _bench.Rows(set));
    }
}
