using AlphaFactory.Core.Filtering;
using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Registry;

/// <summary>The alphas of a store: register, search, change and remove.</summary>
/// <param name="store">The store; it stays the caller's to close.</param>
public sealed class AlphaRegistry(AlphaStore store)
{
    /// <summary>How many alphas one transaction registers.</summary>
    public const int BatchSize = 1000;

    /// <summary>Where searches change their ways.</summary>
    internal SearchLimits Limits { get; init; } = new();

    // So many names are looked through for the nearest one.
    private const int NearestAmong = 10_000;

    /// <summary>
    /// Registers each draft as a new version of its name, from 1 without a gap, in transactions of
    /// <see cref="BatchSize"/>. What the sequence gives is durable: a batch is committed before its first alpha
    /// comes out. When the caller stops, batches that it has not reached are not written.
    /// </summary>
    /// <exception cref="AlphaFactoryException">
    /// As <see cref="AlphaDraft.Check"/> says; the batch of the draft is not written. Or the store cannot be used.
    /// </exception>
    public IEnumerable<Alpha> Register(IEnumerable<AlphaDraft> drafts, OperationContext context)
    {
        ArgumentNullException.ThrowIfNull(drafts);
        ArgumentNullException.ThrowIfNull(context);
        var origins = new RunOrigins(store);
        return drafts.Chunk(BatchSize).SelectMany(batch => RegisterBatch(batch, origins, context));
    }

