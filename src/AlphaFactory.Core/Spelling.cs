namespace AlphaFactory.Core;

/// <summary>Finds what a mistyped name was probably meant to be.</summary>
internal static class Spelling
{
    /// <summary>
    /// The candidate nearest to <paramref name="name"/> by edit distance without case (a swap of neighbours counts
    /// one), the first of equals; null when even that one differs in more than a third of its letters.
    /// </summary>
    public static string? Nearest(string name, IEnumerable<string> candidates)
    {
        string? nearest = null;
        var least = int.MaxValue;
        foreach (var candidate in candidates)
        {
            // Cheap before exact: a text of any length may have been typed.
            if (Math.Abs(candidate.Length - name.Length) <= Allowed(candidate))
            {
                var distance = Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant());
                if (distance <= Allowed(candidate) && distance < least)
                {
                    (nearest, least) = (candidate, distance);
                }
            }
        }

        return nearest;
    }

    private static int Allowed(string candidate) => Math.Max(1, candidate.Length / 3);

    // Damerau–Levenshtein with swaps of neighbours only (optimal string alignment), on three rows.
    private static int Distance(string from, string to)
    {
        var (before, above, row) = (new int[to.Length + 1], new int[to.Length + 1], new int[to.Length + 1]);
        for (var j = 0; j <= to.Length; j++)
        {
            above[j] = j;
        }

        for (var i = 1; i <= from.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var change = above[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                row[j] = Math.Min(change, Math.Min(above[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                {
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                }
            }

            (before, above, row) = (above, row, before);
        }

        return above[to.Length];
    }
}
