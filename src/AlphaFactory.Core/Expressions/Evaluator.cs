using System.Buffers;
using System.Numerics.Tensors;

namespace AlphaFactory.Core.Expressions;

/// <summary>
/// Computes a formula whose parameters are bound. Every part's values are finite or NaN, for missing; scratch
/// space comes from the shared pool.
/// </summary>
/// <param name="panel">What the columns are taken from.</param>
/// <param name="cancellation">Cancelled when the user stops the work.</param>
internal sealed class Evaluator(Panel panel, CancellationToken cancellation)
{
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

    // Either in the room given or where they are already.
    private ReadOnlySpan<double> Values(ExpressionNode node, Span<double> room)
    {
        cancellation.ThrowIfCancellationRequested();
        switch (node)
        {
            case ColumnNode column:
                var values = panel.Column(column.Name);
                if (!TensorPrimitives.IsInfinityAny(values))
                {
                    return values;
                }

                values.CopyTo(room);
                break;
            case CallNode call:
                Compute(call, room);
                break;
            default:
                room.Fill(NumberOf(node));
                return room;
        }

        Elementwise.DropInfinities(room);
        return room;
    }

    private void Compute(CallNode call, Span<double> result)
    {
        var rented = new double[]?[3];
        try
        {
            call.Operator.Kernel(
                new KernelCall
                {
                    X = Series(call, 0, rented),
                    Y = Series(call, 1, rented),
                    Z = Series(call, 2, rented),
                    Window = (int)Number(call, ArgumentKind.Window) + (int)Number(call, ArgumentKind.Lag),
                    Number = Number(call, ArgumentKind.Number),
                    Entities = panel.EntityCount,
                    Bars = panel.Bars,
                    Cancellation = cancellation,
                },
                result
            );
        }
        finally
        {
            foreach (var scratch in rented.OfType<double[]>())
            {
                ArrayPool<double>.Shared.Return(scratch);
            }
        }
    }

    private ReadOnlySpan<double> Series(CallNode call, int place, double[]?[] rented)
    {
        if (place >= call.Arguments.Count || call.Operator.Arguments[place].Kind != ArgumentKind.Series)
        {
            return default;
        }

        rented[place] = ArrayPool<double>.Shared.Rent(_length);
        return Values(call.Arguments[place], rented[place].AsSpan(0, _length));
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
