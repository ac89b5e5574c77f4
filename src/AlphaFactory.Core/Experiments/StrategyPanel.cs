using AlphaFactory.Core.Expressions;

namespace AlphaFactory.Core.Experiments;

/// <summary>What a user's script sees of the data: copies, so that it can do with them what it wants.</summary>
/// <param name="panel">The data.</param>
public sealed class StrategyPanel(Panel panel)
{
    /// <summary>The entities, in ordinal order: the order of a row of signals.</summary>
    public string[] Entities { get; } = [.. panel.Entities];

    /// <summary>The bars, ascending, UTC.</summary>
    public DateTime[] Times { get; } = [.. panel.Times];

    /// <summary>How many bars there are.</summary>
    public int Bars => Times.Length;

    /// <summary>The names of the columns.</summary>
    public string[] Columns { get; } = [.. panel.Columns];

    /// <summary>The values of a column, a value a bar, of the only entity; NaN is missing.</summary>
    /// <param name="column">The column, without case.</param>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.SpecInvalid"/>: there is no such column, or there are several entities.
    /// </exception>
    public double[] Series(string column) =>
        Entities.Length == 1
            ? Series(column, Entities[0])
            : throw Invalid(
                FormattableString.Invariant(
                    $"There are {Entities.Length} entities: name one, $Panel.Series('{column}', $Panel.Entities[0])."
                )
            );

    /// <summary>The values of a column, a value a bar, of an entity; NaN is missing.</summary>
    /// <param name="column">The column, without case.</param>
    /// <param name="entity">The entity, spelled exactly.</param>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.SpecInvalid"/>: there is no such column or entity.</exception>
    public double[] Series(string column, string entity)
    {
        ArgumentNullException.ThrowIfNull(column);
        ArgumentNullException.ThrowIfNull(entity);
        var index = Array.IndexOf(Entities, entity);
        if (index < 0)
        {
            throw Invalid($"There is no entity '{entity}'.{Nearest.Hint(entity, Entities)}");
        }

        return panel.Has(column)
            ? panel.Series(column, index).ToArray()
            : throw Invalid($"There is no column of numbers '{column}'.{Nearest.Hint(column, Columns)}");
    }

    private static AlphaFactoryException Invalid(string message) => new(ErrorId.SpecInvalid, message);
}
