using System.Buffers.Binary;
using Parquet.Meta;

namespace AlphaFactory.Core.Features;

/// <summary>
/// Looks at a Parquet file of anybody's before the library does, which makes as much room as the file claims to need.
/// A claim has to be plausible for the bytes that are there.
/// </summary>
internal static class ParquetGuard
{
    /// <summary>The bytes behind the footer: its length, and four letters.</summary>
    public const int Tail = 8;

    // The letters, which are at the start too.
    private const int Magic = 4;

    // What any file may claim, however small; beyond it, so many times the bytes that it has.
    private const long FreeCells = 1L << 22;
    private const long FreePage = 1L << 24;
    private const long Ratio = 1000;

    /// <summary>Whether a file begins as Parquet does.</summary>
    public static bool IsParquet(Stream file)
    {
        Span<byte> start = stackalloc byte[Magic];
        var read = file.ReadAtLeast(start, Magic, throwOnEndOfStream: false);
        file.Position = 0;
        return read == Magic && start.SequenceEqual("PAR1"u8);
    }

    /// <summary>Checks both ends of a file, and reads its footer.</summary>
    /// <exception cref="InvalidDataException">It is cut short or damaged.</exception>
    public static byte[] Footer(Stream file)
    {
        if (file.Length < Magic + Tail)
        {
            throw new InvalidDataException("it is cut short.");
        }

        Span<byte> tail = stackalloc byte[Tail];
        file.Position = file.Length - Tail;
        file.ReadExactly(tail);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(tail);
        if (!tail[4..].SequenceEqual("PAR1"u8) || length > file.Length - Magic - Tail)
        {
            throw new InvalidDataException("it is cut short, or its end is damaged.");
        }

        var footer = new byte[length];
        file.Position = file.Length - Tail - length;
        file.ReadExactly(footer);
        file.Position = 0;
        return footer;
    }

    /// <summary>Checks a row group and the header of each of its pages.</summary>
    /// <exception cref="InvalidDataException">It claims what the file cannot hold.</exception>
    public static void CheckRowGroup(Stream file, RowGroup group, CancellationToken token)
    {
        var bytes = group.Columns.Sum(column => column.MetaData?.TotalCompressedSize ?? 0);
        var cells = (decimal)group.NumRows * group.Columns.Count;
        if (
            group.NumRows < 0
            || group.NumRows > int.MaxValue / 16
            || cells > Math.Max(FreeCells, Ratio * Math.Min(bytes, file.Length))
        )
        {
            throw new InvalidDataException($"it claims {group.NumRows} rows in {bytes} bytes.");
        }

        foreach (var column in group.Columns)
        {
            token.ThrowIfCancellationRequested();
            CheckColumn(file, column, group.NumRows);
        }
    }

    /// <summary>Where the bytes of a column of a row group lie in a file.</summary>
    /// <exception cref="InvalidDataException">They cannot lie there.</exception>
    public static (long Start, long Length) Place(Stream file, ColumnChunk column)
    {
        var data = column.MetaData ?? throw new InvalidDataException("a column has no metadata.");
        var start = data.DictionaryPageOffset is { } first and > 0
            ? Math.Min(first, data.DataPageOffset)
            : data.DataPageOffset;
        return
            start >= Magic && data.TotalCompressedSize >= 0 && start <= file.Length - data.TotalCompressedSize
            ? (start, data.TotalCompressedSize)
            : throw new InvalidDataException("a column lies outside of the file.");
    }

    /// <summary>Checks where a column of a row group lies, and the header of each of its pages.</summary>
    /// <exception cref="InvalidDataException">It claims what the file cannot hold.</exception>
    public static void CheckColumn(Stream file, ColumnChunk column, long rows)
    {
        var (at, length) = Place(file, column);
        var data = column.MetaData!;
        var end = at + length;
        long values = 0;
        while (at < end)
        {
            var page = Header(file, at, end);
            at += page.Length;
            values += page.Type == (long)PageType.DICTIONARY_PAGE ? 0 : page.Values;
            if (
                page.Compressed < 0
                || page.Compressed > end - at
                || page.Uncompressed < 0
                || page.Uncompressed > Math.Max(FreePage, Ratio * page.Compressed)
                || page.Values > Math.Max(rows, 8 * page.Uncompressed)
            )
            {
                throw new InvalidDataException(
                    $"a page claims {page.Uncompressed} bytes and {page.Values} values in {page.Compressed} bytes."
                );
            }

            if (data.Type == Parquet.Meta.Type.BOOLEAN && page.Encoding == (long)Encoding.RLE)
            {
                // Parquet.Net 6.1 reads every one of them as false.
                throw new InvalidDataException(
                    $"the truth values of column '{string.Join('.', data.PathInSchema)}' are kept in runs (RLE), which cannot "
                        + "be read. Write the file with data pages of version 1."
                );
            }

            at += page.Compressed;
        }

        if (values != data.NumValues)
        {
            // The library would look for the rest behind the column, and at the end of the file for ever.
            throw new InvalidDataException(
                $"the pages of a column hold {values} values, and it claims {data.NumValues}."
            );
        }
    }

    // Most headers take a few dozen bytes; statistics of long texts may make one longer.
    private static ThriftWalk.PageHeader Header(Stream file, long at, long end)
    {
        foreach (var size in new[] { 1 << 10, 1 << 20 })
        {
            var bytes = new byte[Math.Min(size, end - at)];
            file.Position = at;
            file.ReadExactly(bytes);
            try
            {
                return ThriftWalk.Page(bytes);
            }
            catch (InvalidDataException) when (bytes.Length == size && size < 1 << 20) { }
        }

        throw new InvalidDataException("the header of a page is damaged.");
    }
}
