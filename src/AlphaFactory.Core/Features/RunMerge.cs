namespace AlphaFactory.Core.Features;

/// <summary>
/// Merges sorted runs into one, each key once. A run holds the rows that arrived before those of the next, so that of
/// two rows of one key the one of the earlier run came first.
/// </summary>
internal sealed class RunMerge : IDisposable
{
    private static readonly Comparer<Cursor> ByRow = Comparer<Cursor>.Create((a, b) => a.Compare(b));

    // Sorted by the key of the row they are at, then by run.
    private readonly List<Cursor> _cursors = [];
    private readonly DuplicateRows _duplicates;
    private readonly CancellationToken _token;

    /// <summary>Opens the runs.</summary>
    public RunMerge(
        IEnumerable<IEnumerable<SortedBlock>> runs,
        DuplicateRows duplicates,
        CancellationToken token
    )
    {
        _duplicates = duplicates;
        _token = token;
        foreach (var run in runs)
        {
            Insert(new Cursor(run.GetEnumerator(), _cursors.Count));
        }
    }

    /// <summary>Gives all rows in their final order: parts of blocks, each to be used before the next.</summary>
    public IEnumerable<(SortedBlock Block, int Start, int Count)> Rows()
    {
        while (_cursors.Count > 0)
        {
            _token.ThrowIfCancellationRequested();
            var first = _cursors[0];
            var second = _cursors.Count > 1 ? _cursors[1] : null;
            var end = second is null ? first.Block.Count : first.EndBefore(second);
            if (end == first.Row)
            {
                // Both have the key.
                _duplicates.Add(first.Arrival, second!.Arrival, second.Block.Keys, second.Row);
                Move(_duplicates.KeepLast ? first : second, 1);
            }
            else
            {
                yield return (first.Block, first.Row, end - first.Row);
                Move(first, end - first.Row);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _cursors.ForEach(cursor => cursor.Dispose());

    private void Move(Cursor cursor, int rows)
    {
        _cursors.Remove(cursor);
        cursor.Row += rows;
        Insert(cursor);
    }

    private void Insert(Cursor cursor)
    {
        if (!cursor.IsThere())
        {
            cursor.Dispose();
            return;
        }

        var at = _cursors.BinarySearch(cursor, ByRow);
        _cursors.Insert(~at, cursor);
    }

    private sealed class Cursor(IEnumerator<SortedBlock> run, int number) : IDisposable
    {
        private bool _open;

        public SortedBlock Block => run.Current;

        public int Row { get; set; }

        public long Arrival => Block.Arrival(Row);

        /// <summary>Whether there is a row, in this block or a next one.</summary>
        public bool IsThere()
        {
            while (!_open || Row == Block.Count)
            {
                (_open, Row) = (true, 0);
                if (!run.MoveNext())
                {
                    return false;
                }
            }

            return true;
        }

        /// <summary>By the row they are at, then by run.</summary>
        public int Compare(Cursor other)
        {
            var by = Block.Keys.Compare(Row, other.Block.Keys, other.Row);
            return by != 0 ? by : number.CompareTo(other.Number);
        }

        /// <summary>Where the rows of this block end that come before the row of another cursor.</summary>
        public int EndBefore(Cursor other)
        {
            // Steps that double until one is too far, then halves: runs take turns after many rows, or after one.
            var (before, step) = (Row - 1, 1);
            while (before + step < Block.Count && IsBefore(before + step, other))
            {
                before += step;
                step *= 2;
            }

            for (var end = Math.Min(before + step, Block.Count); before + 1 < end; )
            {
                var middle = before + (end - before) / 2;
                (before, end) = IsBefore(middle, other) ? (middle, end) : (before, middle);
            }

            return before + 1;
        }

        public void Dispose() => run.Dispose();

        private int Number => number;

        private bool IsBefore(int row, Cursor other) =>
            Block.Keys.Compare(row, other.Block.Keys, other.Row) < 0;
    }
}
