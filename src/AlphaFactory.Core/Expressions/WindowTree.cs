using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AlphaFactory.Core.Expressions;

/// <summary>
/// What is known of a window of finite values, of four windows at once, such that what is known of two windows that
/// follow one another gives what is known of both together.
/// </summary>
internal interface IWindowPart<TSelf>
    where TSelf : struct, IWindowPart<TSelf>
{
    /// <summary>How many numbers it has.</summary>
    static abstract int Count { get; }

    /// <summary>What is known of windows of one bar.</summary>
    static abstract TSelf Of(Vector256<double> x);

    /// <summary>Reads one that <see cref="Write"/> wrote.</summary>
    static abstract TSelf Read(PartRoom room, int bar);

    /// <summary>Writes the numbers of windows that end at <paramref name="bar"/> and the three bars after it.</summary>
    void Write(PartRoom room, int bar);

    /// <summary>Puts two windows together.</summary>
    /// <param name="older">The window that ends where <paramref name="newer"/> begins.</param>
    /// <param name="newer">The window after it.</param>
    /// <param name="apart">How far apart their newest values are.</param>
    /// <param name="join">How long they are.</param>
    static abstract TSelf Join(TSelf older, TSelf newer, in WindowsApart apart, in WindowJoin join);
}

/// <summary>A statistic of windows.</summary>
internal interface IWindowStatistic<TPart>
{
    /// <summary>Its values.</summary>
    /// <param name="windows">What is known of four windows.</param>
    /// <param name="x">Their newest values of the first series.</param>
    /// <param name="y">Their newest values of the second series.</param>
    /// <param name="bars">How many bars each has.</param>
    static abstract Vector256<double> Of(
        in TPart windows,
        Vector256<double> x,
        Vector256<double> y,
        double bars
    );
}

/// <summary>How far the newest values of windows lie from those of the windows after them.</summary>
/// <param name="X">The newest value of the older window less that of the newer one.</param>
/// <param name="Y">The same of the second series.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WindowsApart(Vector256<double> X, Vector256<double> Y);

/// <summary>How long two windows are that follow one another.</summary>
/// <param name="Older">How many bars the older window has.</param>
/// <param name="Newer">How many bars the newer window has.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WindowJoin(double Older, double Newer)
{
    /// <summary>The share of the older window.</summary>
    public double Share { get; } = Older / (Older + Newer);

    /// <summary>What the square of the distance of two means counts (Chan, Golub and LeVeque 1983).</summary>
    public double Weight { get; } = Older / (Older + Newer) * Newer;

    /// <summary>The sum of the weights 1, 2, … of the older window.</summary>
    public double OlderWeights { get; } = 0.5 * Older * (Older + 1);
}

/// <summary>Room for the numbers of one part a bar.</summary>
/// <param name="room">All of it: one number of every bar after the other.</param>
/// <param name="bars">How many bars there are.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly ref struct PartRoom(Span<double> room, int bars)
{
    /// <summary>So much lies before the first bar, that a vector may begin there.</summary>
    public const int Margin = 4;

    private readonly ref double _first = ref MemoryMarshal.GetReference(room);
    private readonly int _stride = bars + Margin;

    /// <summary>How much room so many numbers a bar take.</summary>
    public static int Size(int fields, int bars) => fields * (bars + Margin);

    /// <summary>A number of four bars.</summary>
    public Vector256<double> Read(int field, int bar) => Vector256.LoadUnsafe(ref _first, Place(field, bar));

    /// <summary>Writes a number of four bars.</summary>
    public void Write(int field, int bar, Vector256<double> values) =>
        values.StoreUnsafe(ref _first, Place(field, bar));

    private nuint Place(int field, int bar) => (nuint)((field * _stride) + bar + Margin);
}

