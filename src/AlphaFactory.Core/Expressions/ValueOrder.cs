using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AlphaFactory.Core.Expressions;

/// <summary>
/// Sorts finite values: by where they lie between the smallest and the largest in some thousands or millions of slots,
/// one half of a slot's bits after the other (radix sort), and those of one slot by comparing them. Room is kept from one
/// sample to the next.
/// </summary>
/// <remarks>
/// Each loop over all values is a method of its own and stays one: inlined into one method, what they use would not find
/// room in the processor's registers, and they take half as long again.
/// </remarks>
/// <param name="capacity">The most values that a sample has.</param>
internal sealed class ValueOrder(int capacity) : IDisposable
{
    /// <summary>So few are compared with one another at once.</summary>
    private const int Few = 40;

    /// <summary>Fewer have slots of two digits of eight bits, and others of eleven.</summary>
    private const int Many = 1024;

    /// <summary>A place and a digit fit into 32 bits. More values than such places are sorted by comparing.</summary>
    private const int PlaceBits = 21;

    /// <summary>More values in one slot are sorted, and not each compared with all others.</summary>
    private const int MostCompared = 128;

    /// <summary>So many moves a value take longer than to sort by comparing.</summary>
    private const int MovesWorthIt = 16;

    private readonly int[] _counts = new int[2 << 11];
    private readonly uint[] _slots = ArrayPool<uint>.Shared.Rent(capacity);
    private readonly uint[] _keys = ArrayPool<uint>.Shared.Rent(capacity);
    private readonly int[] _places = ArrayPool<int>.Shared.Rent(capacity);
    private readonly double[] _sorted = ArrayPool<double>.Shared.Rent(capacity + Vector256<double>.Count);

    /// <summary>The places of the values, from the smallest value to the largest, until the next sample.</summary>
    public ReadOnlySpan<int> Sort(ReadOnlySpan<double> values)
    {
        SortBySlot(values);
        var places = _places.AsSpan(0, values.Length);
        Mend(_sorted.AsSpan(0, values.Length), places);
        return places;
    }

