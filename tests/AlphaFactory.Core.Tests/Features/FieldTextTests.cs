using System.Globalization;
using AlphaFactory.Core.Features;
using CsCheck;

namespace AlphaFactory.Core.Tests.Features;

public sealed class FieldTextTests
{
    [Fact]
    public void Numbers_are_read_to_the_last_bit_as_the_runtime_reads_them() =>
        Gen.OneOf(
                Gen.String[Gen.Char["0123456789.-"], 0, 19],
                Gen.Double.Select(value => value.ToString(CultureInfo.InvariantCulture)),
                Gen.Select(Gen.Long[0, 999_999_999_999_999_999], Gen.Int[0, 18], Gen.Bool)
                    .Select((digits, point, negative) => Text(digits, point, negative))
            )
            .Sample(
                text =>
                {
                    const NumberStyles style =
                        NumberStyles.AllowLeadingSign
                        | NumberStyles.AllowDecimalPoint
                        | NumberStyles.AllowExponent;
                    var expected = double.TryParse(text, style, CultureInfo.InvariantCulture, out var value);
                    Assert.Equal(expected, FieldText.TryDouble(text, out var read));
                    Assert.True(
                        !expected
                            || BitConverter.DoubleToInt64Bits(value) == BitConverter.DoubleToInt64Bits(read),
                        text
                    );
                },
                iter: 100_000
            );

    [Fact]
    public void Days_are_read_as_the_format_says() =>
        Gen.OneOf(
                Gen.String[Gen.Char["0123456789-/"], 8, 10],
                Gen.Select(Gen.Int[0, 2030], Gen.Int[0, 13], Gen.Int[0, 32])
                    .Select(
                        (year, month, day) => FormattableString.Invariant($"{year:D4}-{month:D2}-{day:D2}")
                    )
            )
            .Where(text => text.Length == 10 && text[4] == '-' && text[7] == '-')
            .Sample(
                text =>
                {
                    var expected = DateTime.TryParseExact(
                        text,
                        "yyyy-MM-dd",
                        CultureInfo.InvariantCulture,
                        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                        out var day
                    );
                    Assert.Equal(expected, UtcDate.TryParse(text, upperEnd: false, out var read));
                    Assert.True(!expected || (day == read && read.Kind == DateTimeKind.Utc), text);
                },
                iter: 10_000
            );

    private static string Text(long digits, int point, bool negative)
    {
        var text = digits.ToString(CultureInfo.InvariantCulture).PadLeft(point + 1, '0');
        return (negative ? "-" : "") + text.Insert(text.Length - point, ".");
    }
}
