using System.Diagnostics;
using System.Globalization;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Provenance;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Experiments;

/// <summary>How an experiment is carried out; nothing of it reaches the result.</summary>
public sealed record RunOptions
{
    /// <summary>How many runs go on at once.</summary>
    public int ThrottleLimit { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// After so long no further run is begun, and a script that is at work, or a walk-forward, which is one run, is given up;
    /// null goes on to the end.
    /// </summary>
    public TimeSpan? MaxRuntime { get; init; }

    /// <summary>
    /// Goes on with the last call of the same specification, code, data and policy that was cut short, and does the
    /// runs that it left undone.
    /// </summary>
    public bool Resume { get; init; }

    /// <summary>Ends with the error <see cref="ErrorId.RiskDenied"/> at the first run that is rejected or stopped.</summary>
    public bool FailFast { get; init; }

    /// <summary>Keeps the returns of every run in the experiment's folder.</summary>
    public bool SaveEquity { get; init; }

    /// <summary>Draws the best runs into the experiment's folder.</summary>
    public bool Chart { get; init; }

    /// <summary>The user's folder, whose git commit is recorded; null records none.</summary>
    public string? WorkingFolder { get; init; }
}

/// <summary>Runs experiments and records them.</summary>
/// <param name="store">The store, which the caller keeps open and uses on the same thread.</param>
public sealed class ExperimentRunner(AlphaStore store)
{
    /// <summary>Runs are recorded in batches of so many, or after so long, and given out then.</summary>
    private const int Batch = 1024;

    /// <summary>Of returns that are to be kept no more are in memory at once.</summary>
    private const int BatchBars = 200_000;

    private static readonly TimeSpan BatchTime = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Runs every parameter set of a specification, in order. A run is recorded before it is given out. When the
    /// caller stops early, what is complete stays recorded.
    /// </summary>
    /// <param name="spec">What to run.</param>
    /// <param name="context">The token and the callbacks, which are called on the enumerating thread only.</param>
    /// <param name="options">How to carry it out.</param>
    /// <returns>
    /// The runs, in the order of the grid; when a call is resumed, those that it left undone. A run that a risk rule
    /// denies is <see cref="RunStatus.Rejected"/>; of a grid that is too large there is one such run for all. One that
    /// a <c>STOP_</c> rule ends is <see cref="RunStatus.Stopped"/>.
    /// </returns>
    /// <exception cref="AlphaFactoryException">
    /// While enumerating: <see cref="ErrorId.NameInvalid"/>, <see cref="ErrorId.SpecInvalid"/>,
    /// <see cref="ErrorId.ExpressionSyntax"/>, <see cref="ErrorId.FeatureSetNotFound"/>,
    /// <see cref="ErrorId.SchemaMismatch"/>, <see cref="ErrorId.PolicyInvalid"/>,
    /// <see cref="ErrorId.StoreCorrupt"/>: the data are not as they were imported;
    /// <see cref="ErrorId.VersionConflict"/>: another process is at the call that was to be resumed; or what the store
    /// cannot do.
    /// </exception>
    public IEnumerable<ExperimentRun> Run(
        ExperimentSpec spec,
        OperationContext context,
        RunOptions? options = null
    )
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(context);
        return RunCore(spec, context, options ?? new RunOptions());
    }

    private IEnumerable<ExperimentRun> RunCore(
        ExperimentSpec spec,
        OperationContext context,
        RunOptions options
    )
    {
        RequireRuntime(options.MaxRuntime);
        var started = context.Time.GetTimestamp();
        var experiment = PreparedExperiment.Prepare(store, spec, context);
        experiment.Threads = options.ThrottleLimit;
        RequireIntact(experiment.Set, context.Cancellation);
        if (experiment.Benchmark?.Set is { } benchmark)
        {
            RequireIntact(benchmark, context.Cancellation);
        }

        var createdAt = context.UtcNow;
        var record = ExperimentRecord.Of(
            experiment,
            NewId(createdAt),
            createdAt,
            Origin.Here(options.WorkingFolder, experiment.Signal.Script?.Files ?? [])
        );
        var resumed = options.Resume ? ResumedExperiment.Find(store, record) : null;
        record = resumed?.Record ?? record;
        var id = record.ExperimentId;
        var count = CountRuns(experiment, createdAt);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.Cancellation);
        // Scripts, and the one run of a walk-forward, take as long as they like, so they are cut short on their way.
        using var timer =
            (spec.WalkForward is not null || spec.ScriptPath is not null) && options.MaxRuntime is { } longest
                ? context.Time.CreateTimer(_ => limit.Cancel(), null, longest, Timeout.InfiniteTimeSpan)
                : null;
        try
        {
            if (!spec.SkipLookAheadTest)
            {
                experiment.TestLookAhead(createdAt, limit.Token);
            }
        }
        catch (OperationCanceledException) when (!context.Cancellation.IsCancellationRequested)
        {
            // There is no time left for a run, either.
        }

        var log = new RunLog(store, experiment, record, resumed?.Id);
        using var artifacts = new RunArtifacts(store, experiment, id, options, context);
        var selection = new SelectionWarning(experiment.PeriodsPerYear);
        var warned = new HashSet<string>(StringComparer.Ordinal);
        var progress = new RunProgress($"Experiment {spec.Name}", count, resumed?.Done ?? 0, context);
        var pending = new List<RunOutcome>();
        var begun = resumed?.Done ?? 0;
        var done = begun;
        var bars = 0;
        var broken = false;
        var finished = false;
        var lastBatch = Stopwatch.GetTimestamp();
        IReadOnlyList<ExperimentRun> Record(bool stopped = false)
        {
            // Nothing more can be recorded when this fails.
            broken = true;
            var runs = pending.Count == 0 ? [] : log.Append(done + 1, pending);
            broken = false;
            RunOutcome[] outcomes = [.. pending];
            done += pending.Count;
            pending.Clear();
            (bars, lastBatch) = (0, Stopwatch.GetTimestamp());
            foreach (var (run, outcome) in runs.Zip(outcomes))
            {
                selection.Add(run);
                if (!stopped)
                {
                    artifacts.Add(run, outcome.Earned, outcome.Search);
                }
            }

            return runs;
        }

