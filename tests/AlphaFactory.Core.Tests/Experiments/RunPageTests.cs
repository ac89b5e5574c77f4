using AlphaFactory.Core.Experiments;
using CsCheck;

namespace AlphaFactory.Core.Tests.Experiments;

/// <summary>A page by a metric is that of all runs read and sorted, whatever was removed and however they are kept.</summary>
public sealed class RunPageTests : IDisposable
{
    private readonly Lab _lab = new();

    public RunPageTests()
    {
        _lab.ImportSeries("prices", Lab.Walk(40, 1), Lab.Walk(40, 2));
        var spec = Lab.Crossover() with
        {
            Grid = ParameterGrid.Product([Axis("fast", 2, 50), Axis("slow", 3, 30)]),
            SkipLookAheadTest = true,
        };
        _lab.Run(spec);
        _lab.Run(spec with { Name = "other", Split = Lab.Day(20), Position = PositionRule.Rank });
        _lab.Runs.Remove([.. _lab.Find(new RunQuery()).Where((_, i) => i % 7 == 3).Select(run => run.RunId)]);
    }

    public void Dispose() => _lab.Dispose();

    [Fact]
    public void Pages_by_a_metric_are_those_of_sorted_runs()
    {
        var all = _lab.Find(new RunQuery());
        (
            from metric in Gen.OneOf("sharpe", "Turnover", "observations", "oos_sharpe", "sortino")
            from other in Gen.OneOf("sharpe", "max_drawdown", "is_turnover")
            from least in Gen.Double[-0.5, 0.5]
            from bounded in Gen.Bool
            from named in Gen.Bool
            from down in Gen.Bool
            from first in Gen.Long[0, 40]
            from skip in Gen.Long[0, 900]
            select new RunQuery
            {
                Names = named ? ["other"] : [],
                MinMetric = bounded ? new([KeyValuePair.Create(other, least)]) : MetricValues.None,
                SortBy = metric,
                Descending = down,
                First = first,
                Skip = skip,
            }
        ).Sample(
            query =>
            {
                double Key(ExperimentRun run) =>
                    run.Metrics.TryGetValue(query.SortBy!, out var value) && !double.IsNaN(value)
                        ? value * (query.Descending ? -1 : 1)
                        : double.PositiveInfinity;
                var expected = all.Where(run => query.Names.Count == 0 || query.Names.Contains(run.Name))
                    .Where(run =>
                        query.MinMetric.All(bound =>
                            run.Metrics.TryGetValue(bound.Key, out var value) && value >= bound.Value
                        )
                    )
                    .OrderBy(Key)
                    .Skip((int)query.Skip)
                    .Take((int)query.First!.Value);
                Assert.Equal(expected.Select(run => run.RunId), _lab.Find(query).Select(run => run.RunId));
            },
            iter: 60,
            threads: 1
        );
    }

    private static KeyValuePair<string, IReadOnlyList<object?>> Axis(string name, int first, int count) =>
        KeyValuePair.Create<string, IReadOnlyList<object?>>(
            name,
            [.. Enumerable.Range(first, count).Select(value => (object?)value)]
        );
}
