namespace AlphaFactory.Core.Experiments;

/// <summary>
/// The weights of some bars: a row an entity, bars ascending in it, behind the weight that was held before the first
/// of them.
/// </summary>
/// <param name="values">Room for entities × stride values.</param>
/// <param name="entities">How many entities there are.</param>
/// <param name="stride">From one entity's row to the next's: the most bars, and one.</param>
internal ref struct WeightBlock(Span<double> values, int entities, int stride)
{
    private readonly Span<double> _values = values[..(entities * stride)];

    /// <summary>How many entities there are.</summary>
    public readonly int Entities => entities;

    /// <summary>How many bars are worked on.</summary>
    public int Bars { get; set; } = stride - 1;

    /// <summary>The weights of an entity.</summary>
    public readonly Span<double> Row(int entity) => _values.Slice(entity * stride + 1, Bars);

    /// <summary>What an entity held before, and its weights.</summary>
    public readonly Span<double> HeldAndRow(int entity) => _values.Slice(entity * stride, Bars + 1);

    /// <summary>The weight of an entity at a bar.</summary>
    public readonly ref double this[int entity, int bar] => ref _values[entity * stride + 1 + bar];

    /// <summary>Holds nothing.</summary>
    public readonly void Clear() => _values.Clear();
}
