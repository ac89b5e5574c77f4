namespace AlphaFactory.Core;

/// <summary>A place in a text that a user wrote, as an error message shows it.</summary>
internal static class TextPlace
{
    private const int ShownWidth = 100;

    /// <summary>Line and column of a place, both from 1.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="position">The place, from 0; the length of the text for its end.</param>
    public static (int Line, int Column) Of(string text, int position)
    {
        var lineStart = LineStart(text, position);
        return (1 + text.AsSpan(0, lineStart).Count('\n'), position - lineStart + 1);
    }

    /// <summary>The line of a place, or of a long line what is around it, and under it a caret at the place.</summary>
    public static string Show(string text, int position)
    {
        var lineEnd = text.IndexOf('\n', position);
        var from = Math.Max(LineStart(text, position), position - (ShownWidth / 2));
        var to = Math.Min(lineEnd < 0 ? text.Length : lineEnd, from + ShownWidth);
        var shown = string.Concat(text[from..to].TrimEnd().Select(c => char.IsControl(c) ? ' ' : c));
        return $"\n  {shown}\n  {new string(' ', position - from)}^";
    }

    private static int LineStart(string text, int position) =>
        position == 0 ? 0 : text.LastIndexOf('\n', position - 1) + 1;
}
