namespace AlphaFactory.Core.Expressions;

/// <summary>Says what is wrong with a formula, and where.</summary>
internal static class ExpressionSyntax
{
    /// <summary>The longest formula, in characters.</summary>
    public const int MaximumLength = 64 * 1024;

    /// <summary>How deep operators and parentheses may nest.</summary>
    public const int MaximumDepth = 200;

    private const int ShownWidth = 100;

    /// <summary>
    /// An error that names line and column, and shows the line with a caret under the place.
    /// </summary>
    /// <param name="text">The whole formula.</param>
    /// <param name="position">The place, from 0; the length of the text for its end.</param>
    /// <param name="problem">What is wrong and what to do about it, as a sentence.</param>
    public static AlphaFactoryException At(string text, int position, string problem)
    {
        var lineStart = position == 0 ? 0 : text.LastIndexOf('\n', position - 1) + 1;
        var lineEnd = text.IndexOf('\n', position);
        var line = 1 + text.AsSpan(0, lineStart).Count('\n');
        var column = position - lineStart + 1;

        // A long line is shown around the place.
        var from = Math.Max(lineStart, position - (ShownWidth / 2));
        var to = Math.Min(lineEnd < 0 ? text.Length : lineEnd, from + ShownWidth);
        var shown = string.Concat(text[from..to].TrimEnd().Select(c => char.IsControl(c) ? ' ' : c));
        var caret = new string(' ', position - from) + "^";
        var place = FormattableString.Invariant($"Expression, line {line}, column {column}: ");
        return new AlphaFactoryException(ErrorId.ExpressionSyntax, $"{place}{problem}\n  {shown}\n  {caret}")
        {
            Target = text,
        };
    }
}
