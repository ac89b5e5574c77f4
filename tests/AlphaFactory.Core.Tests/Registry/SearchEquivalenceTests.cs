using System.Collections;
using AlphaFactory.Core.Registry;
using AlphaFactory.Core.Storage;
using AlphaFactory.Core.Tests.Filtering;
using CsCheck;

namespace AlphaFactory.Core.Tests.Registry;

/// <summary>Any search over any store gives what a plain loop over the same alphas gives, page by page.</summary>
public sealed class SearchEquivalenceTests
{
    private const int QueriesPerStore = 100;

    private static readonly DateTime Start = new(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc);

    private static readonly Gen<string> Name = One("mom", "Mom", "m.x", "x-1", "carry", "a", "ab", "x_1");

    private static readonly Gen<string> Pattern = One(
        "mom",
        "MOM",
        "m*",
        "*o*",
        "?",
        "[a-m]*",
        "m.[wxyz]",
        "x[-_]1",
        "*-1",
        "`m`om",
        "*",
        "nosuch",
        "nosuch*",
        "a*b*"
    );

    private static readonly Gen<string> Tag = One(
        "fx",
        "FX",
        "rates",
        "Ñ",
        "ñ",
        "desk=london",
        "%_*?[",
        "🚀"
    );

    private static readonly Gen<string> Metric = One("sharpe", "ic_mean", "Sharpe", "odd");

    private static readonly Gen<double> Number = One(
        -1.5,
        0,
        0.5,
        1.2,
        1.2,
        double.NaN,
        double.PositiveInfinity,
        double.NegativeInfinity,
        double.Epsilon
    );

    private static readonly Gen<double> Bound = Number.Where(number => !double.IsNaN(number));

    private static readonly Gen<object> Value = One<object>(
        20L,
        20.0,
        20.5,
        double.NaN,
        "20",
        "Fast",
        "fast",
        "",
        "ÉTÉ",
        "été",
        true,
        false,
        Start
    );

    private static readonly Gen<ParameterValues> Parameters = Gen.Select(One("n", "N", "mode", "my n"), Value)
        .Array[0, 2]
        .Select(pairs => new ParameterValues(
            pairs.Select(pair => KeyValuePair.Create(pair.Item1, pair.Item2))
        ));

    private static readonly Gen<AlphaDraft> Draft = Gen.Select(
        Name,
        Tag.Array[0, 3],
        Gen.Select(Metric, Number).Array[0, 3],
        Parameters,
        Gen.Enum<AlphaStage>(),
        One("ann", "Bob", "bob"),
        One<string?>("c1", "C1", "ñ", null),
        One("", "", "Mom", "O'Neil \"X\""),
        (name, tags, metrics, parameters, stage, author, code, description) =>
            new AlphaDraft
            {
                Name = name,
                Tags = new TagList(tags),
                Metrics = new MetricValues(
                    metrics.Select(pair => KeyValuePair.Create(pair.Item1, pair.Item2))
                ),
                Parameters = parameters,
                Stage = stage,
                Author = author,
                CodeHash = code,
                Description = description,
            }
    );

    private static readonly Gen<AlphaQuery> Query = Gen.Select(
        Gen.Select(Rarely(Pattern.Array[1, 2], []), Rarely(Gen.Int[1, 4].Array[1, 2], []), Gen.Int[0, 5]),
        Gen.Select(Rarely(Tag.Array[1, 2], []), Rarely(Tag.Array[1, 3], []), Rarely(Tag.Array[1, 2], [])),
        Gen.Select(Rarely(Bounds(), MetricBounds.None), Rarely(Bounds(), MetricBounds.None)),
        Gen.Select(
            Rarely(Gen.Int[-2, 5].Select(i => (DateTime?)Start.AddTicks(i * 5)), null),
            Rarely(Gen.Int[-2, 5].Select(i => (DateTime?)Start.AddTicks(i * 5)), null)
        ),
        Gen.Select(
            Rarely(Gen.Enum<AlphaStage>().Array[1, 2], []),
            Rarely(Parameters.Where(table => table.Count > 0), ParameterValues.None)
        ),
        Gen.Select(
            One<string?>(
                null,
                null,
                "sharpe",
                "ic_mean",
                "odd",
                "nosuch",
                "Name",
                "Version",
                "Stage",
                "CreatedAt",
                "Author",
                "CodeHash",
                "Description",
                "created",
                "metric.sharpe"
            ),
            Gen.Bool
        ),
        Gen.Select(
            Rarely(Gen.Long[0, 7].Select(first => (long?)first), null),
            Rarely(Gen.Long[0, 9], 0),
            Rarely(Gen.Select(Name, Gen.Int[1, 3]).Array[1, 4], [])
        ),
        (names, tags, bounds, dates, more, order, page) =>
            new AlphaQuery
            {
                Names = names.Item1,
                Exactly = page.Item3,
                Versions = names.Item2,
                Latest = names.Item3 == 0,
                Tags = tags.Item1,
                AnyTags = tags.Item2,
                ExcludeTags = tags.Item3,
                MinMetrics = bounds.Item1,
                MaxMetrics = bounds.Item2,
                Since = dates.Item1,
                Until = dates.Item2,
                Stages = more.Item1,
                Parameters = more.Item2,
                SortBy = order.Item1,
                Descending = order.Item2,
                First = page.Item1,
                Skip = page.Item2,
                CountTotal = true,
            }
    );

