using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Registry;

namespace AlphaFactory.Core.Tests.Filtering;

/// <summary>What is known of an alpha or a run that a filter may ask for.</summary>
/// <param name="Metrics">Its metrics.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Property">A property by the name that filters have for it; null or an empty text where it has none.</param>
internal sealed record Facts(MetricValues Metrics, ParameterValues Parameters, Func<string, object?> Property)
{
    public static Facts Of(Alpha alpha, bool isNewest) =>
        new(
            alpha.Metrics,
            alpha.Parameters,
            name =>
                name switch
                {
                    "name" => alpha.Name,
                    "version" => alpha.Version,
                    "stage" => alpha.Stage,
                    "tag" => alpha.Tags,
                    "created" => alpha.CreatedAt,
                    "latest" => isNewest,
                    "store" => alpha.Store,
                    "description" => alpha.Description,
                    "author" => alpha.Author,
                    "run_id" => alpha.RunId,
                    "feature_version" => alpha.FeatureVersion,
                    "code_hash" => alpha.CodeHash,
                    "seed" => alpha.Seed,
                    "git_dirty" => alpha.GitDirty,
                    _ => throw new NotSupportedException(name),
                }
        );

    public static Facts Of(ExperimentRun run, DateTime createdAt) =>
        new(
            run.Metrics,
            run.Parameters,
            name =>
                name switch
                {
                    "name" => run.Name,
                    "status" => run.Status,
                    "code" => run.Codes,
                    "created" => createdAt,
                    "from" => run.From,
                    "to" => run.To,
                    "run_id" => run.RunId,
                    "experiment_id" => run.ExperimentId,
                    "feature_set" => run.FeatureSet,
                    "feature_version" => run.FeatureVersion,
                    "equity_hash" => run.EquityHash,
                    "seed" => run.Seed,
                    "duration" => run.Duration.TotalSeconds,
                    _ => throw new NotSupportedException(name),
                }
        );
}
