using System.Globalization;

namespace AlphaFactory.Core.Features;

/// <summary>The part of a version that a query asks for, row group by row group.</summary>
internal sealed class FeatureScan
{
    private readonly FeatureQuery _query;
    private readonly FeatureSet _set;
    private readonly VersionReader _reader;
    private readonly OperationContext _context;
    private readonly DateTime _from;
    private readonly DateTime _to;
    private readonly DateTime _asOf;
    private long _withheld;

    /// <summary>Opens the version and checks that the entities are there.</summary>
    public FeatureScan(FeatureQuery query, OperationContext context)
    {
        _query = query;
        _set = query.Set;
        _context = context;
        _reader = VersionReader.Open(_set);
        _from = query.From is { } start ? UtcDate.FromDateTime(start) : DateTime.MinValue;
        _to = query.To is { } end ? UtcDate.FromDateTime(end) : DateTime.MaxValue;
        _asOf = query.AsOf is { } asOf ? UtcDate.FromDateTime(asOf) : DateTime.MaxValue;
        Entities = query.Entities is { } entities
            ? new HashSet<string>(entities, StringComparer.Ordinal)
            : null;
        RequireEntities();
    }

    /// <summary>The entities asked for, or null.</summary>
    public HashSet<string>? Entities { get; }

    /// <summary>The time column, and the entity column if there is one.</summary>
    public int[] Keys =>
        _set.EntityColumn is { } entity
            ? [IndexOf(_set, _set.TimeColumn), IndexOf(_set, entity)]
            : [IndexOf(_set, _set.TimeColumn)];

    /// <summary>Where a version has a column, by its name without case.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.SchemaMismatch"/>.</exception>
    public static int IndexOf(FeatureSet set, string name)
    {
        for (var i = 0; i < set.Columns.Count; i++)
        {
            if (string.Equals(set.Columns[i].Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        throw new AlphaFactoryException(
            ErrorId.SchemaMismatch,
            $"Feature set '{set.Name}' (version {set.Version}) has no column '{name}'. "
                + Nearest.Hint(name, [.. set.Columns.Select(column => column.Name)], "It has", "")
        )
        {
            Target = name,
        };
    }

    /// <summary>Columns of row groups, and which of their rows are asked for, in the order of the version.</summary>
    public IEnumerable<(ColumnData[] Columns, int[] Rows)> Chunks(int[] columns)
    {
        _withheld = 0;
        var chunks = _reader.Read(
            columns,
            group => group.To >= _from && group.From <= _to && MayHoldEntity(group),
            Matching,
            _context.Cancellation
        );
        foreach (var chunk in chunks)
        {
            yield return chunk;
        }

        if (_query.AsOf is not null && _set.KnownColumn is not null)
        {
            var rows = _withheld.ToString("N0", CultureInfo.InvariantCulture);
            _context.Verbose(
                $"Withheld {rows} rows of '{_set.Name}' that became known after {UtcDate.Format(_asOf)}."
            );
        }
    }

    /// <summary>The rows are sorted by key, then known time: the last one known of a key replaces those before.</summary>
    private int[] Matching(TimestampColumn times, TextColumn? entities, TimestampColumn? known)
    {
        var rows = new List<int>(times.Count);
        for (var row = 0; row < times.Count; row++)
        {
            var time = times.Values[row];
            if (
                time < _from
                || time > _to
                || (Entities is not null && entities is not null && !Entities.Contains(entities.Values[row]!))
            )
            {
                continue;
            }

            if (known?.Values[row] > _asOf)
            {
                _withheld++;
            }
            else if (known is not null && !_query.History && IsSameKey(times, entities, rows, row))
            {
                rows[^1] = row;
            }
            else
            {
                rows.Add(row);
            }
        }

        return [.. rows];
    }

    private static bool IsSameKey(TimestampColumn times, TextColumn? entities, List<int> rows, int row) =>
        rows.Count > 0
        && times.Values[rows[^1]] == times.Values[row]
        && (entities is null || entities.Values[rows[^1]] == entities.Values[row]);

    private bool MayHoldEntity(ManifestRowGroup group) =>
        Entities is null
        || group.FirstEntity is null
        || Entities.Any(entity =>
            string.CompareOrdinal(group.FirstEntity, entity) <= 0
            && string.CompareOrdinal(entity, group.LastEntity) <= 0
        );

    private void RequireEntities()
    {
        if (Entities is null)
        {
            return;
        }

        var found = Known(MayHoldEntity);
        if (Entities.FirstOrDefault(entity => !found.Contains(entity)) is { } unknown)
        {
            throw new AlphaFactoryException(
                ErrorId.SchemaMismatch,
                $"Feature set '{_set.Name}' (version {_set.Version}) has no entity '{unknown}' (case counts). "
                    + Nearest.Hint(unknown, [.. Known(_ => true).Order(StringComparer.Ordinal)], "It has", "")
            )
            {
                Target = unknown,
            };
        }
    }

    private HashSet<string> Known(Func<ManifestRowGroup, bool> mayMatch)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        if (_set.EntityColumn is null)
        {
            known.Add(_set.Name);
            return known;
        }

        foreach (var (chunk, _) in _reader.Read([Keys[1]], mayMatch, (_, _, _) => [0], _context.Cancellation))
        {
            known.UnionWith(((TextColumn)chunk[0]).Distinct);
        }

        return known;
    }
}
