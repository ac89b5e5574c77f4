using System.Text;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Filtering;

/// <summary>Text as the search tables keep it, so that SQLite, which folds ASCII only, compares it without case.</summary>
internal static class TextKey
{
    /// <summary>The text in invariant upper case, which is what "ordinal without case" compares.</summary>
    public static string Of(string text) => text.ToUpperInvariant();

    /// <summary>
    /// Whether SQLite's NOCASE compares with a key as keys compare: it folds ASCII only, and an S is also the key of a
    /// long s.
    /// </summary>
    public static bool IsPlain(string key) =>
        key.All(letter => char.IsAscii(letter) && letter is not ('S' or 's'));

    /// <summary>The order of keys in SQLite, which is that of their UTF-8 bytes.</summary>
    public static int Compare(string one, string other) =>
        Encoding.UTF8.GetBytes(one).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(other));

    /// <summary>Whether a text can be stored faithfully: no NUL, and well-formed.</summary>
    public static bool IsStorable(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (text[i] == '\0' || char.IsSurrogate(text[i]))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>What a parameter's value is, for typed comparison.</summary>
internal enum ParameterKind
{
    /// <summary>A number, whole or not.</summary>
    Number = 1,

    /// <summary>A text.</summary>
    Text = 2,

    /// <summary>True or false.</summary>
    Flag = 3,

    /// <summary>A time.</summary>
    Time = 4,
}

/// <summary>A parameter's value as the search table keeps it.</summary>
internal static class ParameterKey
{
    /// <summary>The kind and the value to compare; the value of NaN is null, which equals nothing.</summary>
    public static (ParameterKind Kind, object? Value) Of(object value) =>
        value switch
        {
            double number => (ParameterKind.Number, double.IsNaN(number) ? null : number),
            long => (ParameterKind.Number, value),
            bool flag => (ParameterKind.Flag, flag ? 1L : 0L),
            DateTime time => (ParameterKind.Time, Sql.ToMicroseconds(time)),
            _ => (ParameterKind.Text, TextKey.Of((string)value)),
        };
}
