namespace AlphaFactory.Core.Registry;

/// <summary>One thing that happened to an alpha. Entries stay when the alpha is removed.</summary>
public sealed record AlphaHistoryEntry
{
    /// <summary>When, UTC.</summary>
    public required DateTime At { get; init; }

    /// <summary>The user and the machine: <c>ann@desk7</c>.</summary>
    public required string Who { get; init; }

    /// <summary>What was done: <c>register</c>, <c>set</c>, <c>unregister</c>…</summary>
    public required string Action { get; init; }

    /// <summary>The name of the alpha.</summary>
    public required string Name { get; init; }

    /// <summary>The version.</summary>
    public required int? Version { get; init; }

    /// <summary>What was changed: <c>Stage</c>, <c>Tags</c>, <c>Description</c>… Null when all of it was.</summary>
    public required string? What { get; init; }

    /// <summary>What it was before.</summary>
    public required string? Old { get; init; }

    /// <summary>What it is since.</summary>
    public required string? New { get; init; }

    /// <summary>Why, in the words of who did it.</summary>
    public required string? Reason { get; init; }

    /// <summary>The entry in one line: <c>2026-01-02 ann@desk7 set mom v1 Stage: Research → Live</c>.</summary>
    public override string ToString() =>
        $"{UtcDate.Format(At)} {Who} {Action} {Name} v{Version}"
        + (What is null ? "" : $" {What}: {Old} → {New}");
}

/// <summary>What to look for in the history. Everything given must hold; both ends of an interval are inclusive.</summary>
public sealed record AlphaHistoryQuery
{
    /// <summary>A name, with PowerShell's wildcards; null is all.</summary>
    public string? Name { get; init; }

    /// <summary>Versions: any of them.</summary>
    public IReadOnlyList<int> Versions { get; init; } = [];

    /// <summary>Then or later.</summary>
    public DateTime? Since { get; init; }

    /// <summary>Then or earlier.</summary>
    public DateTime? Until { get; init; }

    /// <summary>How many at most; null is all.</summary>
    public long? First { get; init; }

    /// <summary>How many to leave out from the start.</summary>
    public long Skip { get; init; }
}
