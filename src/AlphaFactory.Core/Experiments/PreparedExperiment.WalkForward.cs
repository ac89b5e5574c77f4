using AlphaFactory.Core.Risk;

namespace AlphaFactory.Core.Experiments;

/// <content>The one run of a walk-forward: the grid is searched on the train windows, and what is chosen earns the tests.</content>
internal sealed partial class PreparedExperiment
{
    /// <summary>What a walk-forward chose at each step.</summary>
    public IReadOnlyList<WalkForwardChoice> ChoicesOf(WalkForwardSearch search) =>
        [
            .. search.Steps.Select(
                (step, i) =>
                    new WalkForwardChoice
                    {
                        TrainFrom = TimeOf(step.TrainStart),
                        TrainTo = TimeOf(step.TrainEnd - 1),
                        TestFrom = TimeOf(step.TestStart),
                        TestTo = TimeOf(step.TestEnd - 1),
                        Parameters = search.Chosen[i] < 0 ? null : ParametersOfSet(search.Chosen[i]),
                        TrainSharpe =
                            search.Chosen[i] < 0 ? null : search.Sharpe[i] * Math.Sqrt(PeriodsPerYear),
                    }
            ),
        ];

    /// <summary>A walk-forward may go on when any set of the grid may.</summary>
    private RiskVerdict JudgeGrid(string name, DateTime utcNow)
    {
        var first = Judge(name, ParametersOfSet(0), utcNow);
        // What is wrong with the data or with the size of the grid is wrong with every set.
        var ofParameters = first.Findings.Where(finding => finding.Denies).All(RunJudge.IsOfParameters);
        for (var number = 1L; !first.Allowed && ofParameters && number < Spec.Grid.Count; number++)
        {
            var verdict = Judge(name, ParametersOfSet(number), utcNow);
            if (verdict.Allowed)
            {
                return verdict;
            }
        }

        return first;
    }

    private WalkForwardSearch SearchGrid(IReadOnlyList<WalkForwardStep> steps, CancellationToken cancellation)
    {
        var search = new WalkForwardSearch(steps);
        var number = 0L;
        foreach (
            var scores in OrderedParallel.Run(
                Spec.Grid.Count,
                (set, stop) => Score(search, ParametersOfSet(set), stop),
                Threads,
                static () => { },
                cancellation
            )
        )
        {
            if (scores is not null)
            {
                search.Add(number, scores);
            }

            number++;
        }

        return search;
    }

    // A set that the governor denies is never chosen.
    private (double, double)[]? Score(
        WalkForwardSearch search,
        ParameterValues parameters,
        CancellationToken cancellation
    )
    {
        if (!Judge("", parameters, default).Allowed)
        {
            return null;
        }

        var signal = Evaluate(parameters, new double[_assetReturns.Length], cancellation);
        return search.Score(EarnOn(signal, _windowFirst, cancellation).Returns);
    }

    /// <summary>At each bar the signal of the set that is chosen for the return that it earns.</summary>
    private double[] ChosenSignal(WalkForwardSearch search, CancellationToken cancellation)
    {
        var chosen = new double[_panel.EntityCount * _panel.Bars];
        Array.Fill(chosen, double.NaN);
        foreach (var steps in search.Steps.Index().GroupBy(step => search.Chosen[step.Index]))
        {
            if (steps.Key < 0)
            {
                continue;
            }

            var signal = Evaluate(ParametersOfSet(steps.Key), new double[_assetReturns.Length], cancellation);
            foreach (var (_, step) in steps)
            {
                // The return of bar t is earned by the signal of bar t − lag.
                var from = Math.Max(_windowFirst + 1 + step.TestStart - Spec.Lag, 0);
                var to = Math.Max(_windowFirst + 1 + step.TestEnd - Spec.Lag, 0);
                for (var entity = 0; entity < _panel.EntityCount; entity++)
                {
                    var offset = entity * _panel.Bars;
                    signal.AsSpan(offset + from, to - from).CopyTo(chosen.AsSpan(offset + from));
                }
            }
        }

        return chosen;
    }

    private IEnumerable<KeyValuePair<string, double>> MeasureSearch(
        WalkForwardSearch search,
        BacktestResult result
    )
    {
        var year = Math.Sqrt(PeriodsPerYear);
        var chosen = search.Steps.Index().Where(step => search.Chosen[step.Index] >= 0).ToArray();
        var (sharpe, mean) = PerformanceMetrics.SharpeAndMean(result.Returns);
        var trained = PerformanceMetrics.Mean([.. chosen.Select(step => search.Mean[step.Index])]);
        double[] values =
        [
            PerformanceMetrics.Mean([.. chosen.Select(step => search.Sharpe[step.Index])]) * year,
            sharpe * year,
            search.Steps.Count,
            trained > 0 ? mean / trained : double.NaN,
        ];
        return PerformanceMetrics.OfWalkForward.Zip(values, KeyValuePair.Create);
    }

    private DateTime TimeOf(int windowReturn) => _panel.Times[_windowFirst + 1 + windowReturn];
}
