namespace AlphaFactory.Core.Features;

/// <summary>
/// The fields of one of the structures that Parquet's metadata consists of, by their numbers from 1. The library reads each
/// field as what it ought to be, whatever the file says it is: where these differ, it would read on from a wrong place.
/// </summary>
/// <param name="fields">The fields; null where a number is not used.</param>
internal sealed class ThriftShape(params ThriftField?[] fields)
{
    // https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift, in its order.
    private static readonly ThriftField Bool = new(1);
    private static readonly ThriftField I8 = new(3);
    private static readonly ThriftField I16 = new(4);
    private static readonly ThriftField I32 = new(5);
    private static readonly ThriftField I64 = new(6);
    private static readonly ThriftField Double = new(7);
    private static readonly ThriftField Binary = new(8);
    private static readonly ThriftField Empty = Struct();

    private static readonly ThriftField SizeStatistics = Struct(I64, List(I64), List(I64));
    private static readonly ThriftField BoundingBox = Struct(
        Double,
        Double,
        Double,
        Double,
        Double,
        Double,
        Double,
        Double
    );
    private static readonly ThriftField GeospatialStatistics = Struct(BoundingBox, List(I32));
    private static readonly ThriftField Statistics = Struct(
        Binary,
        Binary,
        I64,
        I64,
        Binary,
        Binary,
        Bool,
        Bool
    );
    private static readonly ThriftField Decimal = Struct(I32, I32);
    private static readonly ThriftField TimeUnit = Struct(Empty, Empty, Empty);
    private static readonly ThriftField Time = Struct(Bool, TimeUnit);
    private static readonly ThriftField Integer = Struct(I8, Bool);
    private static readonly ThriftField LogicalType = Struct(
        Empty,
        Empty,
        Empty,
        Empty,
        Decimal,
        Empty,
        Time,
        Time,
        null,
        Integer,
        Empty,
        Empty,
        Empty,
        Empty,
        Empty,
        Struct(I8),
        Struct(Binary),
        Struct(Binary, I32)
    );
    private static readonly ThriftField SchemaElement = Struct(
        I32,
        I32,
        I32,
        Binary,
        I32,
        I32,
        I32,
        I32,
        I32,
        LogicalType
    );
    private static readonly ThriftField DataPage = Struct(I32, I32, I32, I32, Statistics);
    private static readonly ThriftField DictionaryPage = Struct(I32, I32, Bool);
    private static readonly ThriftField DataPageV2 = Struct(I32, I32, I32, I32, I32, I32, Bool, Statistics);
    private static readonly ThriftField KeyValue = Struct(Binary, Binary);
    private static readonly ThriftField SortingColumn = Struct(I32, Bool, Bool);
    private static readonly ThriftField PageEncodingStats = Struct(I32, I32, I32);
    private static readonly ThriftField ColumnMetaData = Struct(
        I32,
        List(I32),
        List(Binary),
        I32,
        I64,
        I64,
        I64,
        List(KeyValue),
        I64,
        I64,
        I64,
        Statistics,
        List(PageEncodingStats),
        I64,
        I32,
        SizeStatistics,
        GeospatialStatistics
    );
    private static readonly ThriftField ColumnCrypto = Struct(Empty, Struct(List(Binary), Binary));
    private static readonly ThriftField ColumnChunk = Struct(
        Binary,
        I64,
        ColumnMetaData,
        I64,
        I32,
        I64,
        I32,
        ColumnCrypto,
        Binary
    );
    private static readonly ThriftField RowGroup = Struct(
        List(ColumnChunk),
        I64,
        I64,
        List(SortingColumn),
        I64,
        I64,
        I16
    );
    private static readonly ThriftField ColumnOrder = Struct(Empty);
    private static readonly ThriftField Encryption = Struct(Binary, Binary, Bool);

    /// <summary>The header of a page.</summary>
    public static ThriftShape PageHeader { get; } =
        new(I32, I32, I32, I32, DataPage, Empty, DictionaryPage, DataPageV2);

    /// <summary>The footer of a file.</summary>
    public static ThriftShape FileMetaData { get; } =
        new(
            I32,
            List(SchemaElement),
            I64,
            List(RowGroup),
            List(KeyValue),
            Binary,
            List(ColumnOrder),
            Struct(Encryption, Encryption),
            Binary
        );

    /// <summary>A field by its number, or null when it is not known.</summary>
    public ThriftField? this[long id] => id >= 1 && id <= fields.Length ? fields[id - 1] : null;

    private static ThriftField List(ThriftField element) => new(9, Element: element);

    private static ThriftField Struct(params ThriftField?[] fields) =>
        new(12, Shape: new ThriftShape(fields));
}

/// <summary>What a field is.</summary>
/// <param name="Type">Its type in Thrift's compact form; a truth value is 1 or 2.</param>
/// <param name="Element">What the elements of a list are.</param>
/// <param name="Shape">What a structure consists of.</param>
internal sealed record ThriftField(int Type, ThriftField? Element = null, ThriftShape? Shape = null)
{
    /// <summary>Whether a file's type of a field is this one's.</summary>
    public bool Is(int type) => type == Type || (Type == 1 && type == 2);
}
