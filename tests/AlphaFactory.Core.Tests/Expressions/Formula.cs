using System.Globalization;
using AlphaFactory.Core.Expressions;

namespace AlphaFactory.Core.Tests.Expressions;

/// <summary>Evaluates formulas on small panels.</summary>
internal static class Formula
{
    /// <summary>The value missing.</summary>
    public const double Missing = double.NaN;

    /// <summary>A panel of one entity.</summary>
    public static Panel One(params (string Name, double[] Values)[] columns) => Market(1, columns);

    /// <summary>A panel of so many entities; columns entity by entity.</summary>
    public static Panel Market(int entities, params (string Name, double[] Values)[] columns)
    {
        var bars = columns[0].Values.Length / entities;
        return new Panel(
            [.. Enumerable.Range(0, entities).Select(number => $"E{number:00}")],
            [
                .. Enumerable
                    .Range(0, bars)
                    .Select(bar => new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddDays(bar)),
            ],
            columns.Select(column => KeyValuePair.Create(column.Name, column.Values))
        );
    }

    /// <summary>The parameters' values.</summary>
    public static ParameterValues Bind(params (string Name, object Value)[] values) =>
        new(values.Select(pair => KeyValuePair.Create(pair.Name, pair.Value)));

    /// <summary>The values of a formula.</summary>
    public static double[] Evaluate(string text, Panel panel, ParameterValues? parameters = null) =>
        AlphaExpression
            .Parse(text)
            .Evaluate(panel, parameters ?? ParameterValues.None, TestContext.Current.CancellationToken);

    /// <summary>The values of a formula over one entity with the column x.</summary>
    public static double[] Of(string text, params double[] x) => Evaluate(text, One(("x", x)));

    /// <summary>An operator called with the columns a and b in turn, windows and lags of so many bars, and 0.25.</summary>
    public static string Call(Operator called, int bars)
    {
        var series = 0;
        var arguments = called.Arguments.Select(argument =>
            argument.Kind switch
            {
                ArgumentKind.Series => series++ % 2 == 0 ? "a" : "b",
                ArgumentKind.Number => "0.25",
                _ => bars.ToString(CultureInfo.InvariantCulture),
            }
        );
        return $"{called.Name}({string.Join(", ", arguments)})";
    }

    /// <summary>The error that <paramref name="action"/> ends with, of the id that every wrong formula has.</summary>
    public static string SyntaxError(Action action)
    {
        var error = Assert.Throws<AlphaFactoryException>(action);
        Assert.Equal(ErrorId.ExpressionSyntax, error.Id);
        return error.Message;
    }

    /// <summary>Asserts that both have the same bits.</summary>
    public static void SameBits(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, string because)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(
                BitConverter.DoubleToInt64Bits(expected[i]) == BitConverter.DoubleToInt64Bits(actual[i]),
                $"{because}, place {i}: {expected[i]:R} became {actual[i]:R}"
            );
        }
    }
}
