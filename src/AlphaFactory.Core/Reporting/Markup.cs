using System.Net;
using System.Text;

namespace AlphaFactory.Core.Reporting;

/// <summary>Text that is markup already; a template writes it as it is, and escapes everything else.</summary>
/// <param name="Text">The markup.</param>
public sealed record Markup(string Text)
{
    /// <summary>Escapes a text for element content and quoted attributes of HTML and XML.</summary>
    public static string Escape(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return WebUtility.HtmlEncode(Printable(text));
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    // XML has no way to write a control character, nor half a surrogate pair.
    private static string Printable(string text)
    {
        var printable = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            printable.Append(
                Rune.IsControl(rune) || rune.Value is 0xFFFE or 0xFFFF
                    ? Rune.ReplacementChar.ToString()
                    : rune.ToString()
            );
        }

        return printable.ToString();
    }
}
