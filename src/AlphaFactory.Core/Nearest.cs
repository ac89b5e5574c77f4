namespace AlphaFactory.Core;

/// <summary>Finds what a mistyped name probably meant, for the messages of errors.</summary>
internal static class Nearest
{
    /// <summary>
    /// The known name with the smallest edit distance (without case), the first of equals; null when none is
    /// within a third of the name's length (and at least 2).
    /// </summary>
    public static string? Name(string name, IEnumerable<string> known)
    {
        var best = (Name: (string?)null, Distance: Math.Max(2, name.Length / 3) + 1);
        foreach (var candidate in known)
        {
            var distance = Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant());
            if (distance < best.Distance)
            {
                best = (candidate, distance);
            }
        }

        return best.Name;
    }

    /// <summary>
    /// A sentence for the end of a message: <c>Did you mean 'close'?</c>, else the known names (at most ten), else
    /// <paramref name="none"/>.
    /// </summary>
    public static string Hint(string name, IReadOnlyCollection<string> known, string what, string none)
    {
        if (known.Count == 0)
        {
            return none;
        }

        if (Name(name, known) is { } nearest)
        {
            return $"Did you mean '{nearest}'?";
        }

        var shown = string.Join(", ", known.Take(10).Select(item => $"'{item}'"));
        return known.Count > 10 ? $"{what}: {shown} and {known.Count - 10} more." : $"{what}: {shown}.";
    }

    private static int Distance(string a, string b)
    {
        var previous = new int[b.Length + 1];
        var current = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            previous[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(change, Math.Min(previous[j], current[j - 1]) + 1);
            }

            (previous, current) = (current, previous);
        }

        return previous[b.Length];
    }
}