    private static readonly Gen<(AlphaQuery Query, Sentence? Filter)> FilterQuery = Gen.Select(
        Query,
        AlphaTopics.Sentences,
        (query, filter) =>
            (
                new AlphaQuery
                {
                    Filter = AlphaFilter.Parse(filter.Text),
                    Latest = query.Latest,
                    Tags = query.Tags,
                    MinMetrics = query.MinMetrics,
                    Stages = query.Stages,
                    SortBy = query.SortBy,
                    Descending = query.Descending,
                    First = query.First,
                    Skip = query.Skip / 4,
                    CountTotal = true,
                },
                (Sentence?)filter
            )
    );

    [Fact]
    public void A_filter_gives_what_its_words_mean() => Sample(FilterQuery);

    [Fact]
    public void A_search_gives_what_a_plain_loop_gives() =>
        Sample(Query.Select(query => (query, (Sentence?)null)));

    private static void Sample(Gen<(AlphaQuery Query, Sentence? Filter)> query) =>
        Gen.Select(
                Draft.Array[0, 40],
                query.Array[QueriesPerStore],
                One(
                    new SearchLimits(),
                    new SearchLimits(Rare: 0, ReadAhead: 1, Glance: 0),
                    new SearchLimits(Rare: 1, ReadAhead: 2, Glance: 1),
                    new SearchLimits(Rare: 3, ReadAhead: 0, Glance: 4)
                )
            )
            .Sample(
                (drafts, queries, limits) =>
                {
                    using var temp = new TempStore();
                    var alphas = Register(temp.Store, drafts);
                    var registry = new AlphaRegistry(temp.Store) { Limits = limits };
                    foreach (var (each, filter) in queries)
                    {
                        Check(alphas, registry, each, filter);
                    }
                },
                iter: 25,
                threads: 1
            );

    private static Gen<T> One<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Gen<T> Rarely<T>(Gen<T> something, T nothing) =>
        Gen.Frequency((5, Gen.Const(nothing)), (1, something));

    private static Gen<MetricBounds> Bounds() =>
        Gen.Select(Metric.Where(name => name != "Sharpe"), Bound)
            .Array[1, 2]
            .Select(pairs => new MetricBounds(
                pairs
                    .DistinctBy(pair => pair.Item1)
                    .Select(pair => KeyValuePair.Create(pair.Item1, pair.Item2))
            ));

    private static List<Alpha> Register(AlphaStore store, AlphaDraft[] drafts)
    {
        var alphas = new List<Alpha>();
        foreach (var (batch, draft) in drafts.Chunk(7).Index())
        {
            var context = FixedTime.Context(Start.AddTicks(batch * TimeSpan.TicksPerMicrosecond));
            alphas.AddRange(new AlphaRegistry(store).Register(draft, context));
        }

        return alphas;
    }

    private static void Check(List<Alpha> alphas, AlphaRegistry registry, AlphaQuery query, Sentence? filter)
    {
        var (expected, total) = NaiveSearch.Run(alphas, query, filter);

        var search = registry.Search(query, OperationContext.Silent);
        var found = search.ToList();

        var same = expected.Select(Describe).SequenceEqual(found.Select(Describe), StringComparer.Ordinal);
        Assert.True(
            same,
            $"""
            {Describe(query)}
            expected: {string.Join("\n          ", expected.Select(Describe))}
            found:    {string.Join("\n          ", found.Select(Describe))}
            """
        );
        Assert.Equal(total, search.Total);
        Assert.Equal(
            expected.SelectMany(alpha => alpha.Metrics.Keys).ToHashSet(StringComparer.OrdinalIgnoreCase),
            search.MetricNames.ToHashSet(StringComparer.OrdinalIgnoreCase),
            StringComparer.OrdinalIgnoreCase
        );
    }

    private static string Describe(AlphaQuery query) =>
        string.Join(
            "; ",
            typeof(AlphaQuery)
                .GetProperties()
                .Select(property =>
                    property.GetValue(query) is IEnumerable list and not (string or IDictionary)
                        ? $"{property.Name} = {string.Join(',', list.Cast<object>())}"
                        : $"{property.Name} = {property.GetValue(query)}"
                )
        );

    private static string Describe(Alpha alpha) =>
        string.Join(
            " | ",
            alpha.Name,
            alpha.Version,
            alpha.Stage,
            alpha.Tags,
            alpha.Metrics,
            string.Join(
                ',',
                alpha.Parameters.Select(pair => $"{pair.Key}={pair.Value}:{pair.Value.GetType().Name}")
            ),
            alpha.Author,
            alpha.CodeHash,
            alpha.CreatedAt.Ticks
        );
}
