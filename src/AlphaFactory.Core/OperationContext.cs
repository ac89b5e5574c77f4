using AlphaFactory.Core.Experiments;

namespace AlphaFactory.Core;

/// <summary>
/// What a long operation gets from its caller: a way to be stopped, and ways to speak. The callbacks are
/// called on the thread that called the operation (or enumerates its result), never on a worker's.
/// </summary>
public sealed record OperationContext
{
    /// <summary>Runs to the end and says nothing.</summary>
    public static OperationContext Silent { get; } = new();

    /// <summary>Cancelled when the user stops the work.</summary>
    public CancellationToken Cancellation { get; init; } = CancellationToken.None;

    /// <summary>Takes a warning.</summary>
    public Action<string> Warn { get; init; } = static _ => { };

    /// <summary>Takes a line of detail that is shown on request only.</summary>
    public Action<string> Verbose { get; init; } = static _ => { };

    /// <summary>Takes a report of progress.</summary>
    public Action<ProgressReport> Progress { get; init; } = static _ => { };

    /// <summary>Makes a user's script ready, by its full path; null where none can be run.</summary>
    public Func<string, StrategyScript>? Scripts { get; init; }

    /// <summary>The clock of everything that is recorded.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The time now, in UTC, cut to whole microseconds, which is what the store keeps.</summary>
    public DateTime UtcNow
    {
        get
        {
            var now = Time.GetUtcNow().UtcDateTime;
            return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        }
    }
}

/// <summary>How far a long operation has come.</summary>
/// <param name="Activity">What is being done.</param>
/// <param name="Status">How far, in words (rows and rate, runs done).</param>
/// <param name="PercentComplete">0 to 100, or null when the end is not known.</param>
/// <param name="Remaining">The estimated time left, or null when it is not known.</param>
public sealed record ProgressReport(
    string Activity,
    string Status,
    double? PercentComplete = null,
    TimeSpan? Remaining = null
);
