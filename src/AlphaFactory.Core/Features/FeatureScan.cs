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
    private readonly int _time;
    private readonly int? _entity;
    private readonly int? _known;
    private int[] _all = [];
    private long _withheld;

    /// <summary>Opens the version and checks that the entities are there.</summary>
    public FeatureScan(FeatureQuery query, OperationContext context)
    {
        _query = query;
        _set = query.Set;
        _context = context;
        _reader = VersionReader.Open(_set);
        _time = IndexOf(_set, _set.TimeColumn);
        _entity = _set.EntityColumn is { } entity ? IndexOf(_set, entity) : null;
        _known = _set.KnownColumn is { } known ? IndexOf(_set, known) : null;
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
    public int[] Keys => _entity is { } entity ? [_time, entity] : [_time];

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
        foreach (var group in _reader.RowGroups(MayMatch, _context.Cancellation))
        {
            var rows = Matching(group);
            if (rows.Length > 0)
            {
                yield return (group.Read(columns), rows);
            }
        }

        TellWithheld();
    }

    /// <summary>
    /// Finds the rows that are asked for in each row group, and takes something from them; from several row groups at
    /// once.
    /// </summary>
    /// <param name="take">Takes something from a row group, of which it has some rows.</param>
    /// <returns>What was taken, in the order of the version.</returns>
    public T[] Select<T>(Func<VersionGroup, int[], T> take)
    {
        _withheld = 0;
        var taken = new T[_reader.Count(MayMatch)];
        ForEach((group, index) => taken[index] = take(group, Matching(group)));
        TellWithheld();
        return taken;
    }

    /// <summary>Does some work with each row group that <see cref="Select"/> took something from.</summary>
    /// <param name="work">The work, with a row group and its number.</param>
    /// <param name="inTurn">Whether row groups come one after the other, and not several at once.</param>
    public void ForEach(Action<VersionGroup, int> work, bool inTurn = false)
    {
        if (!inTurn)
        {
            _reader.ForEach(MayMatch, work, _context.Cancellation);
            return;
        }

        var next = 0;
        foreach (var group in _reader.RowGroups(MayMatch, _context.Cancellation))
        {
            work(group, next++);
        }
    }

    private void TellWithheld()
    {
        if (_query.AsOf is not null && _set.KnownColumn is not null)
        {
            _context.Verbose(
                $"Withheld {Amount.Of(_withheld, "row")} of '{_set.Name}' that became known after {UtcDate.Format(_asOf)}."
            );
        }
    }

    /// <summary>The entities of a row group, each with its first row, and the row after its last.</summary>
    public IEnumerable<EntityRows> EntitiesOf(VersionGroup group)
    {
        var count = (int)group.Info.Rows;
        if (_entity is not { } column)
        {
            yield return new EntityRows(_set.Name, 0, count);
            yield break;
        }

        if (group.Info.Entities is { } listed)
        {
            var start = 0;
            foreach (var (name, rows) in listed)
            {
                yield return new EntityRows(name, start, start += rows);
            }

            yield break;
        }

        var names = (TextColumn)group[column];
        for (int start = 0, end; start < count; start = end)
        {
            end = EndOfEntity(names.Values, start);
            yield return new EntityRows(names.Values[start]!, start, end);
        }
    }

    /// <summary>
    /// The rows of a group that are asked for; keys are read only where they matter. The rows are sorted by key, then
    /// known time: the last one known of a key replaces those before.
    /// </summary>
    private int[] Matching(VersionGroup group)
    {
        var inTime = group.Info.From >= _from && group.Info.To <= _to;
        var known = _known is { } at ? (TimestampColumn)group[at] : null;
        var count = (int)group.Info.Rows;
        if (inTime && known is null && Entities is null)
        {
            return All(count);
        }

        var times = (TimestampColumn)group[_time];
        var rows = new List<int>(Entities is null ? count : 0);
        foreach (var (entity, start, end) in EntitiesOf(group))
        {
            if (Entities?.Contains(entity) ?? true)
            {
                Add(rows, times.Values, known, start, end);
            }
        }

        return [.. rows];
    }

    private void Add(List<int> rows, ReadOnlySpan<DateTime> times, TimestampColumn? known, int start, int end)
    {
        var first = rows.Count;
        for (var row = start; row < end; row++)
        {
            if (times[row] < _from || times[row] > _to)
            {
                continue;
            }

            if (known?.Values[row] > _asOf)
            {
                Interlocked.Increment(ref _withheld);
            }
            else if (
                known is not null
                && !_query.History
                && rows.Count > first
                && times[rows[^1]] == times[row]
            )
            {
                rows[^1] = row;
            }
            else
            {
                rows.Add(row);
            }
        }
    }

    /// <summary>Where the rows of an entity end; equal names of a column are one object.</summary>
    private static int EndOfEntity(ReadOnlySpan<string?> names, int start)
    {
        var end = start + 1;
        while (end < names.Length && ReferenceEquals(names[end], names[start]))
        {
            end++;
        }

        return end;
    }

    private int[] All(int count)
    {
        var all = _all;
        if (all.Length != count)
        {
            _all = all = [.. Enumerable.Range(0, count)];
        }

        return all;
    }

    private bool MayMatch(ManifestRowGroup group) =>
        group.To >= _from && group.From <= _to && MayHoldEntity(group);

    private bool MayHoldEntity(ManifestRowGroup group) =>
        Entities is null
        || group.FirstEntity is null
        || (group.Entities?.Any(entity => Entities.Contains(entity.Name)) ?? true)
            && Entities.Any(entity =>
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

    private HashSet<string> Known(Func<ManifestRowGroup, bool> mayMatch) =>
        _reader
            .RowGroups(mayMatch, _context.Cancellation)
            .SelectMany(EntitiesOf)
            .Select(rows => rows.Entity)
            .ToHashSet(StringComparer.Ordinal);
}

/// <summary>The rows of an entity in a row group: the first, and the one after the last.</summary>
internal readonly record struct EntityRows(string Entity, int Start, int End);
