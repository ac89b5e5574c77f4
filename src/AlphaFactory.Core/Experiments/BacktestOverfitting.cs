using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace AlphaFactory.Core.Experiments;

/// <summary>The probability of backtest overfitting of the runs of one call, and how it came about.</summary>
public sealed record BacktestOverfittingResult
{
    /// <summary>
    /// The share of splits in which the run that is best in one half of the sample is no better than the median in
    /// the other.
    /// </summary>
    public required double Pbo { get; init; }

    /// <summary>The call whose runs were compared.</summary>
    public required string ExperimentId { get; init; }

    /// <summary>How many runs were compared.</summary>
    public required int Runs { get; init; }

    /// <summary>How many blocks the sample was cut into, S.</summary>
    public required int Blocks { get; init; }

    /// <summary>How many returns a block has.</summary>
    public required int BlockLength { get; init; }

    /// <summary>How many of the oldest returns were left out, so that all blocks are of one length.</summary>
    public required int Dropped { get; init; }

    /// <summary>How many splits into halves there are, one logit each.</summary>
    public required int Splits { get; init; }

    /// <summary>The mean of the logits; below 0 the best of one half tends to be below the median of the other.</summary>
    public required double LogitMean { get; init; }

    /// <summary>The sample deviation of the logits.</summary>
    public required double LogitDeviation { get; init; }

    /// <summary>The lowest logit.</summary>
    public required double LogitMinimum { get; init; }

    /// <summary>The 25th percentile of the logits, by linear interpolation.</summary>
    public required double LogitLowerQuartile { get; init; }

    /// <summary>The median of the logits.</summary>
    public required double LogitMedian { get; init; }

    /// <summary>The 75th percentile of the logits, by linear interpolation.</summary>
    public required double LogitUpperQuartile { get; init; }

    /// <summary>The highest logit.</summary>
    public required double LogitMaximum { get; init; }

    /// <summary>Writes the probability.</summary>
    public override string ToString() => Pbo.ToString(CultureInfo.InvariantCulture);
}

/// <summary>
/// Combinatorially symmetric cross-validation: Bailey, Borwein, López de Prado and Zhu, "The probability of backtest
/// overfitting", Journal of Computational Finance 20(4), 2017. The sample is cut into S blocks of equal length; for
/// each of the C(S, S/2) ways to call half of them in-sample, the run with the best Sharpe ratio there is ranked among
/// all by the Sharpe ratio on the other half, and the logit is <c>ln(ω/(1−ω))</c> of <c>ω = rank/(N+1)</c> (average
/// rank of ties). Only two sums a block are kept of each run, so memory does not depend on the length of the sample.
/// </summary>
internal sealed class BacktestOverfitting
{
    /// <summary>The number of blocks, S.</summary>
    public const int Blocks = 16;

    /// <summary>The most runs that are compared: 25 MB.</summary>
    public const int MaximumRuns = 100_000;

    /// <summary>A variance under this share of the square of the mean is rounding: the returns are constant.</summary>
    private const double ConstantTolerance = 1e-12;

    private readonly int _runs;
    private readonly int _returns;
    private readonly int _stride;

    // Of each block the sum and the sum of squares of every run, run by run.
    private readonly double[][] _sums = new double[Blocks][];
    private readonly double[][] _squares = new double[Blocks][];

    /// <summary>Makes room for runs.</summary>
    /// <param name="runs">How many there are, 2 at least.</param>
    /// <param name="returns">How many returns each has, <see cref="Blocks"/> × 2 at least.</param>
    public BacktestOverfitting(int runs, int returns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(runs, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(returns, 2 * Blocks);
        (_runs, _returns) = (runs, returns);
        _stride = (runs + Vector<double>.Count - 1) / Vector<double>.Count * Vector<double>.Count;
        for (var block = 0; block < Blocks; block++)
        {
            _sums[block] = new double[_stride];
            _squares[block] = new double[_stride];
        }
    }

    private int BlockLength => _returns / Blocks;

    private int Dropped => _returns % Blocks;

    /// <summary>Takes the returns of a run; may be called for different runs at once.</summary>
    public void Add(int run, ReadOnlySpan<double> returns)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(returns.Length, _returns, nameof(returns));
        for (var block = 0; block < Blocks; block++)
        {
            var (sum, squares) = (new CompensatedSum(), new CompensatedSum());
            foreach (var value in returns.Slice(Dropped + block * BlockLength, BlockLength))
            {
                sum.Add(value);
                squares.Add(value * value);
            }

            _sums[block][run] = sum.Value;
            _squares[block][run] = squares.Value;
        }
    }

