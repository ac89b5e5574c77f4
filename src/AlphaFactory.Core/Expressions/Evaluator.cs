using System.Buffers;
using System.Numerics.Tensors;

namespace AlphaFactory.Core.Expressions;

/// <summary>
/// Computes a formula whose parameters are bound. Every part's values are finite or NaN, for missing; scratch
/// space comes from the shared pool.
/// </summary>
/// <param name="panel">What the columns are taken from.</param>
/// <param name="cache">Where the values of shared parts are kept.</param>
/// <param name="cancellation">Cancelled when the user stops the work.</param>
internal sealed class Evaluator(Panel panel, SeriesCache cache, CancellationToken cancellation)
{
    /// <summary>How many values element-wise operators work on at once: 8 kB of them.</summary>
    private const int Tile = 1024;

    private readonly int _length = panel.EntityCount * panel.Bars;

    /// <summary>The values of <paramref name="node"/> for every entity and bar.</summary>
    public double[] Evaluate(ExpressionNode node)
    {
        var result = new double[_length];
        if (_length > 0)
        {
            Values(node, result).CopyTo(result);
            foreach (ref var value in result.AsSpan())
            {
                // One NaN, whatever made it: results are compared and hashed by their bits.
                value = double.IsNaN(value) ? double.NaN : value;
            }
        }

        return result;
    }

    /// <summary>The values of <paramref name="node"/>: in the room given, or where they are already.</summary>
    public ReadOnlySpan<double> Values(ExpressionNode node, Span<double> room)
    {
        cancellation.ThrowIfCancellationRequested();
        switch (node)
        {
            case CallNode { IsShared: true } shared:
                return Shared(shared);
            case CallNode call:
                Compute(call, room);
                return room;
            case ColumnNode column:
                return WithoutInfinities(panel.Column(column.Name), room);
            default:
                room.Fill(FiniteOf(node));
                return room;
        }
    }

    private void Compute(CallNode call, Span<double> result)
    {
        if (call.Operator.IsElementwise)
        {
            ComputeByTiles(call, result);
            return;
        }

        var rented = new List<double[]>();
        try
        {
            Apply(call, Series(call, 0, rented), Series(call, 1, rented), Series(call, 2, rented), result);
        }
        finally
        {
            rented.ForEach(room => ArrayPool<double>.Shared.Return(room));
        }
    }

    private void Apply(
        CallNode call,
        ReadOnlySpan<double> x,
        ReadOnlySpan<double> y,
        ReadOnlySpan<double> z,
        Span<double> result
    )
    {
        call.Operator.Kernel(
            new KernelCall
            {
                X = x,
                Y = y,
                Z = z,
                Window = (int)Number(call, ArgumentKind.Window) + (int)Number(call, ArgumentKind.Lag),
                Number = Number(call, ArgumentKind.Number),
                Entities = panel.EntityCount,
                Bars = panel.Bars,
                Cancellation = cancellation,
            },
            result
        );
        Elementwise.DropInfinities(result);
    }

    /// <summary>
    /// Computes element-wise operators on top of one another piece by piece: what one gives is still in the
    /// processor's cache when the next takes it.
    /// </summary>
    private void ComputeByTiles(CallNode call, Span<double> result)
    {
        var rented = new List<double[]>();
        var leaves = new List<(ExpressionNode Node, double[] Values)>();
        try
        {
            Gather(call, leaves, rented);
            var scratch = ArrayPool<double>.Shared.Rent(Slots(call) * Tile);
            rented.Add(scratch);
            for (var start = 0; start < _length; start += Tile)
            {
                var length = Math.Min(Tile, _length - start);
                ComputeTile(call, start, result.Slice(start, length), leaves, scratch);
            }
        }
        finally
        {
            rented.ForEach(room => ArrayPool<double>.Shared.Return(room));
        }
    }

