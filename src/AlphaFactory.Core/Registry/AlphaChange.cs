namespace AlphaFactory.Core.Registry;

/// <summary>What to change of an alpha. Everything else of a version stays as it was registered.</summary>
public sealed record AlphaChange
{
    /// <summary>Tags to add; those that it has already stay.</summary>
    public TagList AddTags { get; init; } = TagList.Empty;

    /// <summary>Tags to take off; those that it does not have do not matter.</summary>
    public TagList RemoveTags { get; init; } = TagList.Empty;

    /// <summary>The stage; any may follow any. Null keeps it.</summary>
    public AlphaStage? Stage { get; init; }

    /// <summary>The description; empty takes it away, null keeps it.</summary>
    public string? Description { get; init; }

    /// <summary>Why, for the history.</summary>
    public string? Reason { get; init; }

    /// <summary>Gives the change back if it can be stored faithfully and does not contradict itself.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.NameInvalid"/>.</exception>
    public AlphaChange Check()
    {
        foreach (var tag in AddTags)
        {
            AlphaDraft.RequireText(Names.RequireTag(tag), "tag");
        }

        if (AddTags.Intersect(RemoveTags, StringComparer.OrdinalIgnoreCase).FirstOrDefault() is { } both)
        {
            throw new AlphaFactoryException(
                ErrorId.NameInvalid,
                $"Tag '{both}' is to be added and removed at once. Name it once."
            )
            {
                Target = both,
            };
        }

        AlphaDraft.RequireText(Description ?? "", "description");
        AlphaDraft.RequireText(Reason ?? "", "reason");
        return this;
    }

    /// <summary>The change in words: <c>set stage to Live, add tags fx</c>.</summary>
    public override string ToString() =>
        string.Join(", ", Parts()) is { Length: > 0 } parts ? parts : "change nothing";

    private IEnumerable<string> Parts()
    {
        if (Stage is { } stage)
        {
            yield return $"set stage to {stage}";
        }

        if (AddTags.Count > 0)
        {
            yield return $"add tags {AddTags}";
        }

        if (RemoveTags.Count > 0)
        {
            yield return $"remove tags {RemoveTags}";
        }

        if (Description is not null)
        {
            yield return "set description";
        }
    }
}
