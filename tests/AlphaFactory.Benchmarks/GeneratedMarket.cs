using System.Globalization;
using System.Text;
using AlphaFactory.Core;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Benchmarks;

/// <summary>
/// A market of daily bars: open, high, low, close and volume of many symbols, each a random walk with a fixed seed, the
/// same days for all.
/// </summary>
/// <param name="Symbols">How many symbols there are.</param>
/// <param name="Bars">How many days each has.</param>
internal sealed record GeneratedMarket(int Symbols, int Bars)
{
    public const string Set = "market";

    private static readonly DateTime FirstDay = new(2010, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>The last day.</summary>
    public DateTime LastDay => FirstDay.AddDays(Bars - 1);

    /// <summary>Imports it into a store of its own, unless the folder has that already.</summary>
    /// <returns>The path of the store.</returns>
    public string Store(string folder)
    {
        var path = Path.Combine(
            folder,
            string.Create(CultureInfo.InvariantCulture, $"store-market-{Symbols}-{Bars}")
        );
        if (!Directory.Exists(path))
        {
            var file = path + ".csv";
            Write(file);
            using (var store = AlphaStore.OpenOrCreate(path + ".part"))
            {
                new FeatureStore(store).Import(
                    new ImportRequest
                    {
                        Name = Set,
                        Paths = [file],
                        Time = "date",
                        Entity = "symbol",
                    },
                    OperationContext.Silent
                );
            }

            File.Delete(file);
            Directory.Move(path + ".part", path);
        }

        return path;
    }

    private void Write(string path)
    {
        using var writer = new StreamWriter(path, false, new UTF8Encoding(false), 1 << 16);
        writer.Write("date,symbol,open,high,low,close,volume\n");
        Span<char> line = stackalloc char[128];
        for (var symbol = 0; symbol < Symbols; symbol++)
        {
            var random = new Random(symbol);
            var close = 20.0 + random.Next(180);
            for (var bar = 0; bar < Bars; bar++)
            {
                var open = close * (1 + (0.01 * (random.NextDouble() - 0.5)));
                close = Math.Max(1, close * (1 + (0.04 * (random.NextDouble() - 0.5))));
                var high = Math.Max(open, close) * (1 + (0.01 * random.NextDouble()));
                var low = Math.Min(open, close) * (1 - (0.01 * random.NextDouble()));
                line.TryWrite(
                    CultureInfo.InvariantCulture,
                    $"{FirstDay.AddDays(bar):yyyy-MM-dd},S{symbol:D4},{open:F2},{high:F2},{low:F2},{close:F2},{random.Next(10_000, 1_000_000)}\n",
                    out var length
                );
                writer.Write(line[..length]);
            }
        }
    }
}
