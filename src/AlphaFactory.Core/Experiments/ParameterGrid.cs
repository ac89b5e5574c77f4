using System.Collections.ObjectModel;

namespace AlphaFactory.Core.Experiments;

/// <summary>One axis of a grid: a parameter and the values it takes.</summary>
/// <param name="Name">The parameter.</param>
/// <param name="Values">Its values, in order, brought to the types that parameters have.</param>
public sealed record GridAxis(string Name, IReadOnlyList<object> Values);

/// <summary>
/// The parameter sets of an experiment, in a fixed order: the product of axes (the last one changes fastest), or a
/// list of sets. Sets of a product are made when they are asked for, so a large grid takes no memory.
/// </summary>
public sealed class ParameterGrid
{
    private ParameterGrid(IReadOnlyList<GridAxis>? axes, IReadOnlyList<ParameterValues>? sets, long count)
    {
        Axes = axes;
        Sets = sets;
        Count = count;
    }

    /// <summary>One set without a parameter: what an experiment without a grid runs.</summary>
    public static ParameterGrid One { get; } = new(null, [ParameterValues.None], 1);

    /// <summary>The axes of a product; null for a list.</summary>
    public IReadOnlyList<GridAxis>? Axes { get; }

    /// <summary>The sets of a list; null for a product.</summary>
    public IReadOnlyList<ParameterValues>? Sets { get; }

    /// <summary>How many sets there are; <see cref="long.MaxValue"/> when there are more than that.</summary>
    public long Count { get; }

    /// <summary>The names of all parameters, in the order in which they first appear.</summary>
    public IReadOnlyList<string> Names =>
        Axes is not null
            ? [.. Axes.Select(axis => axis.Name)]
            : [.. Sets!.SelectMany(set => set.Keys).Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>The names of the parameters that take several values.</summary>
    public IReadOnlyList<string> Varying =>
        Axes is not null
            ? [.. Axes.Where(axis => axis.Values.Count > 1).Select(axis => axis.Name)]
            : [.. Names.Where(name => Sets!.Select(set => ValueIn(set, name)).Distinct().Skip(1).Any())];

    /// <summary>The set of an index from 0.</summary>
    public ParameterValues this[long index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return Axes is null ? Sets![(int)index] : OfProduct(Axes, index);
        }
    }

    /// <summary>The value of a parameter in the set of an index from 0, without making the set; null when it has none.</summary>
    public object? ValueAt(long index, string name)
    {
        if (Axes is null)
        {
            return ValueIn(Sets![(int)index], name);
        }

        for (var axis = Axes.Count - 1; axis >= 0; axis--)
        {
            var values = Axes[axis].Values;
            if (Axes[axis].Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return values[(int)(index % values.Count)];
            }

            index /= values.Count;
        }

        return null;
    }

    /// <summary>Every combination of the axes' values, the last axis changing fastest.</summary>
    /// <param name="axes">The axes, in order.</param>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.SpecInvalid"/>: there is no axis, one is empty, a name comes twice, or a value is of a
    /// type that parameters do not have.
    /// </exception>
    public static ParameterGrid Product(IEnumerable<KeyValuePair<string, IReadOnlyList<object?>>> axes)
    {
        ArgumentNullException.ThrowIfNull(axes);
        var read = new List<GridAxis>();
        var count = 1L;
        foreach (var (name, values) in axes)
        {
            if (values.Count == 0)
            {
                throw Invalid(
                    $"The grid has no value for '{name}'. Give it one at least: @{{ {name} = 10, 20 }}."
                );
            }

            if (read.Exists(axis => string.Equals(axis.Name, name, StringComparison.OrdinalIgnoreCase)))
            {
                throw Invalid($"The grid has '{name}' twice (names are compared without case). Keep one.");
            }

            read.Add(new GridAxis(name, [.. values.Select(value => ParameterValues.Normalize(name, value))]));
            count = count > long.MaxValue / values.Count ? long.MaxValue : count * values.Count;
        }

        return read.Count > 0 ? new ParameterGrid(read, null, count) : throw Empty();
    }

    /// <summary>Exactly these sets.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.SpecInvalid"/>: there is no set.</exception>
    public static ParameterGrid List(IEnumerable<ParameterValues> sets)
    {
        ArgumentNullException.ThrowIfNull(sets);
        var read = new ReadOnlyCollection<ParameterValues>([.. sets]);
        return read.Count > 0 ? new ParameterGrid(null, read, read.Count) : throw Empty();
    }

    private static object? ValueIn(ParameterValues set, string name) =>
        set.TryGetValue(name, out var value) ? value : null;

    private static ParameterValues OfProduct(IReadOnlyList<GridAxis> axes, long index)
    {
        var set = new KeyValuePair<string, object>[axes.Count];
        for (var axis = axes.Count - 1; axis >= 0; axis--)
        {
            var values = axes[axis].Values;
            set[axis] = KeyValuePair.Create(axes[axis].Name, values[(int)(index % values.Count)]);
            index /= values.Count;
        }

        return new ParameterValues(set);
    }

    private static AlphaFactoryException Empty() =>
        Invalid(
            "The grid has no parameter set. Write @{ fast = 10, 20; slow = 50, 100 }, or leave -Grid out."
        );

    private static AlphaFactoryException Invalid(string message) => new(ErrorId.SpecInvalid, message);
}
