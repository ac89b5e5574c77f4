using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AlphaFactory.Benchmarks;

/// <summary>One alpha of the generated registry: 8 metrics, 3 tags, 3 parameters.</summary>
internal sealed record GeneratedAlpha(
    string Name,
    int Stage,
    long CreatedAt,
    double[] Metrics,
    string[] Tags,
    long Fast,
    long Slow,
    string Kind,
    string Description,
    string CodeHash,
    string DataHash
)
{
    /// <summary>The names of the metrics of every alpha.</summary>
    public static readonly string[] MetricNames =
    [
        "sharpe",
        "sortino",
        "max_drawdown",
        "volatility",
        "turnover",
        "hit_rate",
        "ic_mean",
        "calmar",
    ];

    private static readonly string[] Families =
    [
        .. "mom carry rev value lowvol quality size season flow vol skew term basis event pairs trend spread gap beta news".Split(
            ' '
        ),
    ];

    private static readonly string[] Assets =
    [
        "fx",
        "rates",
        "equity",
        "credit",
        "energy",
        "metals",
        "crypto",
        "grains",
    ];

    private static readonly string[] Kinds = ["ema", "sma", "wma", "kama", "hull"];

    // 2023-01-01 in microseconds since 1970, and three years.
    private const long FirstDay = 1_672_531_200_000_000;
    private const long Span = 3L * 365 * 86_400 * 1_000_000;

    /// <summary>So many alphas, the same for the same seed; some four versions a name.</summary>
    public static IEnumerable<GeneratedAlpha> Sequence(int count, int seed)
    {
        var random = new Random(seed);
        var names = Math.Max(1, count / 4);
        for (var i = 0; i < count; i++)
        {
            yield return Next(random, names, FirstDay + (long)((double)Span * i / count));
        }
    }

    private static GeneratedAlpha Next(Random random, int names, long createdAt)
    {
        var number = random.Next(names);
        var name = string.Create(
            CultureInfo.InvariantCulture,
            $"{Families[number % Families.Length]}-{number:D6}"
        );
        var sharpe = Normal(random);
        double[] metrics =
        [
            sharpe,
            (1.4 * sharpe) + (0.2 * Normal(random)),
            -random.NextDouble(),
            0.05 + (0.3 * random.NextDouble()),
            2 * random.NextDouble(),
            0.5 + (0.02 * Normal(random)),
            0.02 * Normal(random),
            sharpe / (0.5 + random.NextDouble()),
        ];
        string[] tags =
        [
            "desk=" + "london newyork tokyo zurich sydney".Split(' ')[random.Next(5)],
            Assets[random.Next(Assets.Length)],
            string.Create(CultureInfo.InvariantCulture, $"theme-{random.Next(500):D3}"),
        ];
        Array.Sort(tags, StringComparer.Ordinal);
        var share = random.NextDouble();
        var fast = random.Next(2, 60);
        return new GeneratedAlpha(
            name,
            share < 0.7 ? 0
                : share < 0.9 ? 1
                : share < 0.98 ? 2
                : 3,
            createdAt,
            metrics,
            tags,
            fast,
            fast * random.Next(2, 8),
            Kinds[random.Next(Kinds.Length)],
            $"{name}: {Kinds[random.Next(Kinds.Length)]} crossover on daily closes",
            Hash(random.Next(100_000)),
            Hash(random.Next(100))
        );
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static string Hash(int number) =>
        Convert.ToHexStringLower(
            SHA256.HashData(Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)))
        );
}