    /// <summary>Puts its percentile among all in the place of each value, the average of ties.</summary>
    public void Rank(Span<double> values)
    {
        SortBySlot(values);
        var slots = _slots.AsSpan(0, values.Length);
        for (int first = 0, end; first < slots.Length; first = end)
        {
            end = first + 1;
            if (end == slots.Length || slots[end] != slots[first])
            {
                values[_places[first]] = (first + end + 1) / (2d * slots.Length);
                continue;
            }

            while (end < slots.Length && slots[end] == slots[first])
            {
                end++;
            }

            if (end - first <= MostCompared)
            {
                RankByCounting(first, end, values);
            }
            else
            {
                RankBySorting(first, end, values);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<uint>.Shared.Return(_slots);
        ArrayPool<uint>.Shared.Return(_keys);
        ArrayPool<int>.Shared.Return(_places);
        ArrayPool<double>.Shared.Return(_sorted);
    }

    /// <summary>Sorts values, their places and their slots by slot; few values are in one.</summary>
    private void SortBySlot(ReadOnlySpan<double> values)
    {
        var places = _places.AsSpan(0, values.Length);
        var sorted = _sorted.AsSpan(0, values.Length);
        var slots = _slots.AsSpan(0, values.Length);
        var (low, high) = Extremes(values);
        var bits = values.Length < Many ? 8 : 11;
        var scale = ((1 << (2 * bits)) - 1) / (high - low);
        // What is all alike, or too wide, is one slot.
        if (values.Length is <= Few or > 1 << PlaceBits || scale is 0 or double.PositiveInfinity)
        {
            values.CopyTo(sorted);
            slots.Clear();
            for (var i = 0; i < places.Length; i++)
            {
                places[i] = i;
            }

            return;
        }

        var lower = _counts.AsSpan(0, 1 << bits);
        var upper = _counts.AsSpan(1 << bits, 1 << bits);
        FindSlots(values, low, scale, slots);
        CountDigits(slots, lower, upper);
        BeginAt(lower);
        BeginAt(upper);
        var keys = _keys.AsSpan(0, values.Length);
        SortByLower(slots, lower, keys);
        SortByUpper(keys, upper, values, places, sorted);
        FindSlots(sorted, low, scale, slots);
    }

    private static (double Low, double High) Extremes(ReadOnlySpan<double> values)
    {
        var lanes = Lanes.Of(values);
        var (lows, highs) = (Vector256.Create(values[0]), Vector256.Create(values[0]));
        foreach (var lane in lanes)
        {
            lows = Vector256.MinNative(lows, lane);
            highs = Vector256.MaxNative(highs, lane);
        }

        var (low, high) = (lows[0], highs[0]);
        for (var lane = 1; lane < Vector256<double>.Count; lane++)
        {
            (low, high) = (Math.Min(low, lows[lane]), Math.Max(high, highs[lane]));
        }

        foreach (var value in values[(lanes.Length * Vector256<double>.Count)..])
        {
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
        }

        return (low, high);
    }

    // Rounding never turns the order of two values around.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void FindSlots(ReadOnlySpan<double> values, double low, double scale, Span<uint> slots)
    {
        // The lowest bits of such a large number are its whole part.
        const double wholes = 1L << 52;
        var lows = Vector256.Create(low);
        var shift = Vector256.Create(wholes);
        var i = 0;
        for (; i <= values.Length - Vector256<uint>.Count; i += Vector256<uint>.Count)
        {
            var first = ((Vector256.Create(values[i..]) - lows) * scale) + shift;
            var second = ((Vector256.Create(values[(i + Vector256<double>.Count)..]) - lows) * scale) + shift;
            Vector256.Narrow(first.AsUInt64(), second.AsUInt64()).CopyTo(slots[i..]);
        }

        for (; i < values.Length; i++)
        {
            slots[i] = (uint)BitConverter.DoubleToUInt64Bits(((values[i] - low) * scale) + wholes);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void CountDigits(ReadOnlySpan<uint> slots, Span<int> lower, Span<int> upper)
    {
        lower.Clear();
        upper.Clear();
        var (mask, shift) = (lower.Length - 1, int.Log2(lower.Length));
        foreach (var slot in slots)
        {
            lower[(int)slot & mask]++;
            upper[(int)(slot >> shift)]++;
        }
    }

    /// <summary>Turns counts into where each begins.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void BeginAt(Span<int> counts)
    {
        var next = 0;
        foreach (ref var count in counts)
        {
            (count, next) = (next, next + count);
        }
    }

    // A key is the upper digit and the place.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void SortByLower(ReadOnlySpan<uint> slots, Span<int> next, Span<uint> keys)
    {
        var (mask, shift) = (next.Length - 1, int.Log2(next.Length));
        for (var place = 0; place < slots.Length; place++)
        {
            var slot = slots[place];
            keys[next[(int)slot & mask]++] = ((slot >> shift) << PlaceBits) | (uint)place;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void SortByUpper(
        ReadOnlySpan<uint> keys,
        Span<int> next,
        ReadOnlySpan<double> values,
        Span<int> places,
        Span<double> sorted
    )
    {
        foreach (var key in keys)
        {
            var place = (int)(key & ((1 << PlaceBits) - 1));
            var at = next[(int)(key >> PlaceBits)]++;
            places[at] = place;
            sorted[at] = values[place];
        }
    }

    /// <summary>
    /// Ranks the values of one slot: of four at once, those of the slot are counted that are less, and again those that are
    /// not more.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private void RankByCounting(int first, int end, Span<double> ranks)
    {
        var slot = _sorted.AsSpan(first, end - first);
        for (var start = first; start < end; start += Vector256<double>.Count)
        {
            var ranked = Vector256.Create(_sorted.AsSpan(start));
            var counts = Vector256.Create((2L * first) + 1);
            foreach (var value in slot)
            {
                var other = Vector256.Create(value);
                counts -= Vector256.LessThan(other, ranked).AsInt64();
                counts -= Vector256.LessThanOrEqual(other, ranked).AsInt64();
            }

            var shares = Vector256.ConvertToDouble(counts) / (2d * ranks.Length);
            for (var i = 0; i < Vector256<double>.Count && start + i < end; i++)
            {
                ranks[_places[start + i]] = shares[i];
            }
        }
    }

    private void RankBySorting(int first, int end, Span<double> ranks)
    {
        var sorted = _sorted.AsSpan(first, end - first);
        var places = _places.AsSpan(first, end - first);
        if (sorted.ContainsAnyExcept(sorted[0]))
        {
            sorted.Sort(places);
        }

        for (int below = 0, next; below < sorted.Length; below = next)
        {
            next = below + 1;
            while (next < sorted.Length && sorted[next] == sorted[below])
            {
                next++;
            }

            var rank = ((2d * first) + below + next + 1) / (2d * ranks.Length);
            foreach (var place in places[below..next])
            {
                ranks[place] = rank;
            }
        }
    }

    /// <summary>Sorts what is nearly in order.</summary>
    private static void Mend(Span<double> sorted, Span<int> places)
    {
        var moves = (long)MovesWorthIt * sorted.Length;
        for (var i = 1; i < sorted.Length && moves >= 0; i++)
        {
            var (value, place, at) = (sorted[i], places[i], i);
            for (; at > 0 && sorted[at - 1] > value; at--)
            {
                sorted[at] = sorted[at - 1];
                places[at] = places[at - 1];
            }

            sorted[at] = value;
            places[at] = place;
            moves -= i - at;
        }

        if (moves < 0)
        {
            sorted.Sort(places);
        }
    }
}
