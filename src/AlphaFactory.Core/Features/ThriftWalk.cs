namespace AlphaFactory.Core.Features;

/// <summary>
/// Walks over a structure in Thrift's compact form, in which Parquet keeps its metadata, without building anything:
/// what claims to be larger than the bytes that hold it throws before a library makes room for it.
/// </summary>
internal ref struct ThriftWalk(ReadOnlySpan<byte> bytes)
{
    private const int Deepest = 32;

    // How many fields of a page's header are looked at, and of the structure in it.
    private const int Own = 3;
    private const int Inner = 4;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;

    /// <summary>The sizes of a page, how its values are encoded, and how many bytes its header takes.</summary>
    public sealed record PageHeader(
        int Length,
        long Type,
        long Uncompressed,
        long Compressed,
        long Values,
        long Encoding
    );

    /// <summary>Walks over a structure.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static void Check(ReadOnlySpan<byte> bytes) => new ThriftWalk(bytes).Struct(0, []);

    /// <summary>Reads the header of a page.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or longer than the bytes given.</exception>
    public static PageHeader Page(ReadOnlySpan<byte> bytes)
    {
        // Fields 1 to 3 of the header, and after them fields 1 to 4 of what it holds. The first of these is the number of
        // values; the encoding is the second, and the fourth of a page of the second version.
        const int secondVersion = 3;
        Span<long> fields = stackalloc long[1 + Own + Inner];
        fields.Fill(-1);
        var walk = new ThriftWalk(bytes);
        walk.Struct(0, fields);
        var encoding = fields[fields[1] == secondVersion ? Own + 4 : Own + 2];
        return new PageHeader(walk._at, fields[1], fields[2], fields[3], fields[Own + 1], encoding);
    }

    /// <summary>Walks over a structure, and finds the elements of a list that is one of its fields.</summary>
    /// <param name="bytes">The structure.</param>
    /// <param name="field">The number of the field.</param>
    /// <returns>Where the list starts, where its first element does, and where each element ends.</returns>
    /// <exception cref="InvalidDataException">It is damaged, or has no such list.</exception>
    public static (int Start, int First, int[] Ends) List(ReadOnlySpan<byte> bytes, int field)
    {
        const int list = 9;
        var walk = new ThriftWalk(bytes);
        (int, int, int[])? found = null;
        for (long id = 0; walk.Field(ref id) is var type and not 0; )
        {
            if (id != field || type != list)
            {
                walk.Skip(type, 0, [], inList: false);
                continue;
            }

            var start = walk._at;
            var (size, element) = walk.ListHead();
            var first = walk._at;
            var ends = new int[size];
            for (var i = 0; i < size; i++)
            {
                walk.Skip(element, 1, [], inList: true);
                ends[i] = walk._at;
            }

            found = (start, first, ends);
        }

        return found ?? throw Damaged();
    }

    /// <summary>Reads the head of the next field of a structure.</summary>
    /// <param name="id">The number of the field before; becomes this one's.</param>
    /// <returns>The field's type; 0 at the end of the structure.</returns>
    private int Field(ref long id)
    {
        var head = Byte();
        if (head == 0)
        {
            return 0;
        }

        id = head >> 4 is var step and not 0 ? id + step : ZigZag();
        return (head & 0xF) is var type and not 0 ? type : throw Damaged();
    }

    private void Struct(int depth, scoped Span<long> fields)
    {
        if (depth > Deepest)
        {
            throw Damaged();
        }

        for (long id = 0; Field(ref id) is var type and not 0; )
        {
            if (type is 5 && fields.Length > 0)
            {
                var value = ZigZag();
                if (depth == 0 && id is >= 1 and <= Own)
                {
                    fields[(int)id] = value;
                }
                else if (depth == 1 && id is >= 1 and <= Inner)
                {
                    fields[Own + (int)id] = value;
                }
            }
            else
            {
                Skip(type, depth, fields, inList: false);
            }
        }
    }

    private void Skip(int type, int depth, scoped Span<long> fields, bool inList)
    {
        switch (type)
        {
            case 1 or 2:
                Forward(inList ? 1UL : 0);
                break;
            case 3:
                Forward(1);
                break;
            case 4 or 5 or 6:
                Varint();
                break;
            case 7:
                Forward(8);
                break;
            case 8:
                Forward(Varint());
                break;
            case 9 or 10:
                List(depth, fields);
                break;
            case 12:
                Struct(depth + 1, depth == 0 && !inList ? fields : []);
                break;
            default:
                // Parquet's metadata has no maps.
                throw Damaged();
        }
    }

    private void List(int depth, scoped Span<long> fields)
    {
        if (depth > Deepest)
        {
            throw Damaged();
        }

        var (size, element) = ListHead();
        for (var i = 0; i < size; i++)
        {
            Skip(element, depth + 1, fields, inList: true);
        }
    }

    /// <summary>Reads how many elements a list has, each of them a byte at least, and of which type.</summary>
    private (int Size, int Element) ListHead()
    {
        var head = Byte();
        var size = head >> 4 == 15 ? Varint() : (ulong)(head >> 4);
        return size <= (ulong)(_bytes.Length - _at) ? ((int)size, head & 0xF) : throw Damaged();
    }

    private void Forward(ulong count)
    {
        if (count > (ulong)(_bytes.Length - _at))
        {
            throw Damaged();
        }

        _at += (int)count;
    }

    private int Byte() => _at < _bytes.Length ? _bytes[_at++] : throw Damaged();

    private ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Damaged();
    }

    private long ZigZag()
    {
        var value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    private static InvalidDataException Damaged() => new("its metadata is damaged.");
}
