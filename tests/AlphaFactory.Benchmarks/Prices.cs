using System.Globalization;
using System.Text;
using AlphaFactory.Core;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Benchmarks;

/// <summary>The prices that grids run on.</summary>
internal static class Prices
{
    private const int Bars = 3738;
    private static readonly string[] Symbols = ["EURGBP", "EURUSD", "GBPUSD", "NZDUSD"];

    /// <summary>Four currency pairs over 3,738 days, or random walks of that shape where these are not at hand.</summary>
    public static string DailyFile(string folder)
    {
        var real = Path.Combine(Tree.Root, "..", "shared", "data", "fx-daily.csv");
        if (File.Exists(real))
        {
            return Path.GetFullPath(real);
        }

        var random = new Random(42);
        var prices = Symbols.Select(_ => 1.0).ToArray();
        var text = new StringBuilder("date,symbol,close\n");
        for (var bar = 0; bar < Bars; bar++)
        {
            for (var i = 0; i < Symbols.Length; i++)
            {
                prices[i] *= 1 + (random.NextDouble() - 0.5) / 50;
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"{new DateTime(2007, 1, 1).AddDays(bar):yyyy-MM-dd},{Symbols[i]},{prices[i]:F5}\n"
                );
            }
        }

        var file = Path.Combine(folder, "generated-daily.csv");
        File.WriteAllText(file, text.ToString());
        return file;
    }

    /// <summary>A random walk of one series.</summary>
    public static string WalkFile(string folder, int bars)
    {
        var random = new Random(7);
        var price = 100.0;
        var text = new StringBuilder("date,close\n");
        for (var bar = 0; bar < bars; bar++)
        {
            price *= 1 + (random.NextDouble() - 0.5) / 50;
            text.Append(
                CultureInfo.InvariantCulture,
                $"{new DateTime(2007, 1, 1).AddDays(bar):yyyy-MM-dd},{price:F5}\n"
            );
        }

        var file = Path.Combine(folder, "generated-walk.csv");
        File.WriteAllText(file, text.ToString());
        return file;
    }

    /// <summary>The closing prices of a set, entity by entity.</summary>
    public static (double[] Values, int Entities) Load(AlphaStore store, string set)
    {
        var features = new FeatureStore(store);
        var panel = features.LoadPanel(
            features.Find(set, null),
            new PanelRequest { Columns = ["close"] },
            OperationContext.Silent
        );
        return (panel.Column("close").ToArray(), panel.EntityCount);
    }
}
