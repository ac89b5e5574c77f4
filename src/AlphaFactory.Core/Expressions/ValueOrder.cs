using System.Buffers;
using System.Numerics.Tensors;

namespace AlphaFactory.Core.Expressions;

/// <summary>
/// Sorts finite values: by where they lie between the smallest and the largest in some million slots, a few bits at a
/// time (radix sort), and those of one slot by comparing them. Room is kept from one sample to the next.
/// </summary>
/// <param name="capacity">The most values that a sample has.</param>
internal sealed class ValueOrder(int capacity) : IDisposable
{
    /// <summary>So few are sorted faster by insertion.</summary>
    private const int Few = 40;

    /// <summary>Fewer are sorted by three digits of eight bits, and others by two of eleven.</summary>
    private const int Many = 1024;

    private const int PlaceBits = 32;

    private readonly int[] _counts = new int[2 << 11];
    private readonly int[] _places = ArrayPool<int>.Shared.Rent(capacity);
    private ulong[] _keys = ArrayPool<ulong>.Shared.Rent(capacity);
    private ulong[] _spare = ArrayPool<ulong>.Shared.Rent(capacity);

    /// <summary>The places of the values, from the smallest value to the largest, until the next sample.</summary>
    public ReadOnlySpan<int> Sort(ReadOnlySpan<double> values)
    {
        var places = SortBySlot(values);
        for (int first = 0, end; first < places.Length; first = end)
        {
            end = SortSlot(values, places, first);
        }

        return places;
    }

    /// <summary>Puts its percentile among all in the place of each value, the average of ties.</summary>
    public void Rank(Span<double> values)
    {
        var places = SortBySlot(values);
        var count = 2d * values.Length;
        for (int first = 0, end; first < places.Length; first = end)
        {
            end = SortSlot(values, places, first);
            for (int below = first, next; below < end; below = next)
            {
                next = below + 1;
                if (end - first > 1)
                {
                    var value = values[places[below]];
                    while (next < end && values[places[next]] == value)
                    {
                        next++;
                    }
                }

                // The values of the ties were read, and no other slot reads them.
                var rank = (below + next + 1) / count;
                foreach (var place in places[below..next])
                {
                    values[place] = rank;
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<ulong>.Shared.Return(_keys);
        ArrayPool<ulong>.Shared.Return(_spare);
        ArrayPool<int>.Shared.Return(_places);
    }

    /// <summary>Sorts the places by slot; few values are in one.</summary>
    private Span<int> SortBySlot(ReadOnlySpan<double> values)
    {
        var places = _places.AsSpan(0, values.Length);
        var keys = _keys.AsSpan(0, values.Length);
        if (values.Length <= Few)
        {
            keys.Clear();
            for (var i = 0; i < places.Length; i++)
            {
                places[i] = i;
            }

            return places;
        }

        var (digits, bits) = values.Length < Many ? (3, 8) : (2, 11);
        Count(values, keys, digits, bits);
        for (var digit = 0; digit < digits; digit++)
        {
            Distribute(_counts.AsSpan(digit << bits, 1 << bits), PlaceBits + (bits * digit), values.Length);
        }

        keys = _keys.AsSpan(0, values.Length);
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = (int)(uint)keys[i];
        }

        return places;
    }

    // A key is the slot and the place.
    private void Count(ReadOnlySpan<double> values, Span<ulong> keys, int digits, int bits)
    {
        var (low, high) = (TensorPrimitives.Min(values), TensorPrimitives.Max(values));
        // Rounding never turns the order of two values around. What is all alike, or too wide, is one slot.
        var scale = ((1 << (digits * bits)) - 1) / (high - low);
        scale = double.IsFinite(scale) ? scale : 0;
        var counts = _counts.AsSpan(0, digits << bits);
        counts.Clear();
        var radix = 1 << bits;
        for (var i = 0; i < keys.Length; i++)
        {
            var slot = (int)((values[i] - low) * scale);
            keys[i] = ((ulong)slot << PlaceBits) | (uint)i;
            counts[slot & (radix - 1)]++;
            counts[radix + ((slot >> bits) & (radix - 1))]++;
            if (digits == 3)
            {
                counts[(2 * radix) + (slot >> (2 * bits))]++;
            }
        }
    }

    private void Distribute(Span<int> counts, int shift, int length)
    {
        var next = 0;
        foreach (ref var count in counts)
        {
            (count, next) = (next, next + count);
        }

        var mask = counts.Length - 1;
        var sorted = _spare.AsSpan(0, length);
        foreach (var key in _keys.AsSpan(0, length))
        {
            sorted[counts[(int)(key >> shift) & mask]++] = key;
        }

        (_keys, _spare) = (_spare, _keys);
    }

    /// <summary>Sorts the places of one slot by their values.</summary>
    /// <returns>Where the next slot begins.</returns>
    private int SortSlot(ReadOnlySpan<double> values, Span<int> places, int first)
    {
        var end = first + 1;
        while (end < places.Length && (_keys[end] ^ _keys[first]) >> PlaceBits == 0)
        {
            end++;
        }

        var slot = places[first..end];
        if (slot.Length > Few)
        {
            SortByComparing(values, slot);
        }
        else if (slot.Length > 1)
        {
            Insert(values, slot);
        }

        return end;
    }

    private static void Insert(ReadOnlySpan<double> values, Span<int> places)
    {
        for (var i = 1; i < places.Length; i++)
        {
            var place = places[i];
            var value = values[place];
            var at = i;
            for (; at > 0 && values[places[at - 1]] > value; at--)
            {
                places[at] = places[at - 1];
            }

            places[at] = place;
        }
    }

    private static void SortByComparing(ReadOnlySpan<double> values, Span<int> places)
    {
        var room = ArrayPool<double>.Shared.Rent(places.Length);
        var sorted = room.AsSpan(0, places.Length);
        for (var i = 0; i < sorted.Length; i++)
        {
            sorted[i] = values[places[i]];
        }

        if (sorted.ContainsAnyExcept(sorted[0]))
        {
            sorted.Sort(places);
        }

        ArrayPool<double>.Shared.Return(room);
    }
}
