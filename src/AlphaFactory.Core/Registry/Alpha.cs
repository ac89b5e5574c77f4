using System.Globalization;

namespace AlphaFactory.Core.Registry;

/// <summary>Where an alpha stands in its life.</summary>
/// <remarks>
/// Of 64 bits, as each enumeration on what cmdlets give: <c>ConvertTo-Json</c> writes the members of those by name,
/// and of others by number.
/// </remarks>
public enum AlphaStage : long
{
    /// <summary>An idea that is being looked at.</summary>
    Research,

    /// <summary>Good enough to be considered.</summary>
    Candidate,

    /// <summary>In use.</summary>
    Live,

    /// <summary>No longer in use.</summary>
    Retired,
}

/// <summary>Tags in ordinal order; the text form joins them with <c>;</c>.</summary>
public sealed class TagList : System.Collections.ObjectModel.ReadOnlyCollection<string>, IEquatable<TagList>
{
    /// <summary>No tag.</summary>
    public static new TagList Empty { get; } = new([]);

    /// <summary>Sorts the tags and drops repeats (tags are compared without case).</summary>
    public TagList(IEnumerable<string> tags)
        : base([.. tags.Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)]) { }

    private TagList(string[] stored)
        : base(stored) { }

    /// <summary>Reads the text form of a list that this class has put in order before.</summary>
    internal static TagList FromStored(string text) =>
        text.Length == 0 ? Empty : new TagList(text.Split(';'));

    /// <summary>Reads tags from texts, each one tag or several joined with <c>;</c>.</summary>
    public static TagList Parse(IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        List<string> tags =
        [
            .. texts.SelectMany(text => text.Split(';', StringSplitOptions.RemoveEmptyEntries)),
        ];
        return tags.Count == 0 ? Empty : new TagList(tags);
    }

    /// <summary>Whether the other has the same tags, without case.</summary>
    public bool Equals(TagList? other) =>
        other is not null
        && Count == other.Count
        && !this.Except(other, StringComparer.OrdinalIgnoreCase).Any();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TagList);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        this.Aggregate(Count, (hash, tag) => hash ^ StringComparer.OrdinalIgnoreCase.GetHashCode(tag));

    /// <inheritdoc/>
    public override string ToString() => string.Join(';', this);
}

/// <summary>One version of a registered alpha. Versions do not change; tags, stage and description may.</summary>
/// <remarks>
/// Two alphas are equal when all that they say is: where they are stored, the case of their names and the order of
/// their metrics and parameters do not count. They sort by name, then version.
/// </remarks>
public sealed partial record Alpha
{
    // Not public: PowerShell would make one of any object that has a Name, with nothing in the rest.
    internal Alpha() { }

    /// <summary>The name, as it was first registered.</summary>
    public required string Name { get; init; }

    /// <summary>The version, from 1 within the name.</summary>
    public required int Version { get; init; }

    /// <summary>Where it stands in its life.</summary>
    public required AlphaStage Stage { get; init; }

    /// <summary>Its tags.</summary>
    public required TagList Tags { get; init; }

    /// <summary>Its metrics.</summary>
    public required MetricValues Metrics { get; init; }

    /// <summary>Its parameters.</summary>
    public required ParameterValues Parameters { get; init; }

    /// <summary>What it is, in words.</summary>
    public required string Description { get; init; }

    /// <summary>Who registered it.</summary>
    public required string Author { get; init; }

    /// <summary>When it was registered, UTC.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>The run that it came from, or null when its values were fed by hand.</summary>
    public required string? RunId { get; init; }

    /// <summary>The feature set of that run.</summary>
    public required string? FeatureSet { get; init; }

    /// <summary>The version of that set.</summary>
    public required int? FeatureVersion { get; init; }

    /// <summary>The SHA-256 of the expression or the script files.</summary>
    public required string? CodeHash { get; init; }

    /// <summary>The content hash of the data.</summary>
    public required string? DataHash { get; init; }

    /// <summary>The seed of that run's generator.</summary>
    public long? Seed { get; init; }

    /// <summary>
    /// The git commit that was checked out: around the folder in which the run was made, else around the code files
    /// or the folder in which it was registered. Null outside of a repository.
    /// </summary>
    public string? GitCommit { get; init; }

    /// <summary>Whether the code then differed from that commit; null when it cannot be told.</summary>
    public bool? GitDirty { get; init; }

    /// <summary>The version of AlphaFactory that made the run, or registered what was fed by hand.</summary>
    public string? ModuleVersion { get; init; }

    /// <summary>The user whose process did.</summary>
    public string? User { get; init; }

    /// <summary>The machine it did so on.</summary>
    public string? Machine { get; init; }

    /// <summary>The folder of the store that it is in.</summary>
    public required string Store { get; init; }

    /// <summary>The name and the version: <c>momentum v3</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} v{Version}");
}
