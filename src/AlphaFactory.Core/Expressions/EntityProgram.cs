using System.Buffers;
using System.Runtime.InteropServices;

namespace AlphaFactory.Core.Expressions;

/// <summary>
/// Operators that look at one entity at a time, in an order in which each finds its operands. Some entities after
/// others go through all of them, so that what one gives is still in the processor's cache when the next takes it.
/// </summary>
internal sealed class EntityProgram
{
    /// <summary>How many values element-wise operators that follow one another work on at once: 8 kB of them.</summary>
    private const int Tile = 1024;

    private readonly List<Step> _steps = [];
    private readonly List<double[]> _series = [];
    private readonly List<double> _constants = [];
    private readonly Dictionary<ExpressionNode, Place> _places = new(ReferenceEqualityComparer.Instance);
    private readonly int _registers;

    /// <summary>Makes a program.</summary>
    /// <param name="root">What it computes.</param>
    /// <param name="seriesOf">The values, for all entities, of a part that it does not compute; null if it does.</param>
    public EntityProgram(CallNode root, Func<ExpressionNode, double[]?> seriesOf)
    {
        Compile(root, seriesOf);
        _registers = AllocateRegisters();
    }

    private enum PlaceKind
    {
        Nowhere,
        Constant,
        Series,
        Step,
    }

    private Place PlaceOf(ExpressionNode node, Func<ExpressionNode, double[]?> seriesOf)
    {
        if (_places.TryGetValue(node, out var place))
        {
            return place;
        }

        if (node is NumberNode number)
        {
            _constants.Add(double.IsFinite(number.Value) ? number.Value : double.NaN);
            place = new(PlaceKind.Constant, _constants.Count - 1);
        }
        else if (seriesOf(node) is { } series)
        {
            _series.Add(series);
            place = new(PlaceKind.Series, _series.Count - 1);
        }
        else
        {
            place = Compile((CallNode)node, seriesOf);
        }

        _places.Add(node, place);
        return place;
    }

    private Place Compile(CallNode call, Func<ExpressionNode, double[]?> seriesOf)
    {
        var operands = new Place[3];
        var window = 0;
        for (var i = 0; i < call.Arguments.Count; i++)
        {
            if (call.Operator.Arguments[i].Kind == ArgumentKind.Series)
            {
                operands[i] = PlaceOf(call.Arguments[i], seriesOf);
            }
            else
            {
                window = (int)((NumberNode)call.Arguments[i]).Value;
            }
        }

        _steps.Add(new Step(call.Operator, operands[0], operands[1], operands[2], window));
        return new Place(PlaceKind.Step, _steps.Count - 1);
    }

    /// <summary>Gives every step but the last a register, which is free again after the last step that reads it.</summary>
    private int AllocateRegisters()
    {
        var lastReader = new int[_steps.Count];
        for (var i = 0; i < _steps.Count; i++)
        {
            foreach (var read in _steps[i].Reads)
            {
                lastReader[read] = i;
            }
        }

        var free = new Stack<int>();
        var count = 0;
        for (var i = 0; i < _steps.Count - 1; i++)
        {
            // What is element-wise may write over its operands.
            var inPlace = _steps[i].Operator.IsElementwise;
            if (inPlace)
            {
                Free(i);
            }

            var register = free.TryPop(out var next) ? next : count++;
            _steps[i] = _steps[i] with { Register = register };
            if (!inPlace)
            {
                Free(i);
            }
        }

        return count;

        void Free(int reader)
        {
            foreach (var read in _steps[reader].Reads)
            {
                // Once, also where a step reads another twice.
                if (lastReader[read] == reader)
                {
                    lastReader[read] = int.MaxValue;
                    free.Push(_steps[read].Register);
                }
            }
        }
    }

    /// <summary>Where an operand is.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Place(PlaceKind Kind, int Index);

    /// <summary>One operator; the last writes the result, and any other its register.</summary>
    private sealed record Step(Operator Operator, Place X, Place Y, Place Z, int Window)
    {
        public int Register { get; init; } = -1;

        /// <summary>The steps whose values it takes.</summary>
        public IReadOnlyList<int> Reads { get; } =
        [
            .. X.Kind == PlaceKind.Step ? [X.Index] : Array.Empty<int>(),
            .. Y.Kind == PlaceKind.Step ? [Y.Index] : Array.Empty<int>(),
            .. Z.Kind == PlaceKind.Step ? [Z.Index] : Array.Empty<int>(),
        ];
    }

    /// <summary>What runs a program, with room for the values between.</summary>
    public sealed class Worker : IDisposable
    {
        private readonly EntityProgram _program;
        private readonly int _bars;
        private readonly int _stride;
        private readonly double[] _room;

        /// <summary>Takes room.</summary>
        /// <param name="program">The program.</param>
        /// <param name="bars">How many bars an entity has.</param>
        /// <param name="entities">The most entities that it runs at once.</param>
        public Worker(EntityProgram program, int bars, int entities)
        {
            (_program, _bars, _stride) = (program, bars, entities * bars);
            _room = ArrayPool<double>.Shared.Rent((program._constants.Count + program._registers) * _stride);
            for (var i = 0; i < program._constants.Count; i++)
            {
                _room.AsSpan(i * _stride, _stride).Fill(program._constants[i]);
            }
        }

        /// <summary>Computes the values of some entities.</summary>
        /// <param name="first">The first of them.</param>
        /// <param name="result">Where their values go.</param>
        /// <param name="cancellation">Cancelled when the user stops the work.</param>
        public void Run(int first, Span<double> result, CancellationToken cancellation)
        {
            var steps = _program._steps;
            for (int next = 0, end; next < steps.Count; next = end)
            {
                cancellation.ThrowIfCancellationRequested();
                end = next + 1;
                if (!steps[next].Operator.IsElementwise)
                {
                    Execute(steps[next], first, result, 0, result.Length, cancellation);
                    continue;
                }

                while (end < steps.Count && steps[end].Operator.IsElementwise)
                {
                    end++;
                }

                for (var start = 0; start < result.Length; start += Tile)
                {
                    var length = Math.Min(Tile, result.Length - start);
                    for (var step = next; step < end; step++)
                    {
                        Execute(steps[step], first, result, start, length, cancellation);
                    }
                }
            }
        }

        /// <inheritdoc/>
        public void Dispose() => ArrayPool<double>.Shared.Return(_room);

        private void Execute(
            Step step,
            int first,
            Span<double> result,
            int start,
            int length,
            CancellationToken cancellation
        )
        {
            var target = (step.Register < 0 ? result : Register(step.Register)).Slice(start, length);
            step.Operator.Kernel(
                new KernelCall
                {
                    X = Operand(step.X, first, start, length),
                    Y = Operand(step.Y, first, start, length),
                    Z = Operand(step.Z, first, start, length),
                    Window = step.Window,
                    Entities = length / _bars,
                    Bars = _bars,
                    Cancellation = cancellation,
                },
                target
            );
            if (!step.Operator.GivesFinite)
            {
                Elementwise.DropInfinities(target);
            }
        }

        private ReadOnlySpan<double> Operand(Place place, int first, int start, int length) =>
            place.Kind switch
            {
                PlaceKind.Constant => _room.AsSpan(place.Index * _stride, length),
                PlaceKind.Series => _program._series[place.Index].AsSpan((first * _bars) + start, length),
                PlaceKind.Step => Register(_program._steps[place.Index].Register).Slice(start, length),
                _ => default,
            };

        private Span<double> Register(int register) =>
            _room.AsSpan((_program._constants.Count + register) * _stride, _stride);
    }
}
