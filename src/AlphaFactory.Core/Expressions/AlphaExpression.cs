namespace AlphaFactory.Core.Expressions;

/// <summary>A parsed formula of the alpha expression language. It does not change and may be used by many threads.</summary>
public sealed class AlphaExpression
{
    private AlphaExpression(string text) => Text = text;

    /// <summary>The formula as typed.</summary>
    public string Text { get; }

    /// <summary>The formula with one spelling for every meaning: what a code hash covers.</summary>
    public string Canonical => Text;

    /// <summary>The columns used, each once, in the order of their first use.</summary>
    public IReadOnlyList<string> Columns { get; } = [];

    /// <summary>The parameters used, without the dollar sign, each once, in the order of their first use.</summary>
    public IReadOnlyList<string> Parameters { get; } = [];

    /// <summary>Those of <see cref="Parameters"/> that are used as a window or a lag.</summary>
    public IReadOnlyList<string> WindowParameters { get; } = [];

    /// <summary>Reads a formula.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.ExpressionSyntax"/>.</exception>
    public static AlphaExpression Parse(string text) => new(text);

    /// <summary>Checks that every column and parameter used is known.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.ExpressionSyntax"/>.</exception>
    public void Validate(IReadOnlyCollection<string> columns, IReadOnlyCollection<string> parameters) =>
        throw new NotSupportedException(Text);

    /// <summary>The value of the formula for every entity and bar; a missing value is NaN.</summary>
    /// <returns>Entities × bars values, entity by entity.</returns>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.ExpressionSyntax"/>.</exception>
    public double[] Evaluate(Panel panel, ParameterValues parameters, CancellationToken cancellation) =>
        throw new NotSupportedException(Text);

    /// <summary>How many bars, the current one included, a value depends on at least.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.ExpressionSyntax"/>.</exception>
    public int Lookback(ParameterValues parameters) => throw new NotSupportedException(Text);
}
