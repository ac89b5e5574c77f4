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
        return new AlphaFilter(text, FilterParser.Read(text));
    }

    /// <summary>The fields that it is about.</summary>
    internal IEnumerable<FilterField> Fields() => Fields(Root);

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static IEnumerable<FilterField> Fields(FilterNode node) =>
        node switch
        {
            FilterNode.And and => and.Terms.SelectMany(Fields),
            FilterNode.Or or => or.Terms.SelectMany(Fields),
            FilterNode.Not not => Fields(not.Term),
            FilterNode.Compare compare => [compare.Field],
            FilterNode.In list => [list.Field],
            FilterNode.Like like => [like.Field],
            FilterNode.Missing missing => [missing.Field],
            _ => [],
        };
}
