using AlphaFactory.Core.Expressions;

namespace AlphaFactory.Core.Features;

/// <summary>A panel, and what its rows were like where an import would have seen to it.</summary>
/// <param name="Panel">The panel. Of rows with the same entity and time it has the last.</param>
/// <param name="DuplicateKeys">How many rows have the entity and time of the row before them.</param>
/// <param name="RowsOutOfOrder">
/// How many rows are earlier than the row of their entity before them, or go on with an entity that had ended.
/// </param>
/// <param name="KnownTimes">
/// When each row became known, entity by entity as the columns of the panel, UTC; the least time where there is no row.
/// Null when the set has no known time.
/// </param>
public sealed record LoadedPanel(
    Panel Panel,
    long DuplicateKeys,
    long RowsOutOfOrder,
    IReadOnlyList<DateTime>? KnownTimes
);
