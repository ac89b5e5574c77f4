namespace AlphaFactory.Core.Expressions;

/// <summary>Says what is wrong with a formula, and where.</summary>
internal static class ExpressionSyntax
{
    /// <summary>The longest formula, in characters.</summary>
    public const int MaximumLength = 64 * 1024;

    /// <summary>How deep operators and parentheses may nest.</summary>
    public const int MaximumDepth = 200;

    /// <summary>
    /// An error that names line and column, and shows the line with a caret under the place.
    /// </summary>
    /// <param name="text">The whole formula.</param>
    /// <param name="position">The place, from 0; the length of the text for its end.</param>
    /// <param name="problem">What is wrong and what to do about it, as a sentence.</param>
    public static AlphaFactoryException At(string text, int position, string problem)
    {
        var (line, column) = TextPlace.Of(text, position);
        var place = FormattableString.Invariant($"Expression, line {line}, column {column}: ");
        return new AlphaFactoryException(
            ErrorId.ExpressionSyntax,
            place + problem + TextPlace.Show(text, position)
        )
        {
            Target = text,
        };
    }
}
