namespace AlphaFactory.Core.Expressions;

/// <summary>
/// Computes bound formulas on one panel, one after another. What lies between operators across entities is computed
/// some entities at a time, and those operators some bars at a time, by several threads; every value is the same
/// whatever their number. A part that is asked for in several places is computed once, and its room is used again when
/// the last of them has it.
/// </summary>
internal sealed class Evaluator
{
    /// <summary>So many values are worked on at once, as far as that makes whole entities: they fit the cache.</summary>
    private const int Block = 8192;

    /// <summary>Fewer values are not worth a second thread.</summary>
    private const int WorthAThread = 65_536;

    private readonly Panel _panel;
    private readonly IReadOnlyList<ExpressionNode> _roots;
    private readonly SeriesCache? _cache;
    private readonly int _threads;
    private readonly CancellationToken _cancellation;
    private readonly FormulaUses _uses;
    private readonly Dictionary<CallNode, double[]> _held = new(ReferenceEqualityComparer.Instance);
    private readonly Stack<double[]> _spare = [];

    /// <summary>Makes formulas ready.</summary>
    /// <param name="panel">What the columns are taken from.</param>
    /// <param name="roots">The formulas, whose equal parts are one object.</param>
    /// <param name="cache">Where the values of shared parts are kept; null when none is marked.</param>
    /// <param name="threads">How many threads to use at most.</param>
    /// <param name="cancellation">Cancelled when the user stops the work.</param>
    public Evaluator(
        Panel panel,
        IReadOnlyList<ExpressionNode> roots,
        SeriesCache? cache,
        int threads,
        CancellationToken cancellation
    )
    {
        (_panel, _roots, _cache, _cancellation) = (panel, roots, cache, cancellation);
        _uses = new FormulaUses(roots);
        _threads = Length < WorthAThread ? 1 : threads;
    }

    /// <summary>Makes formulas ready to be computed on all processors; what they have in common is computed once.</summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.ExpressionSyntax"/>: a column or parameter is unknown, or a parameter cannot be the window,
    /// lag or number that it stands for.
    /// </exception>
    public static Evaluator Of(
        IReadOnlyList<AlphaExpression> formulas,
        Panel panel,
        ParameterValues parameters,
        CancellationToken cancellation
    )
    {
        var parts = new HashSet<ExpressionNode>(SamePart.Comparer);
        var roots = new List<ExpressionNode>();
        foreach (var formula in formulas)
        {
            formula.RequireColumns(panel.Columns);
            roots.Add(formula.Bind(formula.Root, parameters, parts));
        }

        return new Evaluator(panel, roots, null, Environment.ProcessorCount, cancellation);
    }

    /// <summary>How many values a formula has.</summary>
    private int Length => _panel.EntityCount * _panel.Bars;

    /// <summary>Computes a formula. Each is computed once, in their order.</summary>
    /// <param name="formula">Which of them, from 0.</param>
    /// <param name="room">
    /// Where the values go, entity by entity: finite or NaN, for missing, and one NaN, whatever made it.
    /// </param>
    public void Evaluate(int formula, double[] room)
    {
        var root = _roots[formula];
        _cancellation.ThrowIfCancellationRequested();
        if (Length == 0)
        {
            return;
        }

        switch (root)
        {
            case NumberNode number:
                Array.Fill(room, number.Value);
                break;
            case CallNode call when !_uses.IsWhole(call) || IsAskedForOnce(call):
                Compute(call, room);
                return;
            default:
                SeriesOf(root)!.CopyTo(room, 0);
                Release(root);
                break;
        }

        // Results are compared and hashed by their bits.
        Elementwise.DropInfinities(room);
    }

    /// <summary>Whether nobody else needs the values of a part that is computed for all entities.</summary>
    private bool IsAskedForOnce(CallNode call) =>
        !call.IsShared && !_held.ContainsKey(call) && _uses.Left(call) == 1;

