namespace AlphaFactory.Core;

/// <summary>Finds the known name that a mistyped one was meant to be.</summary>
public static class Nearest
{
    private const int LongestName = 128;

    /// <summary>
    /// The known name with the fewest letters inserted, removed, changed or swapped with their neighbour, without
    /// case; the first of equals. Null when not even half of the letters are right.
    /// </summary>
    /// <param name="name">The name as typed.</param>
    /// <param name="known">The names that would have been right.</param>
    public static string? Find(string name, IEnumerable<string> known)
    {
        string? nearest = null;
        var least = int.MaxValue;
        foreach (var candidate in known)
        {
            var longer = Math.Max(name.Length, candidate.Length);
            if (longer > LongestName)
            {
                continue;
            }

            var distance = Distance(name, candidate);
            if (distance < least && distance * 2 <= longer)
            {
                (nearest, least) = (candidate, distance);
            }
        }

        return nearest;
    }

    /// <summary>Writes <c>" Did you mean 'x'?"</c> after a message, or nothing when no known name is near.</summary>
    public static string Hint(string name, IEnumerable<string> known) =>
        Find(name, known) is { } nearest ? $" Did you mean '{nearest}'?" : "";

    /// <summary>
    /// A sentence for the end of a message: <c>Did you mean 'close'?</c>, else the known names (at most ten) after
    /// <paramref name="what"/>, else <paramref name="none"/>.
    /// </summary>
    public static string Hint(string name, IReadOnlyCollection<string> known, string what, string none)
    {
        if (known.Count == 0)
        {
            return none;
        }

        if (Find(name, known) is { } nearest)
        {
            return $"Did you mean '{nearest}'?";
        }

        var shown = string.Join(", ", known.Take(10).Select(item => $"'{item}'"));
        return known.Count > 10 ? $"{what}: {shown} and {known.Count - 10} more." : $"{what}: {shown}.";
    }

    // Levenshtein's distance with the swap of neighbours as one step (optimal string alignment).
    private static int Distance(string left, string right)
    {
        Span<int> beforeLast = stackalloc int[LongestName + 1];
        Span<int> last = stackalloc int[LongestName + 1];
        Span<int> current = stackalloc int[LongestName + 1];
        for (var j = 0; j <= right.Length; j++)
        {
            last[j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var change = Same(left[i - 1], right[j - 1]) ? 0 : 1;
                var steps = Math.Min(last[j - 1] + change, Math.Min(last[j], current[j - 1]) + 1);
                var swapped =
                    i > 1 && j > 1 && Same(left[i - 1], right[j - 2]) && Same(left[i - 2], right[j - 1]);
                current[j] = swapped ? Math.Min(steps, beforeLast[j - 2] + 1) : steps;
            }

            var spare = beforeLast;
            beforeLast = last;
            last = current;
            current = spare;
        }

        return last[right.Length];
    }

    private static bool Same(char left, char right) =>
        char.ToUpperInvariant(left) == char.ToUpperInvariant(right);
}
