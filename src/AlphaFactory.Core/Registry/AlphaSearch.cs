using System.Collections;
using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Registry;

/// <summary>
/// The result of a search. It streams: alphas are read while they are enumerated, all from one state of the
/// store, and stopping half-way stops the query. Until the enumeration ends, its store does nothing else.
/// </summary>
public sealed class AlphaSearch : IEnumerable<Alpha>
{
    // How many alphas one statement reads.
    private const int BatchSize = 256;

    private readonly AlphaStore _store;
    private readonly AlphaQuery _query;
    private readonly SearchLimits _limits;
    private readonly OperationContext _context;

    internal AlphaSearch(AlphaStore store, AlphaQuery query, SearchLimits limits, OperationContext context)
    {
        _limits = limits;
        _store = store;
        _query = query;
        _context = context;
    }

    /// <summary>
    /// The names of the metrics that the alphas of this result have, all together. Known from the first alpha on.
    /// </summary>
    public IReadOnlyList<string> MetricNames { get; private set; } = [];

    /// <summary>
    /// How many alphas match, whatever the page. Known from the first alpha on, and after the end, when the query
    /// asks for it; else null.
    /// </summary>
    public long? Total { get; private set; }

    /// <inheritdoc/>
    public IEnumerator<Alpha> GetEnumerator() => _store.Stream(Read, _context.Cancellation).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private IEnumerable<Alpha> Read(SqliteConnection connection)
    {
        if (_query.Filter is not null)
        {
            SearchFunctions.Register(connection);
        }

        var conditions = QueryConditions.Of(_query, _store.Root);
        var known = new SearchNames(connection);
        QueryConditions.WarnOfUnknownNames(connection, known, _query, _context);
        var order = QueryConditions.Order(connection, known, _query, _context);
        var plan = new SearchPlan(connection, known, conditions, _limits);
        Total = _query.CountTotal ? plan.Count() : null;
        using var reader = new AlphaReader(connection, _store.Root);
        using var ids = plan.Ids(order, _query.Skip, _query.First).GetEnumerator();

        var names = new MetricUnion();
        var ahead = Next(ids, _limits.ReadAhead);
        List<Alpha> first = [.. reader.Read(ahead)];
        names.Add(reader.MetricSets.SelectMany(set => set));

        // What is left after the alphas read ahead, kept only when the page cuts it.
        List<long>? rest = null;
        if (ahead.Count < _limits.ReadAhead)
        {
            rest = [];
        }
        else if (_query.First is null && _query.Skip == 0)
        {
            AddSetsBeyond(connection, known, conditions, reader, names);
        }
        else
        {
            rest = Next(ids, int.MaxValue);
            AddSetsOf(connection, rest, reader, names);
        }

        MetricNames = names.Names;
        foreach (var alpha in first)
        {
            yield return alpha;
        }

        foreach (var batch in rest?.Chunk(BatchSize) ?? Batches(ids))
        {
            foreach (var alpha in reader.Read(batch))
            {
                yield return alpha;
            }
        }
    }

    private List<long> Next(IEnumerator<long> ids, int count)
    {
        var next = new List<long>();
        while (next.Count < count && ids.MoveNext())
        {
            _context.Cancellation.ThrowIfCancellationRequested();
            next.Add(ids.Current);
        }

        return next;
    }

    private IEnumerable<IReadOnlyList<long>> Batches(IEnumerator<long> ids)
    {
        while (Next(ids, BatchSize) is { Count: > 0 } batch)
        {
            yield return batch;
        }
    }

    // Most alphas share a few sets of metrics, so there is rarely anything left to look for.
    private void AddSetsBeyond(
        SqliteConnection connection,
        SearchNames known,
        IReadOnlyList<Condition> conditions,
        AlphaReader reader,
        MetricUnion names
    )
    {
        var unseen = connection
            .Query(row => row.GetInt64(0), "SELECT id FROM metric_sets ORDER BY id")
            .Where(set => !names.Covers(reader.MetricNames(set)))
            .ToList();
        if (unseen.Count > 0)
        {
            foreach (
                var set in new SearchPlan(
                    connection,
                    known,
                    [.. conditions, new Condition.MetricSetIs(unseen)],
                    _limits
                )
                    .MetricSets()
                    .Order()
            )
            {
                names.Add(reader.MetricNames(set));
            }
        }
    }

    private static void AddSetsOf(
        SqliteConnection connection,
        List<long> ids,
        AlphaReader reader,
        MetricUnion names
    )
    {
        using var command = connection.Command(
            "SELECT metric_set FROM alphas INDEXED BY alphas_by_id WHERE id = $1",
            0L
        );
        foreach (var id in ids)
        {
            command.Parameters[0].Value = id;
            names.Add(reader.MetricNames((long)command.ExecuteScalar()!));
        }
    }

    /// <summary>Names in the order in which they are met, once each.</summary>
    private sealed class MetricUnion
    {
        private readonly HashSet<string> _seen = new(StringComparer.OrdinalIgnoreCase);
        private readonly List<string> _names = [];

        public IReadOnlyList<string> Names => _names;

        public void Add(IEnumerable<string> names) => _names.AddRange(names.Where(_seen.Add));

        public bool Covers(IEnumerable<string> names) => _seen.IsSupersetOf(names);
    }
}

/// <summary>Where a search changes its ways; the result is the same.</summary>
/// <param name="Rare">Up to how many rows are sorted without a second thought.</param>
/// <param name="ReadAhead">How many alphas are read ahead to learn their metrics; beyond, the database is asked.</param>
/// <param name="Glance">In how many rows a page is looked for before conditions are counted.</param>
internal sealed record SearchLimits(long Rare = 4096, int ReadAhead = 256, long Glance = 256);
