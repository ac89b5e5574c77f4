using System.Globalization;
using AlphaFactory.Core.Expressions;
using Sylvan.Data.Csv;

namespace AlphaFactory.Core.Tests.Expressions;

/// <summary>Holds every operator against tables that pandas and scipy made (tests/reference/operators.py).</summary>
public sealed class OperatorReferenceTests
{
    private static readonly Table Expected = Table.Read("operators.csv");
    private static readonly Panel Market = ReadPanel();

    public static TheoryData<string> Formulas => [.. Expected.Columns.Keys];

    [Theory]
    [MemberData(nameof(Formulas))]
    public void A_formula_has_the_values_that_pandas_gives(string formula)
    {
        var actual = AlphaExpression
            .Parse(formula)
            .Evaluate(Market, ParameterValues.None, TestContext.Current.CancellationToken);
        var expected = Expected.Columns[formula];
        Assert.Equal(expected.Length, actual.Length);
        Assert.Contains(expected, double.IsFinite);
        for (var i = 0; i < expected.Length; i++)
        {
            var (want, got) = (expected[i], actual[i]);
            var near =
                double.IsNaN(want) == double.IsNaN(got)
                && !(Math.Abs(want - got) > 1e-9 * Math.Max(Math.Abs(want), 1e-3));
            Assert.True(near, $"{formula} at {Expected.Keys[i]}: expected {want}, got {got}");
        }
    }

    [Fact]
    public void Every_operator_of_the_table_is_held_against_the_reference()
    {
        foreach (var called in Operators.All)
        {
            var names = called.Aliases.Prepend(called.Name);
            Assert.True(names.Any(name => Expected.Columns.Keys.Any(text => Uses(text, name))), called.Name);
        }

        static bool Uses(string text, string name) =>
            $" {text}".Split(name)[..^1].Any(before => !char.IsLetter(before[^1]) && before[^1] != '_');
    }

    private static Panel ReadPanel()
    {
        var table = Table.Read("panel.csv");
        string[] entities =
        [
            .. table
                .Keys.Select(key => key.Entity)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
        var bars = 1 + table.Keys.Max(key => key.Bar);
        var columns = table.Columns.ToDictionary(
            column => column.Key,
            column =>
            {
                var values = Enumerable.Repeat(double.NaN, entities.Length * bars).ToArray();
                foreach (var (key, value) in table.Keys.Zip(column.Value))
                {
                    values[(Array.IndexOf(entities, key.Entity) * bars) + key.Bar] = value;
                }

                return values;
            },
            StringComparer.Ordinal
        );
        return new Panel(
            entities,
            [.. Enumerable.Range(0, bars).Select(bar => DateTime.UnixEpoch.AddDays(bar))],
            columns
        );
    }

    /// <summary>A table of numbers by entity and bar; an empty cell is missing.</summary>
    private sealed record Table(
        IReadOnlyList<(string Entity, int Bar)> Keys,
        IReadOnlyDictionary<string, double[]> Columns
    )
    {
        public static Table Read(string name)
        {
            using var reader = CsvDataReader.Create(Repository.File("tests", "reference", name));
            var keys = new List<(string, int)>();
            var columns = Enumerable
                .Range(2, reader.FieldCount - 2)
                .Select(_ => new List<double>())
                .ToArray();
            while (reader.Read())
            {
                keys.Add((reader.GetString(0), reader.GetInt32(1)));
                for (var i = 0; i < columns.Length; i++)
                {
                    var cell = reader.GetString(i + 2);
                    columns[i]
                        .Add(
                            cell.Length == 0 ? double.NaN : double.Parse(cell, CultureInfo.InvariantCulture)
                        );
                }
            }

            return new Table(
                keys,
                columns
                    .Index()
                    .ToDictionary(
                        pair => reader.GetName(pair.Index + 2),
                        pair => pair.Item.ToArray(),
                        StringComparer.Ordinal
                    )
            );
        }
    }
}
