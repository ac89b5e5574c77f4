namespace AlphaFactory.Core.Features;

/// <summary>How much of an import is in memory at a time. What is written does not depend on it, but for the row groups.</summary>
/// <param name="Rows">Rows that are sorted in memory; two such chunks are there at a time.</param>
/// <param name="Bytes">Bytes of such a chunk, roughly.</param>
/// <param name="Group">Rows of a row group of the version: enough to compress well, few enough to skip.</param>
internal sealed record SortLimits(int Rows, long Bytes, int Group)
{
    /// <summary>What every import uses.</summary>
    public static SortLimits Default { get; } = new(1 << 20, 1 << 26, 1 << 15);

    /// <summary>Whether a table is to be sorted before more is read.</summary>
    public bool AreReached(FeatureTable table)
    {
        // Bytes are counted now and then only.
        const int often = 1 << 10;
        return table.Rows >= Rows || (table.Rows % often == 0 && table.Bytes >= Bytes);
    }

    /// <summary>Rows of a block of a run: of each run one is in memory when they are merged.</summary>
    public int Block(FeatureTable table)
    {
        const int most = 1 << 13;
        const int blocksInChunk = 64;
        return (int)
            Math.Clamp(
                Bytes / blocksInChunk * table.Rows / Math.Max(1, table.Bytes),
                1,
                Math.Min(most, Rows)
            );
    }
}
