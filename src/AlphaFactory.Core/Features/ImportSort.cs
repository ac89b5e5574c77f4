namespace AlphaFactory.Core.Features;

/// <summary>
/// Sorts the rows of an import, of which there may be more than fit into memory, and writes them. Rows that arrive in
/// their final order are written at once. Others are sorted chunk by chunk; the chunks wait in a temporary file, but
/// the last one, and are merged.
/// </summary>
internal sealed class ImportSort : IDisposable
{
    private const string AsideName = "aside.parquet";

    private readonly string _folder;
    private readonly ImportPlan _plan;
    private readonly SortLimits _limits;
    private readonly DuplicateRows _duplicates;
    private readonly CancellationToken _token;
    private readonly SpillFile _spill;
    private readonly List<IEnumerable<SortedBlock>> _runs = [];
    private VersionWriter? _writer;
    private long _rows;

    /// <summary>Starts with no rows.</summary>
    /// <param name="folder">The folder of the version to be.</param>
    /// <param name="plan">The columns.</param>
    /// <param name="request">Which of several rows of a key is kept, and how much is in memory at a time.</param>
    /// <param name="token">Stops the work.</param>
    public ImportSort(string folder, ImportPlan plan, ImportRequest request, CancellationToken token)
    {
        _folder = folder;
        _plan = plan;
        _limits = request.Limits;
        _duplicates = new DuplicateRows(request.Duplicates);
        _token = token;
        _spill = new SpillFile(folder, NewBlock);
    }

    /// <summary>How many rows repeat a key.</summary>
    public long Duplicates => _duplicates.Count;

    /// <summary>Whether somebody will ask where a row came from.</summary>
    public bool NeedsPlaces => _duplicates.NeedArrivals;

    /// <summary>Takes the rows of a version that is extended; they come before all others.</summary>
    public void Add(FeatureSet extended)
    {
        _runs.Add(Blocks(VersionReader.Open(extended).ReadAll(_token)));
        _rows += extended.Rows;
    }

    /// <summary>Takes the next rows. The table is free again afterwards, unless it is the last.</summary>
    public void Add(FeatureTable table, bool isLast)
    {
        if (table.Rows == 0)
        {
            return;
        }

        _rows += table.Rows;
        var sorted = table.Sort(_duplicates, _token);
        if (_runs.Count == 0 && Follows(sorted))
        {
            _writer ??= NewWriter();
            Write(sorted);
            return;
        }

        if (_writer is not null)
        {
            SetAside(_writer);
        }

        var run = sorted.Blocks(NewBlock(), _limits.Block(table));
        _runs.Add(isLast ? run : _spill.Write(run, _token));
    }

    /// <summary>Writes what has not been written yet.</summary>
    /// <param name="places">Where rows came from, for the message.</param>
    /// <param name="written">Takes how many rows have been merged, and of how many.</param>
    /// <returns>The writer of the version, which has all rows.</returns>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.DuplicateKey"/>, by policy.</exception>
    public VersionWriter Finish(RowPlaces places, Action<long, long> written)
    {
        if (_writer is null)
        {
            Merge(written);
            _duplicates.ThrowIfRefused(places, _token);
            // Nothing but the version may be in its folder when it gets its name.
            _spill.Dispose();
            File.Delete(Path.Combine(_folder, AsideName));
        }

        return _writer!;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _writer?.Dispose();
        _spill.Dispose();
    }

    private void Merge(Action<long, long> written)
    {
        _writer = NewWriter();
        long merged = 0;
        using var merge = new RunMerge(_runs, _duplicates, _token);
        foreach (var (block, start, count) in merge.Rows())
        {
            // An import that is refused reads on only to count.
            if (!_duplicates.Refused)
            {
                _writer.Add(block.Columns, block.Keys, start, count);
            }

            merged += count;
            written(merged, _rows);
        }
    }

    private SortedBlock NewBlock() => new(_plan, NeedsPlaces);

    private VersionWriter NewWriter() => new(_folder, _plan, _limits.Group, _token);

    /// <summary>Whether rows are the next of the version, as far as one can know now.</summary>
    private bool Follows(SortedTable sorted) =>
        sorted.InOrder
        && !_duplicates.Refused
        && (_writer is null || _writer.IsBefore(sorted.Keys, sorted.Order?[0] ?? 0));

    private void Write(SortedTable sorted)
    {
        if (sorted.Order is null)
        {
            _writer!.Add(sorted.Table.Columns, sorted.Keys, 0, sorted.Rows);
            return;
        }

        foreach (var block in sorted.Blocks(NewBlock(), _limits.Block(sorted.Table)))
        {
            _writer!.Add(block.Columns, block.Keys, 0, block.Count);
        }
    }

    /// <summary>What has been written becomes a run, because rows came that belong among it.</summary>
    private void SetAside(VersionWriter writer)
    {
        writer.Close();
        var path = Path.Combine(_folder, AsideName);
        File.Move(writer.Path, path);
        _runs.Add(Blocks(PartFile.ReadAll(path, _plan.Columns, _token)));
        _writer = null;
    }

    private IEnumerable<SortedBlock> Blocks(IEnumerable<ColumnData[]> groups)
    {
        // All rows of the file arrived before any other, in its order.
        long arrival = 0;
        var block = NewBlock();
        foreach (var group in groups)
        {
            block.Clear();
            for (var i = 0; i < block.Columns.Length; i++)
            {
                if (i < group.Length)
                {
                    block.Columns[i].Append(group[i], 0, group[i].Count);
                }
                else
                {
                    block.Columns[i].AppendMissing(group[0].Count);
                }
            }

            for (var row = 0; row < block.Count; row++)
            {
                block.AddArrival(arrival++);
            }

            yield return block;
        }
    }
}
