namespace AlphaFactory.Core;

/// <summary>How many of something, as a sentence says it.</summary>
public static class Amount
{
    /// <summary>Writes <c>1 row</c>, <c>0 rows</c> or <c>1,200 rows</c>, in the invariant culture.</summary>
    /// <param name="count">How many.</param>
    /// <param name="one">What one of them is called.</param>
    /// <param name="many">What several are called; without it, what one is and an <c>s</c>.</param>
    public static string Of(long count, string one, string? many = null) =>
        FormattableString.Invariant($"{count:N0} {(count == 1 ? one : many ?? one + "s")}");
}
