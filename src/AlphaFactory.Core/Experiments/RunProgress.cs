using System.Diagnostics;
using System.Globalization;

namespace AlphaFactory.Core.Experiments;

/// <summary>Tells how far work on runs is, and how long the rest takes, a few times a second.</summary>
/// <param name="activity">What is done.</param>
/// <param name="count">How many runs there are.</param>
/// <param name="begun">How many of them were done before.</param>
/// <param name="context">Where it is told.</param>
internal sealed class RunProgress(string activity, long count, long begun, OperationContext context)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly long _started = Stopwatch.GetTimestamp();
    private long _reported = Stopwatch.GetTimestamp();

    /// <summary>Tells it, unless that was done a moment ago.</summary>
    /// <param name="done">How many runs are done.</param>
    public void Report(long done)
    {
        if (Stopwatch.GetElapsedTime(_reported) < Interval)
        {
            return;
        }

        _reported = Stopwatch.GetTimestamp();
        var elapsed = Stopwatch.GetElapsedTime(_started);
        context.Progress(
            new ProgressReport(
                activity,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{done} of {count} runs, {(done - begun) / elapsed.TotalSeconds:0.#} a second"
                ),
                100.0 * done / count,
                done > begun ? elapsed * ((double)(count - done) / (done - begun)) : null
            )
        );
    }
}