    /// <summary>Computes what the element-wise operators stand on.</summary>
    private void Gather(
        CallNode call,
        List<(ExpressionNode Node, double[] Values)> leaves,
        List<double[]> rented
    )
    {
        foreach (var argument in call.Arguments)
        {
            switch (argument)
            {
                case CallNode { IsShared: true } shared:
                    leaves.Add((shared, Shared(shared)));
                    break;
                case CallNode { Operator.IsElementwise: true } elementwise:
                    Gather(elementwise, leaves, rented);
                    break;
                case CallNode other:
                    var room = ArrayPool<double>.Shared.Rent(_length);
                    rented.Add(room);
                    Compute(other, room.AsSpan(0, _length));
                    leaves.Add((other, room));
                    break;
            }
        }
    }

    private void ComputeTile(
        CallNode call,
        int start,
        Span<double> result,
        List<(ExpressionNode Node, double[] Values)> leaves,
        Span<double> scratch
    ) =>
        Apply(
            call,
            TileOf(call, 0, start, result.Length, leaves, scratch),
            TileOf(call, 1, start, result.Length, leaves, scratch),
            TileOf(call, 2, start, result.Length, leaves, scratch),
            result
        );

    private ReadOnlySpan<double> TileOf(
        CallNode call,
        int place,
        int start,
        int length,
        List<(ExpressionNode Node, double[] Values)> leaves,
        Span<double> scratch
    )
    {
        if (place >= call.Arguments.Count)
        {
            return default;
        }

        // Each argument stays in a slot of its own while those after it are computed.
        var room = scratch.Slice(place * Tile, length);
        var node = call.Arguments[place];
        foreach (var leaf in leaves)
        {
            if (ReferenceEquals(leaf.Node, node))
            {
                return leaf.Values.AsSpan(start, length);
            }
        }

        switch (node)
        {
            case CallNode inner:
                ComputeTile(inner, start, room, leaves, scratch[((place + 1) * Tile)..]);
                return room;
            case ColumnNode column:
                return WithoutInfinities(panel.Column(column.Name).Slice(start, length), room);
            default:
                room.Fill(FiniteOf(node));
                return room;
        }
    }

    // How many tiles are in use at once, at most.
    private static int Slots(ExpressionNode node)
    {
        var slots = 0;
        if (node is CallNode { Operator.IsElementwise: true } call)
        {
            for (var i = 0; i < call.Arguments.Count; i++)
            {
                slots = Math.Max(slots, i + 1 + Slots(call.Arguments[i]));
            }
        }

        return slots;
    }

    private double[] Shared(CallNode shared) =>
        cache.GetOrAdd(
            shared.ToString(),
            () =>
            {
                var kept = new double[_length];
                Compute(shared, kept);
                return kept;
            }
        );

    private static ReadOnlySpan<double> WithoutInfinities(ReadOnlySpan<double> values, Span<double> room)
    {
        if (!TensorPrimitives.IsInfinityAny(values))
        {
            return values;
        }

        values.CopyTo(room);
        Elementwise.DropInfinities(room);
        return room;
    }

    private static double FiniteOf(ExpressionNode node) =>
        NumberOf(node) is var number && double.IsFinite(number) ? number : double.NaN;

    private ReadOnlySpan<double> Series(CallNode call, int place, List<double[]> rented)
    {
        if (place >= call.Arguments.Count || call.Operator.Arguments[place].Kind != ArgumentKind.Series)
        {
            return default;
        }

        var room = ArrayPool<double>.Shared.Rent(_length);
        rented.Add(room);
        return Values(call.Arguments[place], room.AsSpan(0, _length));
    }

    private static double Number(CallNode call, ArgumentKind kind)
    {
        for (var i = 0; i < call.Arguments.Count; i++)
        {
            if (call.Operator.Arguments[i].Kind == kind)
            {
                return NumberOf(call.Arguments[i]);
            }
        }

        return 0;
    }

    private static double NumberOf(ExpressionNode node) =>
        node is NumberNode number
            ? number.Value
            : throw new InvalidOperationException($"{node} is not bound.");
}
