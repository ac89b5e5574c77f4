using AlphaFactory.Core;
using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Crash;

/// <summary>Runs a grid of 20,000 sets, keeps what they earn, and says each run that it was given.</summary>
internal static class Grid
{
    public static int Run(string path, string set, bool resume)
    {
        using var store = AlphaStore.Open(path);
        var spec = new ExperimentSpec
        {
            Name = "killed",
            FeatureSet = set,
            Expression = "sma(close, $fast) - sma(close, $slow)",
            Grid = ParameterGrid.Product([
                KeyValuePair.Create("fast", Values(2, 100)),
                KeyValuePair.Create("slow", Values(50, 200)),
            ]),
            SkipLookAheadTest = true,
        };
        var options = new RunOptions { Resume = resume, SaveEquity = true };
        foreach (var run in new ExperimentRunner(store).Run(spec, OperationContext.Silent, options))
        {
            Program.Say(run.RunId);
        }

        return 0;
    }

    private static IReadOnlyList<object?> Values(int first, int count) =>
        [.. Enumerable.Range(first, count).Select(value => (object?)value)];
}
