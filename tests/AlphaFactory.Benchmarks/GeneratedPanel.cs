using System.Globalization;
using System.Text;

namespace AlphaFactory.Benchmarks;

/// <summary>How the rows of a generated panel are ordered.</summary>
internal enum PanelOrder
{
    /// <summary>By symbol, then date: the order in which a version has them.</summary>
    Symbol,

    /// <summary>By date, then symbol, as markets make them.</summary>
    Date,
}

/// <summary>A CSV file of a panel: date, symbol and 5 numbers, 5,000 days a symbol.</summary>
internal static class GeneratedPanel
{
    /// <summary>How many days a symbol has; a row a day.</summary>
    public const int Days = 5000;

    private static readonly DateTime FirstDay = new(2006, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>A day of the panel.</summary>
    public static DateTime Day(int index) => FirstDay.AddDays(index);

    /// <summary>The name of a symbol.</summary>
    public static string Symbol(int index) => string.Create(CultureInfo.InvariantCulture, $"S{index:D5}");

    /// <summary>Makes the file unless the folder has it already.</summary>
    /// <returns>Its path.</returns>
    public static string Make(string folder, int rows, PanelOrder order)
    {
        var path = Path.Combine(
            folder,
            string.Create(CultureInfo.InvariantCulture, $"panel-{rows}-{order}.csv")
        );
        if (!File.Exists(path))
        {
            Write(path + ".part", Math.Max(1, rows / Days), order);
            File.Move(path + ".part", path);
        }

        return path;
    }

    private static void Write(string path, int symbols, PanelOrder order)
    {
        using var writer = new StreamWriter(path, false, new UTF8Encoding(false), 1 << 16);
        writer.Write("date,symbol,open,high,low,close,signal\n");
        // Each row has numbers of its own, whatever the order: a symbol is a seed.
        var walks = Enumerable.Range(0, symbols).Select(symbol => new Walk(symbol)).ToArray();
        var (outer, inner) = order == PanelOrder.Symbol ? (symbols, Days) : (Days, symbols);
        for (var i = 0; i < outer; i++)
        {
            for (var j = 0; j < inner; j++)
            {
                var (symbol, day) = order == PanelOrder.Symbol ? (i, j) : (j, i);
                walks[symbol].Write(writer, Day(day));
            }
        }
    }

    private sealed class Walk(int symbol)
    {
        private readonly Random _random = new(symbol);
        private readonly string _name = GeneratedPanel.Symbol(symbol);
        private double _price = 20 + symbol % 180;

        public void Write(StreamWriter writer, DateTime day)
        {
            var open = _price;
            _price = Math.Max(1, _price * (1 + 0.04 * (_random.NextDouble() - 0.5)));
            var high = Math.Max(open, _price) * (1 + 0.01 * _random.NextDouble());
            var low = Math.Min(open, _price) * (1 - 0.01 * _random.NextDouble());
            Span<char> line = stackalloc char[256];
            line.TryWrite(
                CultureInfo.InvariantCulture,
                $"{day:yyyy-MM-dd},{_name},{open:F4},{high:F4},{low:F4},{_price:F4},{_random.NextDouble() - 0.5:R}\n",
                out var length
            );
            writer.Write(line[..length]);
        }
    }
}