/// <summary>
/// A statistic of every window of a stretch at once, in about log2(window) passes: what is known of 1, 2, 4, … bars is
/// made of one another, and what the window's length is made of is put together. A value so depends on nothing but the
/// values of its window in their order, and the bars are worked on four at a time.
/// </summary>
/// <remarks>
/// Loops over all values are optimised at once, here and where else they have the attribute: a command in a fresh process
/// would have done most of its work before the runtime found them worth it.
/// </remarks>
/// <typeparam name="TPart">What is put together.</typeparam>
/// <typeparam name="TStatistic">What is made of it.</typeparam>
internal static class WindowTree<TPart, TStatistic>
    where TPart : struct, IWindowPart<TPart>
    where TStatistic : struct, IWindowStatistic<TPart>
{
    /// <summary>Computes the statistic of the windows that end at each bar from <paramref name="window"/> − 1 on.</summary>
    /// <param name="x">Finite values, at least as many as the window is long.</param>
    /// <param name="y">As many of the second series; may be <paramref name="x"/>.</param>
    /// <param name="window">How many bars a window has.</param>
    /// <param name="result">Where the values go, one a bar; before the first full window nothing is written.</param>
    public static void Compute(
        ReadOnlySpan<double> x,
        ReadOnlySpan<double> y,
        int window,
        Span<double> result
    )
    {
        var size = PartRoom.Size(TPart.Count, x.Length);
        var inputs = PartRoom.Size(2, x.Length);
        var rented = ArrayPool<double>.Shared.Rent(inputs + (2 * size));
        var values = new PartRoom(rented, x.Length);
        x.CopyTo(rented.AsSpan(PartRoom.Margin));
        y.CopyTo(rented.AsSpan((inputs / 2) + PartRoom.Margin));
        var block = new PartRoom(rented.AsSpan(inputs), x.Length);
        var sum = new PartRoom(rented.AsSpan(inputs + size), x.Length);
        Begin(values, block, x.Length);
        var done = 0;
        for (var length = 1; ; length *= 2)
        {
            if ((window & length) != 0)
            {
                // What is known of the newest bars so far, and of the block of the bars before them.
                if (done == 0)
                {
                    rented.AsSpan(inputs, size).CopyTo(rented.AsSpan(inputs + size));
                }
                else
                {
                    Join(values, block, length, sum, done, x.Length);
                }

                done += length;
            }

            if (done == window)
            {
                break;
            }

            Join(values, block, length, block, length, x.Length);
        }

        Finish(values, sum, window, x.Length);
        rented.AsSpan(PartRoom.Margin + window - 1, x.Length - window + 1).CopyTo(result[(window - 1)..]);
        ArrayPool<double>.Shared.Return(rented);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Begin(PartRoom values, PartRoom block, int bars)
    {
        for (
            var at = bars - Vector256<double>.Count;
            at > -Vector256<double>.Count;
            at -= Vector256<double>.Count
        )
        {
            TPart.Of(values.Read(0, at)).Write(block, at);
        }
    }

    // newer[t] becomes older[t - newerBars] and newer[t] together, from the end, so that one may be shifted onto itself.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Join(
        PartRoom values,
        PartRoom older,
        int olderBars,
        PartRoom newer,
        int newerBars,
        int bars
    )
    {
        var first = olderBars + newerBars - 1;
        var join = new WindowJoin(olderBars, newerBars);
        for (
            var at = bars - Vector256<double>.Count;
            at > first - Vector256<double>.Count;
            at -= Vector256<double>.Count
        )
        {
            var before = at - newerBars;
            var apart = new WindowsApart(
                values.Read(0, before) - values.Read(0, at),
                values.Read(1, before) - values.Read(1, at)
            );
            TPart.Join(TPart.Read(older, before), TPart.Read(newer, at), apart, join).Write(newer, at);
        }
    }

    // In the place of the first series, each bar of which is read here for the last time.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Finish(PartRoom values, PartRoom sum, int window, int bars)
    {
        var first = window - 1;
        for (
            var at = bars - Vector256<double>.Count;
            at > first - Vector256<double>.Count;
            at -= Vector256<double>.Count
        )
        {
            var windows = TPart.Read(sum, at);
            values.Write(0, at, TStatistic.Of(windows, values.Read(0, at), values.Read(1, at), window));
        }
    }
}
