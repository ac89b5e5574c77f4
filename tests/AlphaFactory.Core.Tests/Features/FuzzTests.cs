using System.IO.Compression;
using System.Text;
using AlphaFactory.Core.Features;
using CsCheck;

namespace AlphaFactory.Core.Tests.Features;

/// <summary>
/// Whatever bytes a file has, its import makes a version or is refused as wrong input, in little memory, and the store is
/// as it was.
/// </summary>
public sealed class FuzzTests : IDisposable
{
    private const string Csv =
        "\uFEFFtime,entity,v,note\n2020-01-01,A,1.5,x\n2020-01-02,A,-inf,\"a, \"\"b\"\"\nc\"\n\n2020-01-01,Ä,,😀\n"
        + "2020-01-03T09:30:00.000001Z,NA,1e300,\n";

    // Ten thousand times what the files have.
    private const long MostRoom = 1L << 27;

    private static readonly string[] Splinters =
    [
        "\"",
        "\n",
        "\r",
        ",",
        ";",
        "\0",
        "\uFEFF",
        "\uFFFD",
        "9999999999999999999",
        "NaN",
        "2020-13-45",
        "PAR1",
        new string('x', 5_000),
        new string(',', 300),
    ];

    private static readonly Gen<Func<byte[], byte[]>> Mutation = Gen.OneOf(
        Gen.Select(Gen.Int[0, 9_999], Gen.Byte, Gen.Int[1, 6])
            .Select<(int, byte, int), Func<byte[], byte[]>>(t =>
                bytes => Fill(bytes, t.Item1, t.Item2, t.Item3)
            ),
        Gen.Select(Gen.Int[0, 9_999], Gen.Int[0, 7])
            .Select<(int, int), Func<byte[], byte[]>>(t => bytes => Flip(bytes, t.Item1, t.Item2)),
        Gen.Select(Gen.Int[0, 9_999], Gen.Int[0, Splinters.Length - 1])
            .Select<(int, int), Func<byte[], byte[]>>(t =>
                bytes => Insert(bytes, t.Item1, Encoding.UTF8.GetBytes(Splinters[t.Item2]))
            ),
        Gen.Select(Gen.Int[0, 9_999], Gen.Int[1, 60])
            .Select<(int, int), Func<byte[], byte[]>>(t => bytes => Remove(bytes, t.Item1, t.Item2)),
        Gen.Select(Gen.Int[0, 9_999], Gen.Int[0, 9_999], Gen.Int[1, 60])
            .Select<(int, int, int), Func<byte[], byte[]>>(t =>
                bytes => Insert(bytes, t.Item1, Slice(bytes, t.Item2, t.Item3))
            )
    );

