namespace AlphaFactory.Core.Features;

/// <summary>What to join: a spine of times (and entities), and the sets whose rows are looked up for each.</summary>
public sealed record JoinRequest
{
    /// <summary>The version whose rows are the spine; null when <see cref="Rows"/> are.</summary>
    public FeatureSet? Spine { get; init; }

    /// <summary>Objects that are the spine, in their own order.</summary>
    public ObjectRows? Rows { get; init; }

    /// <summary>The column of <see cref="Rows"/> that is the time.</summary>
    public string? Time { get; init; }

    /// <summary>The column of <see cref="Rows"/> that is the entity, or null.</summary>
    public string? Entity { get; init; }

    /// <summary>The versions to look up.</summary>
    public required IReadOnlyList<FeatureSet> With { get; init; }

    /// <summary>How much older than the spine's time a row may be, inclusive; null is any age.</summary>
    public TimeSpan? Tolerance { get; init; }
}

/// <summary>
/// Joins sets to a spine as of each row's time: of the rows of the same entity whose time, and known time if the
/// set has one, are not after it, the one of the latest time; of several of that time the latest known.
/// </summary>
internal sealed class FeatureJoin
{
    private readonly JoinRequest _request;
    private readonly OperationContext _context;
    private readonly JoinSpine _spine;
    private readonly List<JoinSide> _sides = [];

    /// <summary>Loads the sets to look up and checks that they fit the spine.</summary>
    public FeatureJoin(JoinRequest request, OperationContext context)
    {
        _request = request;
        _context = context;
        if (request.With.Count == 0)
        {
            throw new AlphaFactoryException(ErrorId.FeatureSetNotFound, "No set to join was named (-With).");
        }

        if (request.Tolerance < TimeSpan.Zero)
        {
            throw new AlphaFactoryException(
                ErrorId.SpecInvalid,
                "A tolerance is how old a row may be, and not negative."
            );
        }

        _spine = request.Spine is { } set
            ? JoinSpine.Of(set, context)
            : JoinSpine.Of(request.Rows ?? new ObjectRows(), request.Time, request.Entity);
        foreach (var with in request.With)
        {
            if (with.EntityColumn is not null && !_spine.HasEntities)
            {
                throw new AlphaFactoryException(
                    ErrorId.SchemaMismatch,
                    $"Feature set '{with.Name}' has entities (column '{with.EntityColumn}') and the spine has none. "
                        + "Name the spine's with -Entity."
                )
                {
                    Target = with.Name,
                };
            }

            _sides.Add(JoinSide.Load(with, context));
        }
    }

    /// <summary>Gives the spine's rows in their order, each with the columns of what was looked up.</summary>
    public IEnumerable<FeatureRow> Rows()
    {
        var names = Names();
        foreach (var (time, entity, values) in _spine.Rows)
        {
            _context.Cancellation.ThrowIfCancellationRequested();
            var joined = new List<object?>(names.Length);
            joined.AddRange(values);
            foreach (var side in _sides)
            {
                var row = side.Find(time, entity, _request.Tolerance);
                foreach (var column in side.Columns)
                {
                    joined.Add(row is { } found ? column[found] : null);
                }
            }

            yield return new FeatureRow(names, joined);
        }
    }

    /// <summary>A column keeps its name when no other has it; else it is <c>set_column</c>, but in the spine.</summary>
    private string[] Names()
    {
        var plain = _spine.Columns.Concat(_sides.SelectMany(side => side.Columns.Select(c => c.Name)));
        var clashing = plain
            .GroupBy(name => name, StringComparer.OrdinalIgnoreCase)
            .Where(group => group.Skip(1).Any())
            .Select(group => group.Key)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var names = new List<string>(_spine.Columns);
        var used = new HashSet<string>(_spine.Columns, StringComparer.OrdinalIgnoreCase);
        foreach (var side in _sides)
        {
            foreach (var column in side.Columns)
            {
                var name = clashing.Contains(column.Name) ? $"{side.Name}_{column.Name}" : column.Name;
                if (!used.Add(name))
                {
                    throw new AlphaFactoryException(
                        ErrorId.SchemaMismatch,
                        $"The join would have the column '{name}' twice. Join the sets one after the other, or leave "
                            + "one out."
                    )
                    {
                        Target = name,
                    };
                }

                names.Add(name);
            }
        }

        return [.. names];
    }
}
