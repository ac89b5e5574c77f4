namespace AlphaFactory.Core.Features;

/// <summary>
/// What a Parquet file of the store says of itself at its end. It grows with the row groups, and the library takes all of
/// it in for any of them; so a reader of some row groups is given an end that knows no others.
/// </summary>
internal sealed class PartFooter
{
    // Of Parquet's FileMetaData.
    private const int RowGroupsField = 4;

    // A list of one structure in Thrift's compact form; and one of fifteen or more, whose number follows.
    private const byte Structures = 0x0C;
    private const byte Many = 0xF0;

    private readonly byte[] _bytes;
    private readonly int _list;
    private readonly int _first;
    private readonly int[] _ends;

    private PartFooter(byte[] bytes, long start)
    {
        _bytes = bytes;
        (_list, _first, _ends) = ThriftWalk.Footer(bytes, RowGroupsField);
        Start = start;
    }

    /// <summary>Where the footer starts in the file.</summary>
    public long Start { get; }

    /// <summary>How many row groups the file has.</summary>
    public int RowGroups => _ends.Length;

    /// <summary>Reads the footer of a file.</summary>
    /// <exception cref="InvalidDataException">It is cut short or damaged.</exception>
    public static PartFooter Read(Stream file)
    {
        var bytes = ParquetGuard.Footer(file);
        return new PartFooter(bytes, file.Length - ParquetGuard.Tail - bytes.Length);
    }

    /// <summary>The end of a file that has only some of the row groups, in the order given.</summary>
    /// <exception cref="InvalidDataException">There is no such row group.</exception>
    public byte[] Only(IReadOnlyList<int> groups)
    {
        using var end = new MemoryStream();
        using var writer = new BinaryWriter(end);
        writer.Write(_bytes.AsSpan(0, _list));
        writer.Write((byte)(Many | Structures));
        writer.Write7BitEncodedInt(groups.Count);
        foreach (var group in groups)
        {
            if (group >= RowGroups)
            {
                throw new InvalidDataException("it has fewer row groups than the manifest says.");
            }

            var start = group == 0 ? _first : _ends[group - 1];
            writer.Write(_bytes.AsSpan(start.._ends[group]));
        }

        writer.Write(_bytes.AsSpan(RowGroups == 0 ? _first : _ends[^1]));
        writer.Write((int)end.Length);
        writer.Write("PAR1"u8);
        return end.ToArray();
    }
}
