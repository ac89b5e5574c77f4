using System.Numerics;
using System.Text;
using Parquet;
using Parquet.Meta;
using Parquet.Schema;
using PhysicalType = Parquet.Meta.Type;

namespace AlphaFactory.Core.Features;

/// <summary>
/// Reads the columns of anybody's row group as values of the five types of a feature set. They are read as
/// the file stores them, texts as bytes, and whole numbers, times and decimals as integers: of Parquet's encodings the
/// library knows more for these, and takes prefixes of texts for characters where they are bytes. And a time that no
/// clock shows is then a row's mistake and not the file's.
/// </summary>
internal static class ParquetColumn
{
    // Of .NET's decimal.
    private const int MostPlaces = 28;

    private static readonly UTF8Encoding Utf8 = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    /// <summary>The type that a column has in a feature set; null when a set cannot hold its values.</summary>
    public static FeatureType? TypeOf(DataField field)
    {
        var type = Nullable.GetUnderlyingType(field.ClrType) ?? field.ClrType;
        return System.Type.GetTypeCode(type) switch
        {
            _ when IsTimeOfDay(field) => null,
            TypeCode.SByte
            or TypeCode.Byte
            or TypeCode.Int16
            or TypeCode.UInt16
            or TypeCode.Int32
            or TypeCode.UInt32
            or TypeCode.Int64
            or TypeCode.UInt64 => FeatureType.Long,
            TypeCode.Single or TypeCode.Double or TypeCode.Decimal => FeatureType.Double,
            TypeCode.Boolean => FeatureType.Bool,
            TypeCode.DateTime => FeatureType.Timestamp,
            _ when type == typeof(string) || type == typeof(ReadOnlyMemory<char>) => FeatureType.Text,
            _ => null,
        };
    }

    /// <summary>Reads a column whose type is not null.</summary>
    /// <returns>
    /// The value of each row: a double, a long, a bool, a text, a UTC time, or null; anything else is no value.
    /// </returns>
    public static Task<Func<int, object?>> Read(
        ParquetRowGroupReader group,
        DataField field,
        CancellationToken token
    )
    {
        if (TypeOf(field) == FeatureType.Text)
        {
            return Texts(group, field, token);
        }

        var type = field.ClrType;
        return field.SchemaElement!.Type switch
        {
            PhysicalType.INT32 when Integers(field) is var convert => Values<int>(
                group,
                As(field, typeof(int)),
                value => convert(value),
                token
            ),
            PhysicalType.INT64 => Values<long>(group, As(field, typeof(long)), Integers(field), token),
            _ when type == typeof(bool) => Values<bool>(group, field, value => value, token),
            _ when type == typeof(float) => Values<float>(group, field, value => (double)value, token),
            _ when type == typeof(double) => Values<double>(group, field, value => value, token),
            _ when type == typeof(decimal) => Values<decimal>(
                group,
                field,
                value => FieldValue.Of(value),
                token
            ),
            // The library marks times without a zone as local ones of this machine.
            _ => Values<DateTime>(
                group,
                field,
                value => FieldValue.Of(DateTime.SpecifyKind(value, DateTimeKind.Utc)),
                token
            ),
        };
    }

    private static async Task<Func<int, object?>> Texts(
        ParquetRowGroupReader group,
        DataField field,
        CancellationToken token
    )
    {
        var bytes = new byte[]?[group.RowCount];
        await group.ReadAsync(As(field, typeof(byte[])), bytes.AsMemory(), cancellationToken: token);
        var texts = Array.ConvertAll(bytes, value => value is null ? null : Utf8.GetString(value));
        return row => texts[row];
    }

    private static async Task<Func<int, object?>> Values<T>(
        ParquetRowGroupReader group,
        DataField field,
        Func<T, object?> convert,
        CancellationToken token
    )
        where T : struct
    {
        if (field.IsNullable)
        {
            var values = new T?[group.RowCount];
            await group.ReadAsync<T>(field, values.AsMemory(), cancellationToken: token);
            return row => values[row] is { } value ? convert(value) : null;
        }

        var present = new T[group.RowCount];
        await group.ReadAsync<T>(field, present.AsMemory(), cancellationToken: token);
        return row => convert(present[row]);
    }

    /// <summary>A field of the same column, for the values as they are stored: a reader finds a column by its name.</summary>
    private static DataField As(DataField field, System.Type stored) =>
        new ParquetSchema(new DataField(field.Name, stored, field.IsNullable)).DataFields[0];

    /// <summary>What the integers of a column stand for.</summary>
    /// <exception cref="InvalidDataException">They have more decimal places than a decimal.</exception>
    private static Func<long, object> Integers(DataField field) =>
        field switch
        {
            DecimalDataField { Scale: < 0 or > MostPlaces } => throw new InvalidDataException(
                $"column '{field.Name}' has no number of decimal places that there is."
            ),
            DecimalDataField { Scale: var scale } => value => FieldValue.Of(Scaled(value, (byte)scale))!,
            DateTimeDataField { DateTimeFormat: DateTimeFormat.Date } => value =>
                Time(value, TimeSpan.TicksPerDay),
            DateTimeDataField { Unit: DateTimeTimeUnit.Millis } => value =>
                Time(value, TimeSpan.TicksPerMillisecond),
            DateTimeDataField { Unit: DateTimeTimeUnit.Micros } => value =>
                Time(value, TimeSpan.TicksPerMicrosecond),
            DateTimeDataField => value => Time(FloorBy(value, 1_000), TimeSpan.TicksPerMicrosecond),
            _ when field.ClrType == typeof(uint) => value => (long)(uint)value,
            _ when field.ClrType == typeof(ulong) => value => FieldValue.Of((ulong)value)!,
            _ => value => value,
        };

    private static decimal Scaled(long value, byte scale)
    {
        var digits = value < 0 ? 0UL - (ulong)value : (ulong)value;
        return new decimal((int)digits, (int)(digits >> 32), 0, value < 0, scale);
    }

    private static long FloorBy(long value, long divisor) =>
        Math.DivRem(value, divisor, out var rest) - (rest < 0 ? 1 : 0);

    // A number that no column takes for a time stays one, so that the error can show it.
    private static object Time(long units, long ticksPerUnit)
    {
        var ticks = (Int128)units * ticksPerUnit + DateTime.UnixEpoch.Ticks;
        return ticks >= DateTime.MinValue.Ticks && ticks <= DateTime.MaxValue.Ticks
            ? new DateTime((long)ticks, DateTimeKind.Utc)
            : new BigInteger(units);
    }

    private static bool IsTimeOfDay(DataField field) =>
        field.SchemaElement
            is { LogicalType.TIME: not null }
                or { ConvertedType: ConvertedType.TIME_MILLIS or ConvertedType.TIME_MICROS };
}