    /// <summary>
    /// Imports the alphas of a file as they were exported, versions and dates included: all of them or, when the
    /// store has another alpha under one's name and version, none. One that the store has already is skipped.
    /// Versions that are not in the file stay free; the next registration of a name comes after its newest.
    /// </summary>
    /// <exception cref="AlphaFactoryException">The store cannot be used.</exception>
    public AlphaImport Import(AlphaFileContent file, OperationContext context)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(context);
        return store.Write(connection => new AlphaImporter(connection, store.Root, context).Import(file));
    }

    /// <summary>Searches; see <see cref="AlphaSearch"/> for how the result is read.</summary>
    /// <exception cref="AlphaFactoryException">
    /// While the result is read: a pattern or the name to sort by is not valid, or the store cannot be used.
    /// </exception>
    public AlphaSearch Search(AlphaQuery query, OperationContext context)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(context);
        return new AlphaSearch(store, query, Limits, context);
    }

    /// <summary>The newest version of a name, or the version given.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.AlphaNotFound"/>, with the nearest name there is.</exception>
    public Alpha Find(string name, int? version = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        var literal = string.Concat(name.Select(letter => $"`{letter}"));
        RequireExists(literal, version);
        var query = new AlphaQuery
        {
            Names = [literal],
            Versions = version is { } number ? [number] : [],
            Latest = version is null,
        };
        return Search(query, OperationContext.Silent).Single();
    }

    /// <summary>
    /// Fails unless a name, and a version of it when one is given, is registered. Of a pattern with wildcards
    /// nothing is required.
    /// </summary>
    /// <returns>True.</returns>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.AlphaNotFound"/>, with the nearest name there is; <see cref="ErrorId.NameInvalid"/>: the
    /// pattern does not close a set.
    /// </exception>
    public bool RequireExists(string nameOrPattern, int? version = null)
    {
        var pattern = WildcardPattern.Parse(nameOrPattern);
        if (
            !pattern.IsExact
            || store.Read(connection => Missing(connection, pattern.Prefix, version)) is not { } missing
        )
        {
            return true;
        }

        throw new AlphaFactoryException(ErrorId.AlphaNotFound, missing) { Target = nameOrPattern };
    }

    /// <summary>
    /// Changes versions in one transaction. Who, when, why, and the old and new values go to the history; what is
    /// so already leaves no trace there.
    /// </summary>
    /// <param name="alphas">The versions to change.</param>
    /// <param name="change">What to change of each.</param>
    /// <param name="missing">Takes the error of each that is not there any more; the rest is changed.</param>
    /// <param name="context">The caller's.</param>
    /// <returns>The versions as they are now, in the order given.</returns>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.NameInvalid"/>: as <see cref="AlphaChange.Check"/> says; or the store cannot be written.
    /// Nothing is changed then.
    /// </exception>
    public IReadOnlyList<Alpha> Change(
        IReadOnlyList<Alpha> alphas,
        AlphaChange change,
        Action<AlphaFactoryException> missing,
        OperationContext context
    )
    {
        ArgumentNullException.ThrowIfNull(change);
        change.Check();
        return Edit(alphas, missing, context, (editor, alpha) => editor.Change(alpha, change));
    }

    /// <summary>
    /// Removes versions in one transaction. Their history stays. When the last version of a name is gone, the name
    /// is free again and starts at version 1; until then no number is given twice.
    /// </summary>
    /// <param name="alphas">The versions to remove.</param>
    /// <param name="reason">Why, for the history.</param>
    /// <param name="missing">Takes the error of each that is not there any more; the rest is removed.</param>
    /// <param name="context">The caller's.</param>
    /// <returns>The versions as they were, in the order given.</returns>
    /// <exception cref="AlphaFactoryException">The store cannot be written; nothing is removed then.</exception>
    public IReadOnlyList<Alpha> Unregister(
        IReadOnlyList<Alpha> alphas,
        string? reason,
        Action<AlphaFactoryException> missing,
        OperationContext context
    )
    {
        AlphaDraft.RequireText(reason ?? "", "reason");
        return Edit(alphas, missing, context, (editor, alpha) => editor.Remove(alpha, reason));
    }

    /// <summary>
    /// What happened to alphas, the newest first. It streams, and until the enumeration ends, its store does
    /// nothing else.
    /// </summary>
    /// <exception cref="AlphaFactoryException">
    /// While it is read: <see cref="ErrorId.AlphaNotFound"/>: there never was an alpha of that name; or the store
    /// cannot be used.
    /// </exception>
    public IEnumerable<AlphaHistoryEntry> History(AlphaHistoryQuery query, OperationContext context)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(context);
        if (
            query.Name is { } name
            && WildcardPattern.Parse(name) is { IsExact: true } exact
            && !store.Read(connection => AlphaHistory.Knows(connection, exact.Prefix))
        )
        {
            RequireExists(name);
        }

        return store.Stream(connection => AlphaHistory.Read(connection, query), context.Cancellation);
    }

    private List<Alpha> Edit(
        IReadOnlyList<Alpha> alphas,
        Action<AlphaFactoryException> missing,
        OperationContext context,
        Func<AlphaEditor, Alpha, Alpha> edit
    )
    {
        ArgumentNullException.ThrowIfNull(alphas);
        ArgumentNullException.ThrowIfNull(missing);
        ArgumentNullException.ThrowIfNull(context);
        var errors = new List<AlphaFactoryException>();
        var edited = store.Write(connection =>
        {
            using var editor = new AlphaEditor(connection, store.Root, context.UtcNow);
            var done = new List<Alpha>(alphas.Count);
            foreach (var alpha in alphas)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                try
                {
                    done.Add(edit(editor, alpha));
                }
                catch (AlphaFactoryException error) when (error.Id == ErrorId.AlphaNotFound)
                {
                    errors.Add(error);
                }
            }

            return done;
        });
        errors.ForEach(missing);
        return edited;
    }

    private string? Missing(SqliteConnection connection, string name, int? version)
    {
        if (connection.Scalar("SELECT max(version) FROM alphas WHERE name = $1", name) is not long newest)
        {
            var names = connection.Query(
                row => row.GetString(0),
                "SELECT name FROM alpha_names ORDER BY name LIMIT $1",
                NearestAmong
            );
            return $"There is no alpha '{name}' in the store at '{store.Root}'.{Nearest.Hint(name, names)}";
        }

        return
            version is null
            || connection.Scalar("SELECT 1 FROM alphas WHERE name = $1 AND version = $2", name, version)
                is not null
            ? null
            : $"Alpha '{name}' has no version {version} in the store at '{store.Root}'; the newest is {newest}.";
    }

    private Alpha[] RegisterBatch(AlphaDraft[] batch, RunOrigins origins, OperationContext context)
    {
        for (var i = 0; i < batch.Length; i++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            batch[i] = origins.Complete(batch[i].Check());
        }

        return store.Write(connection =>
        {
            using var writer = new AlphaWriter(connection, store.Root);
            var now = context.UtcNow;
            var alphas = new Alpha[batch.Length];
            for (var i = 0; i < batch.Length; i++)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                alphas[i] = writer.Register(batch[i], now);
            }

            return alphas;
        });
    }
}
