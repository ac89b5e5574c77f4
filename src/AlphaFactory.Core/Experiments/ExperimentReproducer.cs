using AlphaFactory.Core.Provenance;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Experiments;

/// <summary>Runs recorded experiments again, from their record alone, and compares. A re-run is no trial: nothing is recorded.</summary>
/// <param name="store">The store, which the caller keeps open and uses on the same thread.</param>
public sealed class ExperimentReproducer(AlphaStore store)
{
    private const double Tolerance = 1e-9;

    private readonly ExperimentStore _runs = new(store);

    /// <summary>Runs an experiment again on the version of the data that it ran on.</summary>
    /// <param name="name">The experiment's name, of which the last call is taken; null takes the last of all.</param>
    /// <param name="runId">The id of one run, or of an experiment for all its runs; null takes all runs of the last call.</param>
    /// <param name="context">The token and the callbacks, which are called on the enumerating thread only.</param>
    /// <param name="options">How to carry it out.</param>
    /// <returns>One result for each recorded run, in order.</returns>
    /// <exception cref="AlphaFactoryException">
    /// While enumerating: <see cref="ErrorId.RunNotFound"/>; <see cref="ErrorId.StoreCorrupt"/>: the record or the
    /// data are damaged; <see cref="ErrorId.FeatureSetNotFound"/>: the data are gone.
    /// </exception>
    public IEnumerable<ReproductionResult> Run(
        string? name,
        string? runId,
        OperationContext context,
        RunOptions? options = null
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        return RunCore(name, runId, context, options ?? new RunOptions());
    }

    private IEnumerable<ReproductionResult> RunCore(
        string? name,
        string? runId,
        OperationContext context,
        RunOptions options
    )
    {
        var (_, only) = ExperimentStore.SplitId(runId);
        var call = RecordedCall.Read(store, name, runId);
        var createdAt = context.UtcNow;
        var rerun = Prepare(call, createdAt, options, context);
        var changed = ChangedInputs(call, rerun, context.Cancellation);
        using var recorded = (
            only is null
                ? _runs.RunsOf(call.Row.Id, context.Cancellation)
                : _runs.Find(new RunQuery { RunId = runId }, context.Cancellation).Runs
        ).GetEnumerator();
        var numbers = only is { } number
            ? RunNumbers.Only(number)
            : store.Read(connection => RunNumbers.Of(connection, call.Row.Id));
        var (done, failed) = (0L, false);
        var progress = new RunProgress($"Re-run of {call.Row.Name}", numbers.Count, begun: 0, context);
        var outcomes = OrderedParallel.Run(
            numbers.Count,
            (index, stop) => Execute(call, rerun?.Prepared, numbers[index] - 1, createdAt, stop),
            options.ThrottleLimit,
            () => progress.Report(done),
            context.Cancellation
        );
        var isLeft = recorded.MoveNext();
        foreach (var (index, outcome) in outcomes.Index())
        {
            // Another process may have removed runs since.
            if (!isLeft || ExperimentStore.SplitId(recorded.Current.RunId).Number != numbers[index])
            {
                continue;
            }

            if (outcome.Failure is { } failure && !failed)
            {
                failed = true;
                context.Warn(NotRun(call, failure));
            }

            yield return Compare(recorded.Current, outcome, changed);
            progress.Report(++done);
            isLeft = recorded.MoveNext();
        }
    }

    /// <summary>The experiment ready to run; null when it is a script that was changed until it cannot be run.</summary>
    private RecordedExperiment? Prepare(
        RecordedCall call,
        DateTime utcNow,
        RunOptions options,
        OperationContext context
    )
    {
        RecordedExperiment rerun;
        try
        {
            rerun = call.Prepare(store, context);
        }
        catch (AlphaFactoryException error) when (IsOfChangedScript(error, call))
        {
            context.Warn(NotRun(call, error));
            return null;
        }

        rerun.Prepared.Threads = options.ThrottleLimit;
        try
        {
            if (!call.Record.Spec.SkipLookAheadTest)
            {
                rerun.Prepared.TestLookAhead(utcNow, context.Cancellation);
            }
        }
        catch (AlphaFactoryException error) when (IsOfChangedScript(error, call))
        {
            // Its runs fail for the same reason, and say so.
        }

        return rerun;
    }

    /// <summary>Whether an error is that of a script that is not what it was.</summary>
    private static bool IsOfChangedScript(AlphaFactoryException error, RecordedCall call) =>
        error.Id is ErrorId.PathNotFound or ErrorId.SpecInvalid && call.IsScriptChanged();

    private static string NotRun(RecordedCall call, AlphaFactoryException error) =>
        $"The script of experiment '{call.Row.Name}' is not what it was, and cannot be run: {error.Message}";

