using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Maintenance;

/// <summary>
/// Makes a store as small and quick as it can be: deletes what dead processes left, rewrites the database without
/// the gaps that removals left, and empties its log. Searches choose their own indexes, so no statistics are gathered.
/// </summary>
/// <param name="store">The store, which the caller keeps open.</param>
public sealed class StoreOptimizer(AlphaStore store)
{
    /// <summary>Optimizes the store, on the way as the result is read. Readers go on; writers wait.</summary>
    /// <param name="confirm">Asked before each step with its target and what is about to be done to it.</param>
    /// <param name="context">The token, and where detail goes.</param>
    /// <returns>What was done.</returns>
    /// <exception cref="AlphaFactoryException">The store cannot be written, or the disk has no room for a second database.</exception>
    public IEnumerable<StoreAction> Run(Func<string, string, bool> confirm, OperationContext context)
    {
        ArgumentNullException.ThrowIfNull(confirm);
        ArgumentNullException.ThrowIfNull(context);
        return StoreRepair
            .Sweep(store, confirm, context)
            .Concat(Rewrite(confirm, context))
            .Concat(StoreRepair.Checkpoint(store, confirm, context));
    }

    private IEnumerable<StoreAction> Rewrite(Func<string, string, bool> confirm, OperationContext context)
    {
        var path = store.DatabasePath;
        if (!confirm(path, "Rewrite the database without gaps"))
        {
            yield break;
        }

        context.Progress(new ProgressReport("Optimizing the store", "database"));
        var before = Size();
        _ = store.Maintain(connection => connection.Execute("VACUUM"), context.Cancellation);
        yield return new StoreAction(
            "Rewritten",
            path,
            $"The database is {StoreSize.Text(Size())} now; it was {StoreSize.Text(before)}."
        );
    }

    private long Size() =>
        store.Read(connection =>
            (long)connection.Scalar("PRAGMA page_count")! * (long)connection.Scalar("PRAGMA page_size")!
        );
}
