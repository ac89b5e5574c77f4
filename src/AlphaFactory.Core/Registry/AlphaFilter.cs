using AlphaFactory.Core.Filtering;

namespace AlphaFactory.Core.Registry;

/// <summary>
/// A boolean condition on alphas in words: <c>sharpe >= 1.2 and (tag = 'fx' or tag = 'rates') and not stage =
/// 'Retired' and param.n > 10</c>. A comparison with what an alpha does not have is false, and its negation true;
/// NaN counts as missing. Texts are compared without case.
/// </summary>
public sealed class AlphaFilter
{
    private AlphaFilter(string text, FilterNode root)
    {
        Text = text;
        Root = root;
    }

    /// <summary>The fields of alphas.</summary>
    internal static FilterFields Fields { get; } =
        new(
            [
                new(FilterKind.Name, "name"),
                new(FilterKind.Version, "version"),
                new(FilterKind.Choice, "stage") { Choices = Enum.GetNames<AlphaStage>() },
                new(FilterKind.Set, "tag"),
                new(FilterKind.Date, "created"),
                new(FilterKind.Latest, "latest"),
                new(FilterKind.Store, "store"),
                Detail(FilterKind.Text, "description"),
                Detail(FilterKind.Text, "author"),
                Detail(FilterKind.Text, "run_id"),
                Detail(FilterKind.Text, "feature_set"),
                Detail(FilterKind.Number, "feature_version"),
                Detail(FilterKind.Text, "code_hash"),
                Detail(FilterKind.Text, "data_hash"),
                Detail(FilterKind.Number, "seed"),
                Detail(FilterKind.Text, "git_commit"),
                Detail(FilterKind.Flag, "git_dirty"),
                Detail(FilterKind.Text, "module_version"),
                Detail(FilterKind.Text, "user"),
                Detail(FilterKind.Text, "machine"),
            ],
            // As the members of an alpha are called.
            [("tags", "tag"), ("createdat", "created"), ("created_at", "created")]
        );

    /// <summary>The filter as it was written.</summary>
    public string Text { get; }

    /// <summary>What it says.</summary>
    internal FilterNode Root { get; }

    /// <summary>Reads a filter.</summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.FilterSyntax"/>, with the place and what was expected there.
    /// </exception>
    public static AlphaFilter Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new AlphaFilter(text, Fields.Read(text));
    }

    /// <summary>What may come at the end of a filter that is being typed, from the words that a store knows.</summary>
    /// <param name="path">The store's folder.</param>
    /// <param name="text">The filter up to the cursor.</param>
    /// <returns>Where the word starts that is being typed, and what may stand there instead.</returns>
    public static (int Start, IReadOnlyList<(string Text, string Tooltip)> Words) Complete(
        string path,
        string text
    ) =>
        new FilterCompletion(
            Fields,
            prefix =>
                AlphaVocabulary.Metrics(path, prefix).Select(metric => (metric.Name, metric.ToString())),
            prefix => AlphaVocabulary.Parameters(path, prefix),
            (field, prefix) =>
                field.Kind switch
                {
                    FilterKind.Set => AlphaVocabulary.Tags(path, prefix).Select(tag => (tag, tag)),
                    FilterKind.Name => AlphaVocabulary
                        .Names(path, prefix)
                        .Select(name => (name.Name, $"{name.Name} v{name.Version}")),
                    _ => [],
                }
        ).Complete(text);

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static FilterField Detail(FilterKind kind, string column) => new(kind, column, column);
}
