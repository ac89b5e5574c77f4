using AlphaFactory.Core.Storage;
using CsCheck;

namespace AlphaFactory.Core.Tests.Storage;

public sealed class ParameterJsonTests
{
    [Fact]
    public void Parameters_come_back_with_their_types_and_bits()
    {
        var value = Gen.OneOf(
            Gen.Long.Select(v => (object)v),
            Gen.Double.Select(v => (object)v),
            Gen.Int.Select(v => (object)(double)v),
            Gen.OneOf([
                .. new object[] { double.NaN, double.PositiveInfinity, -0.0, 1e300, true, false, "" }.Select(
                    Gen.Const
                ),
            ]),
            Gen.String.Select(v => (object)v),
            Gen.DateTime.Select(v => (object)DateTime.SpecifyKind(v, DateTimeKind.Utc))
        );
        value
            .Array[0, 6]
            .Sample(values =>
            {
                var written = new ParameterValues(values.Select((v, i) => KeyValuePair.Create($"p{i}", v)));
                var read = ParameterJson.Read(ParameterJson.Write(written));
                Assert.Equal(written.Keys, read.Keys);
                foreach (var (name, expected) in written)
                {
                    Assert.Equal(expected.GetType(), read[name].GetType());
                    Assert.Equal(Bits(expected), Bits(read[name]));
                }
            });
    }

    [Fact]
    public void The_text_can_be_read() =>
        Assert.Equal(
            """{"n":10,"x":10.0,"on":true,"name":"é\"","day":{"time":"2015-01-02"},"no":{"number":"NaN"}}""",
            ParameterJson.Write(
                new ParameterValues([
                    new("n", 10),
                    new("x", 10.0),
                    new("on", true),
                    new("name", "é\""),
                    new("day", new DateTime(2015, 1, 2, 0, 0, 0, DateTimeKind.Utc)),
                    new("no", double.NaN),
                ])
            )
        );

    private static object Bits(object value) =>
        value is double number && !double.IsNaN(number) ? BitConverter.DoubleToInt64Bits(number) : value;
}
