using System.Globalization;
using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Features;

namespace AlphaFactory.Core.Tests.Experiments;

/// <summary>
/// Import and run against tests/reference/backtest.csv, which tests/reference/backtest.py computed in another
/// language from the definitions.
/// </summary>
public sealed class BacktestReferenceTests
{
    private const double Tolerance = 1e-10;
    private const int FirstMetric = 8;

    private static readonly string[][] Table =
    [
        .. File.ReadLines(Repository.File("tests", "reference", "backtest.csv"))
            .Select(line => line.Split(',')),
    ];

    [Theory]
    [InlineData("sp500", 9)]
    [InlineData("gaps", 6)]
    [InlineData("fx", 7)]
    public void Every_metric_is_that_of_an_independent_calculation(string name, int cases)
    {
        using var lab = new Lab();
        var set = Import(lab, name);
        var rows = Table.Skip(1).Where(row => row[0] == name).ToList();
        Assert.Equal(cases, rows.Count);
        foreach (var row in rows)
        {
            var run = Assert.Single(lab.Run(SpecOf(row, set)));
            Assert.Equal(RunStatus.Completed, run.Status);
            Assert.Equal(Table[0][FirstMetric..], run.Metrics.Keys);
            for (var column = FirstMetric; column < row.Length; column++)
            {
                var expected = double.Parse(row[column], CultureInfo.InvariantCulture);
                var actual = run.Metrics[Table[0][column]];
                Assert.True(
                    Math.Abs(actual - expected) <= Tolerance,
                    $"{string.Join(' ', row[..FirstMetric])}: {Table[0][column]} is {actual:R}, not {expected:R}."
                );
            }
        }
    }

    private static ExperimentSpec SpecOf(string[] row, FeatureSet set) =>
        Lab.Crossover(set.Name) with
        {
            Grid = ParameterGrid.One,
            Parameters = Lab.Set(
                ("fast", int.Parse(row[1], CultureInfo.InvariantCulture)),
                ("slow", int.Parse(row[2], CultureInfo.InvariantCulture))
            ),
            Position = Enum.Parse<PositionRule>(row[3]),
            Lag = int.Parse(row[4], CultureInfo.InvariantCulture),
            CostBps = double.Parse(row[5], CultureInfo.InvariantCulture),
            From = UtcDate.TryParse(row[6], upperEnd: false, out var from) ? from : null,
            To = UtcDate.TryParse(row[7], upperEnd: true, out var to) ? to : null,
        };

    internal static FeatureSet Import(Lab lab, string name) =>
        name switch
        {
            "sp500" => lab.Import(name, Repository.Sp500, null),
            "fx" => lab.Import(name, Repository.Shared("fx-daily.csv"), "symbol"),
            _ => lab.Import(name, lab.Write("gaps.csv", string.Join('\n', Gaps())), "entity"),
        };

    /// <summary>The three series that the script describes.</summary>
    private static IEnumerable<string> Gaps()
    {
        yield return "date,entity,close";
        var rows = File.ReadLines(Repository.Sp500).Skip(1).Select(line => line.Split(',')).ToList();
        for (var i = 0; i < rows.Count; i++)
        {
            // date, open, high, low, close
            var row = rows[i];
            yield return $"{row[0]},a,{row[4]}";
            if (i % 17 != 5)
            {
                yield return $"{row[0]},b,{row[2]}";
            }

            if (i >= 1000)
            {
                yield return $"{row[0]},c,{row[3]}";
            }
        }
    }
}
