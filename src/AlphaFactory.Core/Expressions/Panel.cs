using System.Collections.Concurrent;
using System.Numerics.Tensors;

namespace AlphaFactory.Core.Expressions;

/// <summary>
/// Numbers by column, entity and bar: what an expression is evaluated on. A column is one array of
/// <see cref="EntityCount"/> × <see cref="Bars"/> values, entity by entity, bars ascending in time within each;
/// a missing value is NaN. A panel does not change.
/// </summary>
public sealed class Panel
{
    private readonly Dictionary<string, double[]> _columns;
    private readonly ConcurrentDictionary<string, double[]> _finite = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Makes a panel of arrays that the caller no longer changes.</summary>
    /// <param name="entities">The entities, in ordinal order.</param>
    /// <param name="times">The bars, strictly ascending, of kind UTC.</param>
    /// <param name="columns">Columns by name (without case), each of entities × bars values.</param>
    /// <exception cref="ArgumentException">A column has another length.</exception>
    public Panel(
        IReadOnlyList<string> entities,
        IReadOnlyList<DateTime> times,
        IEnumerable<KeyValuePair<string, double[]>> columns
    )
    {
        ArgumentNullException.ThrowIfNull(entities);
        ArgumentNullException.ThrowIfNull(times);
        Entities = entities;
        Times = times;
        _columns = new(columns, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in _columns)
        {
            if (values.Length != entities.Count * times.Count)
            {
                throw new ArgumentException(
                    $"Column '{name}' has {values.Length} values instead of {entities.Count} × {times.Count}.",
                    nameof(columns)
                );
            }
        }
    }

    /// <summary>The entities, in ordinal order.</summary>
    public IReadOnlyList<string> Entities { get; }

    /// <summary>The bars, ascending, UTC.</summary>
    public IReadOnlyList<DateTime> Times { get; }

    /// <summary>How many entities there are.</summary>
    public int EntityCount => Entities.Count;

    /// <summary>How many bars there are.</summary>
    public int Bars => Times.Count;

    /// <summary>The names of the columns.</summary>
    public IReadOnlyCollection<string> Columns => _columns.Keys;

    /// <summary>Whether there is a column of that name.</summary>
    public bool Has(string column) => _columns.ContainsKey(column);

    /// <summary>All values of a column, entity by entity.</summary>
    /// <exception cref="KeyNotFoundException">There is no such column.</exception>
    public ReadOnlySpan<double> Column(string column) => _columns[column];

    /// <summary>The values of one entity in a column, bars ascending.</summary>
    /// <exception cref="KeyNotFoundException">There is no such column.</exception>
    public ReadOnlySpan<double> Series(string column, int entity) =>
        _columns[column].AsSpan(entity * Bars, Bars);

    /// <summary>All values of a column, entity by entity, those that are infinite missing; nobody changes them.</summary>
    /// <exception cref="KeyNotFoundException">There is no such column.</exception>
    internal double[] FiniteColumn(string column) =>
        _finite.GetOrAdd(
            column,
            name =>
            {
                var values = _columns[name];
                if (!TensorPrimitives.IsInfinityAny<double>(values))
                {
                    return values;
                }

                var finite = (double[])values.Clone();
                Elementwise.DropInfinities(finite);
                return finite;
            }
        );

    /// <summary>The panel as it was known at the end of bar <paramref name="bars"/> − 1: the first bars only.</summary>
    public Panel Truncate(int bars)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bars);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bars, Bars);
        return Cut(0, bars);
    }

    /// <summary>The panel from a bar on.</summary>
    internal Panel From(int bar) => bar == 0 ? this : Cut(bar, Bars - bar);

    private Panel Cut(int first, int bars) =>
        new(
            Entities,
            [.. Times.Skip(first).Take(bars)],
            _columns.Select(column => KeyValuePair.Create(column.Key, Cut(column.Value, first, bars)))
        );

    private double[] Cut(double[] values, int first, int bars)
    {
        var cut = new double[EntityCount * bars];
        for (var entity = 0; entity < EntityCount; entity++)
        {
            values.AsSpan((entity * Bars) + first, bars).CopyTo(cut.AsSpan(entity * bars));
        }

        return cut;
    }
}
