using AlphaFactory.Core.Filtering;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Experiments;

/// <summary>
/// A boolean condition on runs in words: <c>sharpe >= 1.2 and param.fast &lt; 20 and not code = 'DATA_STALE'</c>, in the
/// language of <c>Get-Alpha -Filter</c>. A comparison with what a run does not have is false, and its negation true; NaN
/// counts as missing. Texts are compared without case.
/// </summary>
public sealed class RunFilter
{
    private RunFilter(string text, FilterNode root)
    {
        Text = text;
        Root = root;
    }

    /// <summary>The fields of runs. Those of the whole call are columns of <c>e</c>, those of a run of <c>r</c>.</summary>
    internal static FilterFields Fields { get; } =
        new(
            [
                new(FilterKind.Name, "name", "e.name"),
                new(FilterKind.Choice, "status", "r.status") { Choices = Enum.GetNames<RunStatus>() },
                new(FilterKind.Set, "code", "r.codes"),
                new(FilterKind.Date, "created", "e.created_at"),
                new(FilterKind.Date, "from", "e.time_from"),
                new(FilterKind.Date, "to", "e.time_to"),
                new(FilterKind.Text, "run_id", "e.key || '.' || r.number"),
                new(FilterKind.Text, "experiment_id", "e.key"),
                new(FilterKind.Text, "feature_set", "e.feature_set"),
                new(FilterKind.Number, "feature_version", "e.feature_version"),
                new(FilterKind.Text, "code_hash", "e.code_hash"),
                new(FilterKind.Text, "data_hash", "e.data_hash"),
                new(FilterKind.Text, "equity_hash", "r.equity_hash"),
                new(FilterKind.Number, "seed", "e.seed"),
                new(FilterKind.Number, "duration", "r.duration / 1e6"),
            ],
            [("codes", "code"), ("createdat", "created"), ("created_at", "created")]
        );

    /// <summary>The filter as it was written.</summary>
    public string Text { get; }

    /// <summary>What it says.</summary>
    internal FilterNode Root { get; }

    /// <summary>Reads a filter.</summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.FilterSyntax"/>, with the place and what was expected there.
    /// </exception>
    public static RunFilter Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new RunFilter(text, Fields.Read(text));
    }

    /// <summary>What may come at the end of a filter that is being typed, from the words that a store knows.</summary>
    /// <param name="path">The store's folder.</param>
    /// <param name="text">The filter up to the cursor.</param>
    /// <returns>Where the word starts that is being typed, and what may stand there instead.</returns>
    public static (int Start, IReadOnlyList<(string Text, string Tooltip)> Words) Complete(
        string path,
        string text
    )
    {
        using var store = AlphaStore.Open(path);
        var runs = new ExperimentStore(store);
        return new FilterCompletion(
            Fields,
            prefix =>
                from metric in runs.MetricNames()
                where metric.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
                select (metric, metric),
            runs.ParameterNames,
            (field, prefix) =>
                field.Kind == FilterKind.Name ? runs.Names(prefix).Select(name => (name, name)) : []
        ).Complete(text);
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