    private static Rerun Execute(
        RecordedCall call,
        PreparedExperiment? experiment,
        long number,
        DateTime utcNow,
        CancellationToken stop
    )
    {
        if (experiment is null || number >= experiment.RunCount)
        {
            return new(null, HasSet: experiment is null);
        }

        try
        {
            var name = ExperimentStore.RunIdOf(call.Row.Key, number + 1);
            return new(experiment.Execute(name, experiment.ParametersOf(number), utcNow, stop), HasSet: true);
        }
        catch (AlphaFactoryException error) when (IsOfChangedScript(error, call))
        {
            return new(null, HasSet: true, error);
        }
    }

    private static Changes ChangedInputs(
        RecordedCall call,
        RecordedExperiment? rerun,
        CancellationToken cancellation
    )
    {
        var changed = new List<string>();
        void Add(bool differs, string input)
        {
            if (differs)
            {
                changed.Add(input);
            }
        }

        Add(call.Edited, "record");
        Add(rerun?.Prepared.CodeHash != call.Row.CodeHash, "code");
        Add(rerun?.DataChanged(cancellation) is true, "data");
        Add(rerun is not null && rerun.Prepared.Policy.Hash != call.Row.PolicyHash, "policy");
        var (then, now) = (call.Record.Environment, RunEnvironment.Current);
        Add(then.ModuleVersion != now.ModuleVersion, "environment: module version");
        Add(then.Runtime != now.Runtime, "environment: runtime");
        Add(then.OperatingSystem != now.OperatingSystem, "environment: operating system");
        Add(then.Architecture != now.Architecture, "environment: architecture");
        Add(then.VectorBits != now.VectorBits, "environment: vector width");
        return new(changed, Culture: then.Culture != now.Culture);
    }

    private static ReproductionResult Compare(ExperimentRun recorded, Rerun rerun, Changes changed)
    {
        var outcome = rerun.Outcome;
        var status = outcome?.Status;
        var codes = outcome is null ? null : RunCodes.Of(outcome.Verdict);
        var metrics = outcome?.Metrics ?? MetricValues.None;
        var parametersChanged = outcome is null
            ? !rerun.HasSet
            : ParameterJson.Write(outcome.Parameters) != ParameterJson.Write(recorded.Parameters);
        var differences = new List<ReproductionDifference>();
        if (status != recorded.Status)
        {
            differences.Add(new("Status", recorded.Status, status));
        }

        if (codes?.ToString() != recorded.Codes.ToString())
        {
            differences.Add(new("Codes", recorded.Codes, codes));
        }

        var far = differences.Count > 0;
        if (recorded.EquityHash is { } hash && outcome?.EquityHash != hash)
        {
            differences.Add(new(nameof(ExperimentRun.EquityHash), hash, outcome?.EquityHash));
        }

        foreach (
            var name in recorded.Metrics.Keys.Concat(metrics.Keys).Distinct(StringComparer.OrdinalIgnoreCase)
        )
        {
            var before = recorded.Metrics.TryGetValue(name, out var a) ? a : (double?)null;
            var after = metrics.TryGetValue(name, out var b) ? b : (double?)null;
            if (!Nullable.Equals(before, after))
            {
                differences.Add(new(name, before, after));
                far |= !IsClose(before, after);
            }
        }

        return new ReproductionResult
        {
            RunId = recorded.RunId,
            Name = recorded.Name,
            Parameters = recorded.Parameters,
            Verdict =
                differences.Count == 0 ? ReproductionVerdict.Identical
                : far ? ReproductionVerdict.Different
                : ReproductionVerdict.WithinTolerance,
            Differences = new ReproductionDifferences(differences),
            ChangedInputs = new InputNames([
                .. changed.Inputs,
                // Results do not depend on it. Where one came out otherwise it is said nevertheless.
                .. changed.Culture && differences.Count > 0
                    ? ["environment: culture"]
                    : Array.Empty<string>(),
                .. parametersChanged ? ["parameters"] : Array.Empty<string>(),
            ]),
            Metrics = metrics,
        };
    }

    private static bool IsClose(double? before, double? after) =>
        before is { } a
        && after is { } b
        && Math.Abs(a - b) <= Tolerance * Math.Max(Math.Abs(a), Math.Abs(b));

    /// <summary>What the re-run of one run gave.</summary>
    /// <param name="Outcome">The outcome; null when it could not be run.</param>
    /// <param name="HasSet">Whether there is a parameter set of its number.</param>
    /// <param name="Failure">Why its script failed.</param>
    private sealed record Rerun(RunOutcome? Outcome, bool HasSet, AlphaFactoryException? Failure = null);

    /// <summary>The inputs that changed, and whether the culture did.</summary>
    private sealed record Changes(IReadOnlyList<string> Inputs, bool Culture);
}