        try
        {
            if (begun > 0)
            {
                artifacts.AddRecorded(begun);
            }

            var outcomes = Until(
                OrderedParallel.Run(
                    count - begun,
                    (index, stop) =>
                        experiment.Execute(
                            ExperimentStore.RunIdOf(id, begun + index + 1),
                            experiment.ParametersOf(begun + index),
                            createdAt,
                            stop,
                            keep: artifacts.Wants
                        ),
                    options.ThrottleLimit,
                    () => progress.Report(done + pending.Count),
                    limit.Token
                ),
                limit.Token,
                context.Cancellation
            );
            foreach (var outcome in outcomes)
            {
                pending.Add(outcome);
                bars += outcome.Earned?.Returns.Length ?? 0;
                Warn(outcome, warned, context);
                if (options.FailFast && !outcome.Verdict.Allowed)
                {
                    Record();
                    throw outcome.Verdict.Denied();
                }

                progress.Report(done + pending.Count);
                if (context.Time.GetElapsedTime(started) >= options.MaxRuntime)
                {
                    break;
                }

                if (
                    pending.Count < Batch
                    && bars < BatchBars
                    && Stopwatch.GetElapsedTime(lastBatch) < BatchTime
                )
                {
                    continue;
                }

                foreach (var run in Record())
                {
                    yield return run;
                }
            }

            foreach (var run in Record())
            {
                yield return run;
            }

            if (done < count)
            {
                context.Warn(OutOfTime(spec, options, done, count));
            }

            selection.Tell(new ExperimentStore(store), context);
            log.Finish(done == count);
            finished = true;
            artifacts.Publish();
        }
        finally
        {
            if (!broken && !finished)
            {
                Record(stopped: true);
                log.Finish(done == count);
            }
        }
    }

    /// <summary>Gives what comes until a limit is reached; what the user stops stays stopped.</summary>
    private static IEnumerable<T> Until<T>(
        IEnumerable<T> source,
        CancellationToken limit,
        CancellationToken cancellation
    )
    {
        using var each = source.GetEnumerator();
        while (true)
        {
            try
            {
                if (!each.MoveNext())
                {
                    yield break;
                }
            }
            catch (OperationCanceledException)
                when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
            {
                yield break;
            }

            yield return each.Current;
        }
    }

    private static string OutOfTime(ExperimentSpec spec, RunOptions options, long done, long count)
    {
        var stopped = string.Create(
            CultureInfo.InvariantCulture,
            $"Stopped after {options.MaxRuntime}, as -MaxRuntime says"
        );
        return stopped
            + (
                spec.WalkForward is not null
                    ? ", on the way through a walk-forward, which is one run: nothing is recorded. Give it more time, or a "
                        + "smaller grid."
                : done == 0 ? ", before the first run was done: nothing is recorded. Give it more time."
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $": {done} of {count} runs are done and recorded, the first of the grid. "
                ) + "The rest was not run: the same with -Resume does it."
            );
    }

    /// <summary>The data hash of a record must be that of the data that the runs see.</summary>
    private static void RequireIntact(FeatureSet set, CancellationToken cancellation)
    {
        if (VersionFiles.FindChanged(set, cancellation) is { } path)
        {
            throw new AlphaFactoryException(
                ErrorId.StoreCorrupt,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{path}' is not what was imported: version {set.Version} of feature set '{set.Name}' was changed. "
                ) + "Restore it from a backup, or import its source again."
            )
            {
                Target = path,
            };
        }
    }

    /// <summary>Of a grid that is too large, one run says so for all.</summary>
    private static long CountRuns(PreparedExperiment experiment, DateTime utcNow)
    {
        const string TooLarge = "PARAM_GRID_TOO_LARGE";
        var verdict = experiment.Judge("", experiment.ParametersOfSet(0), utcNow);
        return verdict.Findings.Any(finding => finding.Code == TooLarge && finding.Denies)
            ? 1
            : experiment.RunCount;
    }

    private static void RequireRuntime(TimeSpan? limit)
    {
        // PowerShell makes ticks of a plain number.
        if (limit < TimeSpan.FromMilliseconds(1))
        {
            throw new AlphaFactoryException(
                ErrorId.SpecInvalid,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"-MaxRuntime is {limit}, which is no time to run in. Write 00:10:00 for ten minutes."
                )
            );
        }
    }

    private static void Warn(RunOutcome outcome, HashSet<string> warned, OperationContext context)
    {
        var what = outcome.Status == RunStatus.Stopped ? "stopped" : "rejected";
        foreach (var finding in outcome.Verdict.Findings)
        {
            if (warned.Add(finding.Code))
            {
                var effect = finding.Denies ? $"Run {outcome.Verdict.Target} is {what}. " : "";
                context.Warn($"{effect}{finding.Code}: {finding.Message} {finding.Remedy}");
            }
        }
    }

    private static string NewId(DateTime createdAt) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{createdAt:yyyyMMdd-HHmmss}-{Guid.NewGuid().ToString("N")[..6]}"
        );
}
