using System.Globalization;
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
        var recordedExperiment = RecordedExperiment.Open(store, name, runId, context);
        var (row, record, experiment, edited) = recordedExperiment;
        experiment.Threads = options.ThrottleLimit;
        var createdAt = context.UtcNow;
        if (!record.Spec.SkipLookAheadTest)
        {
            experiment.TestLookAhead(createdAt, context.Cancellation);
        }

        var tampered = recordedExperiment.DataChanged(context.Cancellation);
        var changed = ChangedInputs(row, record, experiment, edited, tampered);
        using var recorded = (
            only is null
                ? _runs.RunsOf(row.Id, context.Cancellation)
                : _runs.Find(new RunQuery { RunId = runId }, context.Cancellation).Runs
        ).GetEnumerator();
        // A run may have been removed, so the numbers may have gaps.
        IReadOnlyList<long> numbers = only is { } number ? [number] : _runs.Numbers(row.Id);
        var done = 0L;
        var outcomes = OrderedParallel.Run(
            numbers.Count,
            (index, stop) => Execute(experiment, row.Key, numbers[(int)index] - 1, createdAt, stop),
            options.ThrottleLimit,
            () => Report(row, done, numbers.Count, context),
            context.Cancellation
        );
        foreach (var outcome in outcomes)
        {
            // Another process may have removed runs since.
            if (!recorded.MoveNext())
            {
                yield break;
            }

            yield return Compare(recorded.Current, outcome, changed);
            done++;
        }
    }

    private static RunOutcome? Execute(
        PreparedExperiment experiment,
        string key,
        long number,
        DateTime utcNow,
        CancellationToken stop
    ) =>
        number < experiment.RunCount
            ? experiment.Execute(
                ExperimentStore.RunIdOf(key, number + 1),
                experiment.ParametersOf(number),
                utcNow,
                stop
            )
            : null;

    private static void Report(ExperimentRow row, long done, long count, OperationContext context) =>
        context.Progress(
            new ProgressReport(
                $"Re-run of {row.Name}",
                string.Create(CultureInfo.InvariantCulture, $"{done} of {count} runs"),
                100.0 * done / count
            )
        );

    private static List<string> ChangedInputs(
        ExperimentRow row,
        ExperimentRecord record,
        PreparedExperiment experiment,
        bool edited,
        bool tampered
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

        Add(edited, "record");
        Add(experiment.CodeHash != row.CodeHash, "code");
        Add(tampered, "data");
        Add(experiment.Policy.Hash != row.PolicyHash, "policy");
        var (then, now) = (record.Environment, RunEnvironment.Current);
        Add(then.ModuleVersion != now.ModuleVersion, "environment: module version");
        Add(then.Runtime != now.Runtime, "environment: runtime");
        Add(then.OperatingSystem != now.OperatingSystem, "environment: operating system");
        Add(then.Architecture != now.Architecture, "environment: architecture");
        Add(then.VectorBits != now.VectorBits, "environment: vector width");
        return changed;
    }

    private static ReproductionResult Compare(
        ExperimentRun recorded,
        RunOutcome? outcome,
        List<string> changed
    )
    {
        var status = outcome?.Status;
        var codes = outcome is null ? null : RunCodes.Of(outcome.Verdict);
        var metrics = outcome?.Metrics ?? MetricValues.None;
        var parametersChanged =
            outcome is null
            || ParameterJson.Write(outcome.Parameters) != ParameterJson.Write(recorded.Parameters);
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
            ChangedInputs = new InputNames(parametersChanged ? [.. changed, "parameters"] : changed),
            Metrics = metrics,
        };
    }

    private static bool IsClose(double? before, double? after) =>
        before is { } a
        && after is { } b
        && Math.Abs(a - b) <= Tolerance * Math.Max(Math.Abs(a), Math.Abs(b));
}