    /// <summary>Compares all runs over all splits; the result is the same on any number of threads.</summary>
    public BacktestOverfittingResult Measure(string experimentId, int threads, CancellationToken cancellation)
    {
        int[] splits = [.. Splits()];
        var logits = new double[splits.Length];
        Parallel.For(
            0,
            splits.Length,
            new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = threads },
            () => (Inside: new double[_stride], Outside: new double[_stride]),
            (i, _, ratios) =>
            {
                logits[i] = Logit(splits[i], ratios.Inside, ratios.Outside);
                return ratios;
            },
            static _ => { }
        );
        return Summarise(experimentId, logits);
    }

    /// <summary>The ways to choose half of the blocks, as bits, in ascending order.</summary>
    private static IEnumerable<int> Splits() =>
        Enumerable.Range(0, 1 << Blocks).Where(bits => BitOperations.PopCount((uint)bits) == Blocks / 2);

    private double Logit(int split, double[] inside, double[] outside)
    {
        Sharpes(split, inside);
        Sharpes(~split, outside);
        // The first of equals, so that the result does not depend on chance.
        var best = 0;
        for (var run = 1; run < _runs; run++)
        {
            best = inside[run] > inside[best] ? run : best;
        }

        var (below, same) = (0, 0);
        for (var run = 0; run < _runs; run++)
        {
            below += outside[run] < outside[best] ? 1 : 0;
            same += outside[run] == outside[best] ? 1 : 0;
        }

        var rank = below + (same + 1) / 2.0;
        return Math.Log(rank / (_runs + 1 - rank));
    }

    /// <summary>The Sharpe ratio of each run over the blocks whose bit is set; 0 where the returns are constant.</summary>
    private void Sharpes(int split, double[] ratios)
    {
        double count = BlockLength * (Blocks / 2);
        Span<int> blocks = stackalloc int[Blocks / 2];
        var chosen = 0;
        for (var block = 0; block < Blocks; block++)
        {
            if ((split & (1 << block)) != 0)
            {
                blocks[chosen++] = block;
            }
        }

        var target = MemoryMarshal.Cast<double, Vector<double>>(ratios.AsSpan());
        for (var i = 0; i < target.Length; i++)
        {
            var (sum, squares) = (Vector<double>.Zero, Vector<double>.Zero);
            foreach (var block in blocks)
            {
                sum += new Vector<double>(_sums[block], i * Vector<double>.Count);
                squares += new Vector<double>(_squares[block], i * Vector<double>.Count);
            }

            var mean = sum / count;
            var variance = (squares - sum * mean) / (count - 1);
            target[i] = Vector.ConditionalSelect(
                Vector.GreaterThan(variance, mean * mean * ConstantTolerance),
                mean / Vector.SquareRoot(variance),
                Vector<double>.Zero
            );
        }
    }

    private BacktestOverfittingResult Summarise(string experimentId, double[] logits)
    {
        var mean = Mean(logits);
        var squares = new CompensatedSum();
        foreach (var logit in logits)
        {
            squares.Add((logit - mean) * (logit - mean));
        }

        Array.Sort(logits);
        return new BacktestOverfittingResult
        {
            Pbo = (double)logits.Count(logit => logit <= 0) / logits.Length,
            ExperimentId = experimentId,
            Runs = _runs,
            Blocks = Blocks,
            BlockLength = BlockLength,
            Dropped = Dropped,
            Splits = logits.Length,
            LogitMean = mean,
            LogitDeviation = Math.Sqrt(squares.Value / (logits.Length - 1)),
            LogitMinimum = logits[0],
            LogitLowerQuartile = Percentile(logits, 0.25),
            LogitMedian = Percentile(logits, 0.5),
            LogitUpperQuartile = Percentile(logits, 0.75),
            LogitMaximum = logits[^1],
        };
    }

    private static double Mean(double[] values)
    {
        var sum = new CompensatedSum();
        foreach (var value in values)
        {
            sum.Add(value);
        }

        return sum.Value / values.Length;
    }

    private static double Percentile(double[] sorted, double share)
    {
        var place = (sorted.Length - 1) * share;
        var lower = (int)place;
        var rest = place - lower;
        return rest > 0 ? sorted[lower] + rest * (sorted[lower + 1] - sorted[lower]) : sorted[lower];
    }
}
