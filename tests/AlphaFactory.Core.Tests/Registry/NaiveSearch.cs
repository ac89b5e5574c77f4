using System.Text.RegularExpressions;
using AlphaFactory.Core.Registry;
using AlphaFactory.Core.Tests.Filtering;

namespace AlphaFactory.Core.Tests.Registry;

/// <summary>
/// What a search must give, worked out over a list in the plainest way: no SQL, no index, no plan. The list is in
/// the order of registration; the filter is what its words mean.
/// </summary>
internal static class NaiveSearch
{
    public static (List<Alpha> Page, long Total) Run(
        IReadOnlyList<Alpha> alphas,
        AlphaQuery query,
        Sentence? filter
    )
    {
        var matches = alphas
            .Where(alpha =>
                Matches(alphas, alpha, query)
                && filter?.Holds(Facts.Of(alpha, alpha.Version == Newest(alphas, alpha.Name))) != false
            )
            .ToList();
        var sorted = Sort(alphas, matches, query);
        var page = sorted.Skip((int)query.Skip);
        return ([.. query.First is { } first ? page.Take((int)first) : page], matches.Count);
    }

    private static bool Matches(IReadOnlyList<Alpha> all, Alpha alpha, AlphaQuery query)
    {
        bool HasTag(string tag) => alpha.Tags.Contains(tag, StringComparer.OrdinalIgnoreCase);
        return (
                query.Names.Count + query.Exactly.Count == 0
                || query.Names.Any(name => Like(alpha.Name, name))
                || query.Exactly.Any(each =>
                    each.Version == alpha.Version
                    && each.Name.Equals(alpha.Name, StringComparison.OrdinalIgnoreCase)
                )
            )
            && (query.Versions.Count == 0 || query.Versions.Contains(alpha.Version))
            && (!query.Latest || alpha.Version == Newest(all, alpha.Name))
            && query.Tags.All(HasTag)
            && (query.AnyTags.Count == 0 || query.AnyTags.Any(HasTag))
            && !query.ExcludeTags.Any(HasTag)
            && query.MinMetrics.All(bound =>
                alpha.Metrics.TryGetValue(bound.Key, out var value) && value >= bound.Value
            )
            && query.MaxMetrics.All(bound =>
                alpha.Metrics.TryGetValue(bound.Key, out var value) && value <= bound.Value
            )
            && (query.Since is not { } since || alpha.CreatedAt >= since)
            && (query.Until is not { } until || alpha.CreatedAt <= until)
            && (query.Stages.Count == 0 || query.Stages.Contains(alpha.Stage))
            && query.Parameters.All(wanted =>
                alpha.Parameters.TryGetValue(wanted.Key, out var value) && Same(value, wanted.Value)
            );
    }

    private static int Newest(IReadOnlyList<Alpha> all, string name) =>
        all.Where(alpha => alpha.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            .Max(alpha => alpha.Version);

    // Patterns of the test use '*', '?', sets and '`' before a letter only.
    private static bool Like(string name, string pattern) =>
        Regex.IsMatch(
            name,
            "^"
                + Regex
                    .Replace(pattern, "`(.)", "$1")
                    .Replace(".", "\\.", StringComparison.Ordinal)
                    .Replace("*", ".*", StringComparison.Ordinal)
                    .Replace("?", ".", StringComparison.Ordinal)
                + "$",
            RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
        );

    private static bool Same(object one, object other) =>
        (one, other) switch
        {
            (string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase),
            (bool a, bool b) => a == b,
            (DateTime a, DateTime b) => a == b,
            (long or double, long or double) => Convert.ToDouble(one, null) == Convert.ToDouble(other, null),
            _ => false,
        };

    private static List<Alpha> Sort(IReadOnlyList<Alpha> all, List<Alpha> matches, AlphaQuery query)
    {
        var byId = matches.Select(alpha => (Alpha: alpha, Id: Index(all, alpha))).ToList();
        List<(Alpha Alpha, int Id, object? Key)> keyed =
        [
            .. byId.Select(each => (each.Alpha, each.Id, Key(each.Alpha, query.SortBy))),
        ];
        var present = keyed
            .Where(each => each.Key is not null)
            .OrderBy(each => each.Key, ByKey)
            .ThenBy(each => each.Id);
        var missing = keyed.Where(each => each.Key is null).OrderBy(each => each.Id);
        return query.Descending
            ? [.. present.Reverse().Concat(missing.Reverse()).Select(each => each.Alpha)]
            : [.. present.Concat(missing).Select(each => each.Alpha)];
    }

    private static int Index(IReadOnlyList<Alpha> all, Alpha wanted) =>
        Enumerable.Range(0, all.Count).First(i => ReferenceEquals(all[i], wanted));

    private static object? Key(Alpha alpha, string? sortBy) =>
        sortBy switch
        {
            null => 0,
            "Name" => alpha.Name,
            "Version" => alpha.Version,
            "Stage" => (int)alpha.Stage,
            "CreatedAt" => alpha.CreatedAt,
            "Author" => alpha.Author,
            "CodeHash" => alpha.CodeHash,
            "Description" or "description" => alpha.Description is "" ? null : alpha.Description,
            "created" => alpha.CreatedAt,
            "metric.sharpe" => Key(alpha, "sharpe"),
            _ => alpha.Metrics.TryGetValue(sortBy, out var value) && !double.IsNaN(value) ? value : null,
        };

    // SQLite's NOCASE folds to lower case.
    private static readonly Comparer<object?> ByKey = Comparer<object?>.Create(
        (one, other) =>
            one is string text
                ? string.CompareOrdinal(text.ToLowerInvariant(), ((string)other!).ToLowerInvariant())
                : Comparer<object?>.Default.Compare(one, other)
    );
}
