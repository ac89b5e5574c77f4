using System.Globalization;
using System.Text;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Tests.Features;

namespace AlphaFactory.Interop.Tests;

/// <summary>
/// A version of several row groups, with every type of column, missing values, infinities, ends of ranges, microseconds
/// before and after 1970, and texts whose order differs between UTF-8 and UTF-16; and the rows it was made of.
/// </summary>
public sealed class WrittenVersion : IDisposable
{
    private const int Times = 24_000;

    private readonly FeatureBench _bench = new();

    public WrittenVersion()
    {
        // In ordinal order, which is that of the version.
        string[] entities = ["A", "b c", "Ä\"'", "漢", "😀", "ﬀ"];
        Rows =
        [
            .. entities.SelectMany((entity, e) => Enumerable.Range(0, Times).Select(i => Row(e, entity, i))),
        ];
        var csv = new StringBuilder("time,entity,d,l,b,s,plain,at,day\n");
        foreach (var row in Rows)
        {
            csv.AppendJoin(',', row.Select(Field)).Append('\n');
        }

        Set = _bench.Import(
            csv.ToString(),
            request =>
                request with
                {
                    Schema = new Dictionary<string, FeatureType>(StringComparer.Ordinal)
                    {
                        ["d"] = FeatureType.Double,
                        ["l"] = FeatureType.Long,
                        ["b"] = FeatureType.Bool,
                        ["s"] = FeatureType.Text,
                        ["plain"] = FeatureType.Text,
                        ["at"] = FeatureType.Timestamp,
                        ["day"] = FeatureType.Timestamp,
                    },
                }
        );
    }

    public FeatureSet Set { get; }

    /// <summary>The values of each row, in the order of the version.</summary>
    public IReadOnlyList<object?[]> Rows { get; }

    public string File => Directory.GetFiles(Set.Path, "*.parquet").Single();

    public void Dispose() => _bench.Dispose();

    private static object?[] Row(int e, string entity, int i)
    {
        var n = e * Times + i;
        return
        [
            DateTime.UnixEpoch.AddSeconds((i - 100) * 7L).AddTicks((i * 37L + e) % 1_000_000 * 10),
            entity,
            n % 7 == 0 ? null
            : n % 1009 == 0 ? double.PositiveInfinity
            : n % 1013 == 0 ? double.NegativeInfinity
            : (n - 70_000) * 0.1,
            n % 5 == 0 ? null
            : n == 1 ? long.MinValue
            : n == 140_001 ? long.MaxValue
            : n * 1_000_003L,
            n % 3 == 0 ? null : n % 2 == 0,
            n % 4 == 0 ? null : ((string[])["😀", "ﬀ", "x, \"y\"\n", "漢字", "é"])[n % 5] + n % 101,
            n % 4 == 1 ? null : $"t{n % 9973:0000}",
            n % 6 == 0 ? null : DateTime.UnixEpoch.AddHours(-n).AddTicks(10L * n),
            DateTime.UnixEpoch.AddDays(n % 20_000),
        ];
    }

    private static string Field(object? value) =>
        value switch
        {
            null => "",
            DateTime time => time.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture),
            string text => "\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"",
            double.PositiveInfinity => "inf",
            double.NegativeInfinity => "-inf",
            bool truth => truth ? "true" : "false",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => throw new ArgumentOutOfRangeException(nameof(value)),
        };
}
