namespace AlphaFactory.Core.Experiments;

/// <summary>What all trials of an experiment's name amount to.</summary>
public sealed record ExperimentMeasure
{
    /// <summary>The experiment's name.</summary>
    public required string Name { get; init; }

    /// <summary>The runs that were completed or stopped under the name, ever, removed ones included.</summary>
    public required long Trials { get; init; }

    /// <summary>How many runs are recorded now, rejected ones included.</summary>
    public required long Runs { get; init; }

    /// <summary>The mean of the trials' Sharpe ratios per period; NaN when there is none.</summary>
    public required double SharpeMean { get; init; }

    /// <summary>The sample variance of the trials' Sharpe ratios per period; NaN when there are fewer than two.</summary>
    public required double SharpeVariance { get; init; }

    /// <summary>The recorded run with the highest Sharpe ratio per period; null when no run has one.</summary>
    public required string? BestRunId { get; init; }

    /// <summary>The parameters of the best run; null when there is none.</summary>
    public required ParameterValues? BestParameters { get; init; }

    /// <summary>The Sharpe ratio of the best run, a year; NaN when there is none.</summary>
    public required double BestSharpe { get; init; }

    /// <summary>The Sharpe ratio of the best run, per period; NaN when there is none.</summary>
    public required double BestSharpePerPeriod { get; init; }

    /// <summary>The Sharpe ratio per period that the best of so many trials without skill is expected to have.</summary>
    public required double ExpectedMaximumSharpe { get; init; }

    /// <summary>The probability that the best run's true Sharpe ratio is above 0, as if it were the only trial.</summary>
    public required double Psr { get; init; }

    /// <summary>The deflated Sharpe ratio: that it is above <see cref="ExpectedMaximumSharpe"/>.</summary>
    public required double Dsr { get; init; }

    /// <summary>The probability of backtest overfitting of the last call's runs; null unless asked for and possible.</summary>
    public double? Pbo => Overfitting?.Pbo;

    /// <summary>How <see cref="Pbo"/> came about; null when that is.</summary>
    public BacktestOverfittingResult? Overfitting { get; init; }
}
