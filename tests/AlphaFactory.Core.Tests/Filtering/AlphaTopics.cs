using CsCheck;
using static AlphaFactory.Core.Tests.Filtering.SentenceGen;

namespace AlphaFactory.Core.Tests.Filtering;

/// <summary>What filters of alphas may be about, in the words that the random alphas of the search tests use.</summary>
internal static class AlphaTopics
{
    private static readonly Gen<Word> Tags = One("fx", "FX", "rates", "Ñ", "desk=london", "🚀", "nosuch")
        .Select(Word.Quoted);

    private static readonly Gen<Word> Stages = One("Research", "candidate", "LIVE", "Retired")
        .Select(Word.Quoted);

    private static readonly Gen<Topic> Numbers = One(
            Field.Metric("sharpe"),
            Field.Metric("ic_mean", "metric.IC_mean"),
            Field.Metric("odd"),
            Field.Metric("nosuch"),
            Field.Property("version"),
            Field.Property("feature_version"),
            Field.Property("seed")
        )
        .Select(field => new Topic(field, Number));

    private static readonly Gen<Topic> Texts = One(
            Field.Property("name"),
            Field.Property("author"),
            Field.Property("code_hash", "CodeHash"),
            Field.Property("description"),
            Field.Property("run_id")
        )
        .Select(field => new Topic(field, Text, IsText: true));

    private static readonly Gen<Topic> Parameters = One(
            Field.Parameter("n"),
            Field.Parameter("mode", "PARAM.Mode"),
            Field.Parameter("my n", "param.'my n'"),
            Field.Parameter("nosuch"),
            Field.Parameter("in"),
            Field.Parameter("a.b")
        )
        .Select(field => new Topic(field, Any, IsText: true));

    private static readonly Gen<Topic> Others = One(
        new Topic(Field.Property("tag"), Tags, IsOrdered: false, IsText: true),
        new Topic(Field.Property("tag", "tags"), Tags, IsOrdered: false, IsText: true),
        new Topic(Field.Property("stage"), Stages, IsText: true),
        new Topic(Field.Property("created"), Date),
        new Topic(Field.Property("latest"), Flag, IsOrdered: false),
        new Topic(Field.Property("git_dirty"), Flag, IsOrdered: false),
        new Topic(Field.Property("store"), Text, IsOrdered: false, IsText: true)
    );

    /// <summary>Random filters.</summary>
    public static Gen<Sentence> Sentences { get; } =
        Of(Gen.Frequency((4, Numbers), (2, Texts), (4, Parameters), (7, Others)));
}
