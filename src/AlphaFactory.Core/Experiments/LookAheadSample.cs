namespace AlphaFactory.Core.Experiments;

/// <summary>
/// Which sets of a grid are tested for look-ahead: the first and the last, and for each parameter those with its
/// smallest and its largest number and with each flag or text, so that every branch and the longest window is seen.
/// </summary>
internal static class LookAheadSample
{
    /// <summary>So many sets are tested at most.</summary>
    public const int Most = 32;

    /// <summary>The numbers of the sets, from 0, in order, each once.</summary>
    public static IReadOnlyList<long> Of(ParameterGrid grid) =>
        [
            .. new[] { 0, grid.Count - 1 }
                .Concat(grid.Axes is null ? OfList(grid) : OfProduct(grid.Axes))
                .Distinct()
                .Take(Most)
                .Order(),
        ];

    // One axis at its ends, the others at their first value: the last axis changes fastest.
    private static IEnumerable<long> OfProduct(IReadOnlyList<GridAxis> axes)
    {
        var step = 1L;
        for (var axis = axes.Count - 1; axis >= 0; axis--)
        {
            foreach (var place in Ends([.. axes[axis].Values]))
            {
                yield return place * step;
            }

            if (step > long.MaxValue / axes[axis].Values.Count)
            {
                yield break;
            }

            step *= axes[axis].Values.Count;
        }
    }

    private static IEnumerable<long> OfList(ParameterGrid grid) =>
        grid.Names.SelectMany(name => Ends([.. grid.Sets!.Select(set => set.GetValueOrDefault(name))]));

    private static IEnumerable<long> Ends(object?[] values)
    {
        var (least, most) = (-1, -1);
        var seen = new HashSet<object>();
        for (var i = 0; i < values.Length; i++)
        {
            if (Number(values[i]) is { } number)
            {
                least = least < 0 || number < Number(values[least]) ? i : least;
                most = most < 0 || number > Number(values[most]) ? i : most;
            }
            else if (values[i] is { } other && seen.Add(other))
            {
                yield return i;
            }
        }

        if (least >= 0)
        {
            yield return least;
            yield return most;
        }
    }

    private static double? Number(object? value) =>
        value switch
        {
            long number => number,
            double number when !double.IsNaN(number) => number,
            _ => null,
        };
}
