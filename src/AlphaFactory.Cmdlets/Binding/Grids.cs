using System.Collections;
using AlphaFactory.Core;
using AlphaFactory.Core.Experiments;

namespace AlphaFactory.Cmdlets.Binding;

/// <summary>Reads <c>-Grid</c>: a table of arrays is their product, a list of tables is exactly those.</summary>
internal static class Grids
{
    /// <summary>The grid of what the user passed; null is one set without a parameter.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.SpecInvalid"/>.</exception>
    public static ParameterGrid Read(object? grid) =>
        Tables.Unwrap(grid) switch
        {
            null => ParameterGrid.One,
            ParameterGrid read => read,
            IDictionary table => ParameterGrid.Product(
                Tables.Entries(table).Select(axis => KeyValuePair.Create(axis.Key, Values(axis.Value)))
            ),
            IEnumerable list and not string => ParameterGrid.List(list.Cast<object?>().Select(Set)),
            var other => throw Invalid($"-Grid is '{other}'"),
        };

    private static IReadOnlyList<object?> Values(object? values) =>
        values is IEnumerable list and not string and not IDictionary
            ? [.. list.Cast<object?>().Select(Tables.Unwrap)]
            : [values];

    private static ParameterValues Set(object? set) =>
        Tables.Unwrap(set) switch
        {
            ParameterValues values => values,
            IDictionary table => new ParameterValues(
                Tables.Entries(table).Select(entry => KeyValuePair.Create(entry.Key, entry.Value!))
            ),
            var other => throw Invalid($"-Grid has '{other}' in its list"),
        };

    private static AlphaFactoryException Invalid(string what) =>
        new(
            ErrorId.SpecInvalid,
            $"{what}, which is not a table. Write @{{ fast = 10, 20; slow = 50, 100 }} for every combination, or "
                + "@{ fast = 10; slow = 50 }, @{ fast = 20; slow = 100 } for exactly those."
        );
}