    /// <summary>The values of a column, or of a part that is computed for all entities first; null of another.</summary>
    private double[]? SeriesOf(ExpressionNode node) =>
        node switch
        {
            ColumnNode column => _panel.FiniteColumn(column.Name),
            CallNode call when _uses.IsWhole(call) => Whole(call),
            _ => null,
        };

    private double[] Whole(CallNode call)
    {
        if (call.IsShared)
        {
            return _cache!.GetOrAdd(
                call.ToString(),
                () =>
                {
                    var kept = new double[Length];
                    Compute(call, kept);
                    return kept;
                }
            );
        }

        if (!_held.TryGetValue(call, out var values))
        {
            values = _spare.TryPop(out var spare) ? spare : GC.AllocateUninitializedArray<double>(Length);
            Compute(call, values);
            _held.Add(call, values);
        }

        return values;
    }

    private void Compute(CallNode call, double[] room)
    {
        if (call.Operator.IsAcrossEntities)
        {
            ComputeByBar(call, room);
        }
        else
        {
            ComputeByEntity(call, room);
        }
    }

    /// <summary>What asked for a part has it: its room is free after the last.</summary>
    private void Release(ExpressionNode node)
    {
        if (
            node is CallNode { IsShared: false } call
            && _uses.IsWhole(call)
            && _uses.Drop(call)
            && _held.Remove(call, out var values)
        )
        {
            _spare.Push(values);
        }
    }

    private void ComputeByEntity(CallNode call, double[] room)
    {
        var asked = new List<ExpressionNode>();
        var program = new EntityProgram(
            call,
            node =>
            {
                var series = SeriesOf(node);
                if (series is not null)
                {
                    asked.Add(node);
                }

                return series;
            }
        );
        var bars = _panel.Bars;
        var share = _threads == 1 ? _panel.EntityCount : _panel.EntityCount / (_threads * 4);
        var most = Math.Max(1, Math.Min(Block / bars, share));
        var blocks = (_panel.EntityCount + most - 1) / most;
        Spread(
            blocks,
            () => new EntityProgram.Worker(program, bars, most),
            (block, worker) =>
            {
                var first = block * most;
                var entities = Math.Min(most, _panel.EntityCount - first);
                worker.Run(first, room.AsSpan(first * bars, entities * bars), _cancellation);
            }
        );
        asked.ForEach(Release);
    }

    private void ComputeByBar(CallNode call, double[] room)
    {
        var argument = call.Arguments[0];
        double[]? values = null;
        if (argument is CallNode inner && !_uses.IsWhole(inner))
        {
            ComputeByEntity(inner, room);
            values = room;
        }
        else if (argument is NumberNode number)
        {
            Array.Fill(room, number.Value);
            values = room;
        }
        else
        {
            values = SeriesOf(argument)!;
        }

        var most = CrossSection.Tile * Math.Max(1, _panel.Bars / (CrossSection.Tile * _threads * 8));
        Spread(
            (_panel.Bars + most - 1) / most,
            () => null as IDisposable,
            (block, _) =>
                call.Operator.Kernel(
                    new KernelCall
                    {
                        X = values.AsSpan(0, Length),
                        Number = call.Arguments.Count > 1 ? ((NumberNode)call.Arguments[1]).Value : 0,
                        Entities = _panel.EntityCount,
                        Bars = _panel.Bars,
                        FirstBar = block * most,
                        EndBar = Math.Min((block + 1) * most, _panel.Bars),
                        Cancellation = _cancellation,
                    },
                    room.AsSpan(0, Length)
                )
        );
        Release(argument);
    }

    private void Spread<TWorker>(int blocks, Func<TWorker> begin, Action<int, TWorker> work)
        where TWorker : IDisposable?
    {
        if (_threads == 1 || blocks == 1)
        {
            using var worker = begin();
            for (var block = 0; block < blocks; block++)
            {
                work(block, worker);
            }

            return;
        }

        Parallel.For(
            0,
            blocks,
            new ParallelOptions { MaxDegreeOfParallelism = _threads, CancellationToken = _cancellation },
            begin,
            (block, _, worker) =>
            {
                work(block, worker);
                return worker;
            },
            worker => worker?.Dispose()
        );
    }
}
