namespace AlphaFactory.Core.Features;

/// <summary>
/// Walks over a structure in Thrift's compact form, in which Parquet keeps its metadata, without building anything:
/// what claims to be larger than the bytes that hold it, or to be of another type than it has to be, throws before a
/// library makes room for it, or looks for its end where there is none.
/// </summary>
internal ref struct ThriftWalk(ReadOnlySpan<byte> bytes)
{
    // How many fields of a page's header are looked at, and of the structure in it.
    private const int Own = 3;
    private const int Inner = 4;

    private const int ListType = 9;
    private const int StructType = 12;

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
        walk.Struct(ThriftShape.PageHeader, 0, fields);
        var encoding = fields[fields[1] == secondVersion ? Own + 4 : Own + 2];
        return new PageHeader(walk._at, fields[1], fields[2], fields[3], fields[Own + 1], encoding);
    }

    /// <summary>Walks over the footer of a file, and finds the elements of a list that is one of its fields.</summary>
    /// <param name="bytes">The footer.</param>
    /// <param name="field">The number of the field.</param>
    /// <returns>Where the list starts, where its first element does, and where each element ends.</returns>
    /// <exception cref="InvalidDataException">It is damaged, or has no such list.</exception>
    public static (int Start, int First, int[] Ends) Footer(ReadOnlySpan<byte> bytes, int field)
    {
        var walk = new ThriftWalk(bytes);
        (int, int, int[])? found = null;
        for (long id = 0; walk.Field(ref id) is var type and not 0; )
        {
            var known = ThriftShape.FileMetaData[id];
            if (id != field)
            {
                walk.Value(type, known, 0, []);
                continue;
            }

            var start = walk._at;
            var element = Known(type, known).Element!;
            var ends = new int[walk.ListHead(element).Size];
            var first = walk._at;
            for (var i = 0; i < ends.Length; i++)
            {
                walk.Value(element.Type, element, 1, []);
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

        id = head >> 4 is var step and not 0 ? id + step : ZigZag(Varint(most: 3));
        return id is > 0 and <= short.MaxValue && (head & 0xF) is var type and not 0 ? type : throw Damaged();
    }

    private void Struct(ThriftShape shape, int depth, scoped Span<long> fields)
    {
        for (long id = 0; Field(ref id) is var type and not 0; )
        {
            var at = _at;
            Value(type, shape[id], depth, depth == 0 ? fields : []);
            var place =
                depth == 0 && id is >= 1 and <= Own ? (int)id
                : depth == 1 && id is >= 1 and <= Inner ? Own + (int)id
                : 0;
            if (type == 5 && place > 0 && fields.Length > 0)
            {
                fields[place] = ZigZag(new ThriftWalk(_bytes[at..]).Varint());
            }
        }
    }

    /// <summary>Walks over a value of a type. One of an unknown field may be anything that the library can skip.</summary>
    private void Value(int type, ThriftField? field, int depth, scoped Span<long> fields)
    {
        if (field is not null)
        {
            _ = Known(type, field);
        }

        switch (type)
        {
            case 1 or 2:
                break;
            case 3:
                Forward(1);
                break;
            case 4 or 5:
                Varint(most: 5);
                break;
            case 6:
                Varint();
                break;
            case 7:
                Forward(8);
                break;
            case 8:
                Forward(Varint(most: 5));
                break;
            case ListType:
                List(field?.Element, depth);
                break;
            case StructType when field is not null:
                Struct(field.Shape!, depth + 1, fields);
                break;
            default:
                throw Damaged();
        }
    }

    private void List(ThriftField? element, int depth)
    {
        var (size, type) = ListHead(element);
        for (var i = 0; i < size; i++)
        {
            Value(type, element, depth + 1, []);
        }
    }

    /// <summary>Reads how many elements a list has, each of them a byte at least, and of which type.</summary>
    private (int Size, int Type) ListHead(ThriftField? element)
    {
        var head = Byte();
        var size = head >> 4 == 15 ? Varint(most: 5) : (ulong)(head >> 4);
        var type = head & 0xF;
        // No list of Parquet's has truth values; and what is not known must not be a list of lists without end.
        var may = element is null ? type is >= 3 and <= 8 : type == element.Type;
        return may && size <= (ulong)(_bytes.Length - _at) ? ((int)size, type) : throw Damaged();
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

    /// <summary>Reads a number of so many bytes at most.</summary>
    private ulong Varint(int most = 10)
    {
        var value = 0UL;
        for (var i = 0; i < most; i++)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << (7 * i);
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Damaged();
    }

    private static long ZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    private static ThriftField Known(int type, ThriftField? field) =>
        field is not null && field.Is(type) ? field : throw Damaged();

    private static InvalidDataException Damaged() => new("its metadata is damaged.");
}
