using AlphaFactory.Core.Experiments;

namespace AlphaFactory.Core.Tests.Experiments;

public sealed class ParameterGridTests
{
    [Fact]
    public void A_product_counts_up_with_its_last_axis_fastest()
    {
        var grid = Product(("fast", [10, 20]), ("slow", [50, 100, 200]));
        Assert.Equal(6, grid.Count);
        Assert.Equal(
            [
                "fast=10; slow=50",
                "fast=10; slow=100",
                "fast=10; slow=200",
                "fast=20; slow=50",
                "fast=20; slow=100",
                "fast=20; slow=200",
            ],
            Enumerable.Range(0, 6).Select(i => grid[i].ToString())
        );
    }

    [Fact]
    public void One_value_of_a_set_is_that_of_the_set()
    {
        ParameterGrid[] grids =
        [
            Product(("fast", [10, 20]), ("slow", [50, 100, 200]), ("flag", [true, false])),
            ParameterGrid.List([Lab.Set(("Fast", 1)), Lab.Set(("slow", 2), ("fast", 3))]),
        ];
        foreach (var grid in grids)
        {
            for (var i = 0L; i < grid.Count; i++)
            {
                foreach (var name in new[] { "FAST", "slow", "flag", "none" })
                {
                    Assert.Equal(
                        grid[i].TryGetValue(name, out var value) ? value : null,
                        grid.ValueAt(i, name)
                    );
                }
            }
        }
    }

    [Fact]
    public void A_list_is_exactly_its_sets()
    {
        var grid = ParameterGrid.List([Lab.Set(("a", 1)), Lab.Set(("b", 2), ("a", 3))]);
        Assert.Equal(2, grid.Count);
        Assert.Equal("b=2; a=3", grid[1].ToString());
        Assert.Equal(["a", "b"], grid.Names);
    }

    [Fact]
    public void A_product_too_large_to_count_stays_the_largest_number() =>
        Assert.Equal(
            long.MaxValue,
            Product([
                .. Enumerable
                    .Range(0, 8)
                    .Select(i => ($"p{i}", Enumerable.Range(0, 1000).Select(v => (object?)v).ToArray())),
            ]).Count
        );

    [Fact]
    public void A_grid_of_nothing_is_an_error()
    {
        Refused(() => Product());
        Refused(() => Product(("fast", [])));
        Refused(() => ParameterGrid.List([]));
        Refused(() => Product(("n", [1]), ("N", [2])));
        Refused(() => Product(("n", [null])));
    }

    private static ParameterGrid Product(params (string Name, object?[] Values)[] axes) =>
        ParameterGrid.Product(
            axes.Select(axis => KeyValuePair.Create<string, IReadOnlyList<object?>>(axis.Name, axis.Values))
        );

    private static void Refused(Action make) =>
        Assert.Equal(ErrorId.SpecInvalid, Assert.Throws<AlphaFactoryException>(make).Id);
}
