namespace AlphaFactory.Core.Expressions;

/// <summary>
/// Values of parts of formulas on one panel, by their text with the parameters in it. It holds so many bytes at
/// most; what falls out is computed again when it is asked for, to the same bits. May be used by many threads, and a
/// part that several ask for at once is computed by one of them.
/// </summary>
/// <param name="budget">The most bytes of values that are kept.</param>
internal sealed class SeriesCache(long budget)
{
    private const long LeastBudget = 256L << 20;
    private const long MostBudget = 1L << 30;

    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly List<Entry> _held = [];
    private long _bytes;
    private uint _random = 1;

    /// <summary>A cache that takes an eighth of the memory that there is, 256 MB at least and 1 GB at most.</summary>
    public static SeriesCache OfMachine() =>
        new(Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 8, LeastBudget, MostBudget));

    /// <summary>How many bytes of values it holds.</summary>
    public long Bytes
    {
        get
        {
            lock (_entries)
            {
                return _bytes;
            }
        }
    }

    /// <summary>The values of a part, which nobody changes.</summary>
    /// <param name="key">The part's text, its parameters bound.</param>
    /// <param name="compute">Computes them; must not ask for the same part.</param>
    public double[] GetOrAdd(string key, Func<double[]> compute)
    {
        Entry? entry;
        lock (_entries)
        {
            if (!_entries.TryGetValue(key, out entry))
            {
                _entries.Add(key, entry = new Entry(key));
            }
        }

        lock (entry)
        {
            if (entry.Values is null)
            {
                entry.Values = compute();
                Keep(entry, entry.Values.LongLength * sizeof(double));
            }

            return entry.Values;
        }
    }

    private void Keep(Entry entry, long bytes)
    {
        lock (_entries)
        {
            _held.Add(entry);
            _bytes += bytes;
            while (_bytes > budget)
            {
                // A grid asks in cycles: to drop the least recently used one is then to drop what comes next.
                var victim = (int)(NextRandom() % (uint)_held.Count);
                _bytes -= _held[victim].Values!.LongLength * sizeof(double);
                _entries.Remove(_held[victim].Key);
                _held[victim] = _held[^1];
                _held.RemoveAt(_held.Count - 1);
            }
        }
    }

    // Xorshift (Marsaglia 2003). What it chooses decides what is computed twice, and never what comes out.
    private uint NextRandom()
    {
        _random ^= _random << 13;
        _random ^= _random >> 17;
        _random ^= _random << 5;
        return _random;
    }

    private sealed class Entry(string key)
    {
        public string Key { get; } = key;

        public double[]? Values { get; set; }
    }
}
