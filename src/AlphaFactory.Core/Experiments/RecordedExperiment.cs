using AlphaFactory.Core.Features;
using AlphaFactory.Core.Provenance;
using AlphaFactory.Core.Risk;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Experiments;

/// <summary>A recorded experiment.</summary>
/// <param name="Row">What the database knows of it.</param>
/// <param name="Record">What its record says.</param>
/// <param name="Edited">Whether a file of it is not as it was written.</param>
internal sealed record RecordedCall(ExperimentRow Row, ExperimentRecord Record, bool Edited)
{
    /// <summary>Reads a record: by the id of a run or of the call, else of the last call of a name.</summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.RunNotFound"/>; <see cref="ErrorId.StoreCorrupt"/>: the record is gone or damaged.
    /// </exception>
    public static RecordedCall Read(AlphaStore store, string? name, string? runId)
    {
        var runs = new ExperimentStore(store);
        var row = runs.FindExperiment(name, runId);
        var folder = runs.Folder(row.Key);
        var file = Path.Combine(folder, ExperimentRecord.FileName);
        if (!File.Exists(file))
        {
            throw new AlphaFactoryException(
                ErrorId.StoreCorrupt,
                $"The record '{file}' of experiment '{row.Name}' is gone. Restore it from a backup."
            )
            {
                Target = file,
            };
        }

        var text = File.ReadAllText(file);
        var results = Path.Combine(folder, RunsFile.FileName);
        var edited =
            ContentHash.OfText(text) != row.SpecHash
            || (
                row.RunsHash is not null
                && (!File.Exists(results) || ContentHash.OfFile(results) != row.RunsHash)
            );
        return new(row, ExperimentRecord.FromJson(text, file), edited);
    }

    /// <summary>Whether a file of its script is gone or was changed.</summary>
    public bool IsScriptChanged() =>
        Record.CodeFiles?.Any(file => !File.Exists(file.Path) || ContentHash.OfFile(file.Path) != file.Sha256)
            is true;

    /// <summary>Makes it ready to run again.</summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.StoreCorrupt"/>: the record was edited, or the data are damaged;
    /// <see cref="ErrorId.FeatureSetNotFound"/>: the data are gone; <see cref="ErrorId.PathNotFound"/> or
    /// <see cref="ErrorId.SpecInvalid"/>: the script is gone, or wrong by now.
    /// </exception>
    public RecordedExperiment Prepare(AlphaStore store, OperationContext context)
    {
        try
        {
            return new(
                Row,
                Record,
                PreparedExperiment.Prepare(store, Record.Spec, context, LoadPolicy()),
                Edited
            );
        }
        catch (AlphaFactoryException error) when (Edited)
        {
            // An edited record that does not even run is damaged, whatever the edit makes of it.
            var file = Path.Combine(new ExperimentStore(store).Folder(Row.Key), ExperimentRecord.FileName);
            throw new AlphaFactoryException(
                ErrorId.StoreCorrupt,
                $"The record of experiment '{Row.Name}' was edited, and does not run any more: {error.Message} "
                    + $"Restore '{file}' from a backup.",
                error
            )
            {
                Target = file,
            };
        }
    }

    /// <summary>The policy as it is now; the default one when its file is gone, which shows as a change.</summary>
    private RiskPolicy LoadPolicy()
    {
        try
        {
            return RiskPolicy.Load(Record.Spec.RiskPolicy);
        }
        catch (AlphaFactoryException error) when (error.Id is ErrorId.PathNotFound or ErrorId.PolicyInvalid)
        {
            return RiskPolicy.Load(null);
        }
    }
}

/// <summary>A recorded experiment made ready to run again, on the version of the data that it ran on.</summary>
/// <param name="Row">What the database knows of it.</param>
/// <param name="Record">What its record says.</param>
/// <param name="Prepared">The experiment, its data loaded.</param>
/// <param name="Edited">Whether a file of it is not as it was written.</param>
internal sealed record RecordedExperiment(
    ExperimentRow Row,
    ExperimentRecord Record,
    PreparedExperiment Prepared,
    bool Edited
)
{
    /// <summary>Makes an experiment ready: by the id of a run or of the call, else the last call of a name.</summary>
    /// <exception cref="AlphaFactoryException">
    /// As <see cref="RecordedCall.Read"/> and <see cref="RecordedCall.Prepare"/>.
    /// </exception>
    public static RecordedExperiment Open(
        AlphaStore store,
        string? name,
        string? runId,
        OperationContext context
    ) => RecordedCall.Read(store, name, runId).Prepare(store, context);

    /// <summary>Whether the data are no longer those that it ran on.</summary>
    public bool DataChanged(CancellationToken cancellation) =>
        Prepared.Set.ContentHash != Row.DataHash
        || VersionFiles.FindChanged(Prepared.Set, cancellation) is not null
        || (
            Prepared.Benchmark?.Set is { } benchmark
            && (
                benchmark.ContentHash != Record.BenchmarkHash
                || VersionFiles.FindChanged(benchmark, cancellation) is not null
            )
        );

    /// <summary>Refuses an experiment whose record or data are no longer those of its runs.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.StoreCorrupt"/>.</exception>
    public RecordedExperiment RequireUntouched(CancellationToken cancellation) =>
        !Edited && !DataChanged(cancellation)
            ? this
            : throw new AlphaFactoryException(
                ErrorId.StoreCorrupt,
                $"The record or the data of experiment '{Row.Key}' of '{Row.Name}' were changed after it ran, so its "
                    + "returns cannot be computed again. Restore the store from a backup; Invoke-LastExperiment "
                    + $"-RunId {Row.Key} shows what changed."
            )
            {
                Target = Row.Key,
            };
}
