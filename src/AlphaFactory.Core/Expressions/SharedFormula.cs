namespace AlphaFactory.Core.Expressions;

/// <summary>
/// A formula on one panel for many parameter sets: what several of them have in common is computed once. The values
/// are those of <see cref="AlphaExpression.Evaluate"/>, to the bit. May be used by many threads.
/// </summary>
internal sealed class SharedFormula
{
    private readonly AlphaExpression _expression;
    private readonly ExpressionNode _root;
    private readonly Panel _panel;
    private readonly SeriesCache _cache;

    /// <summary>Makes a formula ready.</summary>
    /// <param name="expression">The formula.</param>
    /// <param name="panel">What the columns are taken from.</param>
    /// <param name="varying">The parameters that take several values.</param>
    /// <param name="cache">Where what is shared is kept; of this panel alone.</param>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.ExpressionSyntax"/>: a column is unknown.</exception>
    public SharedFormula(
        AlphaExpression expression,
        Panel panel,
        IEnumerable<string> varying,
        SeriesCache cache
    )
    {
        expression.RequireColumns(panel.Columns);
        (_expression, _panel, _cache) = (expression, panel, cache);
        _root = SharedParts.Mark(expression.Root, varying);
    }

    /// <summary>Computes the values of a parameter set.</summary>
    /// <param name="parameters">Numbers, or booleans, for the parameters.</param>
    /// <param name="room">Room for entities × bars values, entity by entity.</param>
    /// <param name="threads">How many threads to use at most.</param>
    /// <param name="cancellation">Cancelled when the user stops the work.</param>
    /// <returns>The room given, filled.</returns>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.ExpressionSyntax"/>: a parameter is unknown, or cannot stand where it does.
    /// </exception>
    public double[] Evaluate(
        ParameterValues parameters,
        double[] room,
        int threads,
        CancellationToken cancellation
    )
    {
        var bound = _expression.Bind(_root, parameters, new(SamePart.Comparer));
        new Evaluator(_panel, [bound], _cache, threads, cancellation).Evaluate(0, room);
        return room;
    }
}