    private readonly FeatureBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("csv")]
    [InlineData("gzip")]
    [InlineData("parquet")]
    public void A_valid_file_with_random_damage_is_read_or_refused(string format)
    {
        var valid = Valid(format);
        Gen.Select(Mutation.Array[1, 4], Gen.Bool)
            .Sample(
                (mutations, quarantine) =>
                {
                    _ = Import(mutations.Aggregate(valid, (bytes, mutate) => mutate(bytes)), quarantine);
                },
                iter: 300,
                threads: 1
            );
    }

    [Fact]
    public void Random_bytes_are_refused() =>
        Gen.Select(Gen.Int[0, 3], Gen.Byte.Array[0, 400], Gen.Bool)
            .Sample(
                (start, bytes, quarantine) =>
                {
                    byte[] file = start switch
                    {
                        0 => [.. "PAR1"u8, .. bytes, (byte)bytes.Length, 0, 0, 0, .. "PAR1"u8],
                        1 => [0x1F, 0x8B, 8, 0, .. bytes],
                        2 => [.. "time,entity,v\n"u8, .. bytes],
                        _ => bytes,
                    };
                    Assert.False(Import(file, quarantine));
                },
                iter: 300,
                threads: 1
            );

    [Theory]
    [InlineData("csv")]
    [InlineData("gzip")]
    [InlineData("parquet")]
    public void A_file_cut_short_at_any_length_is_read_or_refused(string format)
    {
        var valid = Valid(format);
        for (var length = 0; length < valid.Length; length++)
        {
            var read = Import(valid[..length], quarantine: false);
            // A text may end after any of its rows; what has a checksum or a footer may not.
            Assert.True(format == "csv" || !read, $"{length} of {valid.Length} bytes were read.");
        }
    }

    [Theory]
    [InlineData(10_000_000_000)]
    [InlineData(long.MaxValue)]
    [InlineData(2_000_000_000)]
    [InlineData(-1)]
    [InlineData(27_778)]
    public void A_tiny_file_that_claims_to_be_huge_is_refused(long claim)
    {
        // The rows are counted in the footer alone, several times: each of them claims more.
        var lines = Enumerable
            .Range(0, 27_777)
            .Select(i => $"{UtcDate.Format(DateTime.UnixEpoch.AddMinutes(i))},A,1\n");
        var set = _bench.Import("time,entity,v\n" + string.Concat(lines), r => r with { Name = "counted" });
        var bytes = File.ReadAllBytes(Directory.GetFiles(set.Path, "*.parquet").Single());
        var footer = BitConverter.ToInt32(bytes, bytes.Length - 8);
        var start = bytes.Length - 8 - footer;
        var claimed = Replace(bytes[start..^8], Varint(set.Rows), Varint(claim));
        Assert.NotEqual(bytes[start..^8], claimed);

        byte[] file = [.. bytes[..start], .. claimed, .. BitConverter.GetBytes(claimed.Length), .. "PAR1"u8];
        Assert.False(Import(file, quarantine: false));
    }

    [Fact]
    public void A_tiny_page_that_claims_to_be_huge_is_refused()
    {
        var bytes = Valid("parquet");
        foreach (var claim in (long[])[2_000_000_000, int.MaxValue, -1, int.MinValue])
        {
            // The first page begins after the four letters: its type, then its size before compression (field 2).
            Assert.Equal(0x15, bytes[6]);
            var end = 7 + bytes.AsSpan(7).IndexOfAnyInRange((byte)0, (byte)0x7F) + 1;
            Assert.False(Import([.. bytes[..7], .. Varint(claim), .. bytes[end..]], quarantine: false));
        }
    }

    private byte[] Valid(string format)
    {
        var bytes = Encoding.UTF8.GetBytes(Csv);
        if (format == "gzip")
        {
            using var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            {
                gzip.Write(bytes);
            }

            return packed.ToArray();
        }

        if (format == "parquet")
        {
            var set = _bench
                .Import(
                    new ImportRequest
                    {
                        Name = "source",
                        Paths = [_bench.File("source.csv", bytes)],
                        Time = "time",
                        Entity = "entity",
                    }
                )
                .Set;
            return File.ReadAllBytes(Directory.GetFiles(set.Path, "*.parquet").Single());
        }

        return bytes;
    }

    /// <summary>Whether the import made a version, which is then taken away again.</summary>
    private bool Import(byte[] bytes, bool quarantine)
    {
        var request = new ImportRequest
        {
            Name = "fuzz",
            Paths = [_bench.File("fuzz.bin", bytes)],
            Time = "time",
            Entity = "entity",
            Duplicates = DuplicatePolicy.Last,
            OnError = quarantine ? RowErrorPolicy.Quarantine : RowErrorPolicy.Stop,
        };
        var before = _bench.Features.List();
        var room = GC.GetAllocatedBytesForCurrentThread();
        FeatureSet? set = null;
        try
        {
            set = _bench.Import(request).Set;
            Assert.Equal(set.Rows, _bench.Rows(set).Count);
        }
        catch (AlphaFactoryException error)
        {
            Assert.True(error.Id.ExitCode() == ExitCodes.WrongInput, error.ToString());
        }

        room = GC.GetAllocatedBytesForCurrentThread() - room;
        Assert.True(room < MostRoom, FormattableString.Invariant($"{room} bytes for {bytes.Length}"));
        if (set is not null)
        {
            _bench.Features.Remove(set);
        }

        Assert.Equal(before.Select(s => s.ToString()), _bench.Features.List().Select(s => s.ToString()));
        Assert.Empty(_bench.Leftovers());
        return set is not null;
    }

    private static byte[] Varint(long value)
    {
        var zigzag = (ulong)((value << 1) ^ (value >> 63));
        var bytes = new List<byte>();
        for (; zigzag > 0x7F; zigzag >>= 7)
        {
            bytes.Add((byte)(zigzag | 0x80));
        }

        bytes.Add((byte)zigzag);
        return [.. bytes];
    }

    private static byte[] Replace(byte[] bytes, byte[] old, byte[] other)
    {
        var result = new List<byte>();
        for (var at = 0; at < bytes.Length; )
        {
            var found = bytes.AsSpan(at).StartsWith(old);
            result.AddRange(found ? other : [bytes[at]]);
            at += found ? old.Length : 1;
        }

        return [.. result];
    }

    private static byte[] Fill(byte[] bytes, int at, byte value, int count)
    {
        var copy = (byte[])bytes.Clone();
        at %= copy.Length + 1;
        copy.AsSpan(at, Math.Min(count, copy.Length - at)).Fill(value);
        return copy;
    }

    private static byte[] Flip(byte[] bytes, int at, int bit)
    {
        var copy = (byte[])bytes.Clone();
        if (copy.Length > 0)
        {
            copy[at % copy.Length] ^= (byte)(1 << bit);
        }

        return copy;
    }

    private static byte[] Insert(byte[] bytes, int at, byte[] other)
    {
        at %= bytes.Length + 1;
        return [.. bytes[..at], .. other, .. bytes[at..]];
    }

    private static byte[] Remove(byte[] bytes, int at, int count)
    {
        at %= bytes.Length + 1;
        return [.. bytes[..at], .. bytes[Math.Min(at + count, bytes.Length)..]];
    }

    private static byte[] Slice(byte[] bytes, int at, int count)
    {
        at %= bytes.Length + 1;
        return bytes[at..Math.Min(at + count, bytes.Length)];
    }
}
