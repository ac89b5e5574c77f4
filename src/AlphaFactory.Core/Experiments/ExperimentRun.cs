namespace AlphaFactory.Core.Experiments;

/// <summary>How a run ended.</summary>
public enum RunStatus : long
{
    /// <summary>To the last bar.</summary>
    Completed,

    /// <summary>At a stop of the risk policy; the metrics are those up to that bar.</summary>
    Stopped,

    /// <summary>Before the first bar: a risk rule denied it. There are no metrics.</summary>
    Rejected,
}

/// <summary>One backtest of one parameter set, as recorded.</summary>
public sealed record ExperimentRun
{
    // Not public: PowerShell would make one of any object that has a Name, with nothing in the rest.
    internal ExperimentRun() { }

    /// <summary>The run's id: the experiment's, a dot, and the run's number in it from 1.</summary>
    public required string RunId { get; init; }

    /// <summary>The id of the <c>Invoke-Experiment</c> call that made it; the name of its folder.</summary>
    public required string ExperimentId { get; init; }

    /// <summary>The experiment's name.</summary>
    public required string Name { get; init; }

    /// <summary>The parameters of this run.</summary>
    public required ParameterValues Parameters { get; init; }

    /// <summary>The metrics of this run.</summary>
    public required MetricValues Metrics { get; init; }

    /// <summary>How it ended.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>The risk codes that it tripped, warnings included.</summary>
    public required IReadOnlyList<string> Codes { get; init; }

    /// <summary>The first bar, UTC.</summary>
    public required DateTime From { get; init; }

    /// <summary>The last bar, UTC.</summary>
    public required DateTime To { get; init; }

    /// <summary>The seed of the run's generator.</summary>
    public required long Seed { get; init; }

    /// <summary>The feature set it ran on.</summary>
    public required string FeatureSet { get; init; }

    /// <summary>The version of that set.</summary>
    public required int FeatureVersion { get; init; }

    /// <summary>The SHA-256 of the expression's canonical text.</summary>
    public required string CodeHash { get; init; }

    /// <summary>The content hash of the feature set's version.</summary>
    public required string DataHash { get; init; }

    /// <summary>The SHA-256 of its returns, 8 bytes each, in order; null when it was rejected.</summary>
    public string? EquityHash { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }
}
