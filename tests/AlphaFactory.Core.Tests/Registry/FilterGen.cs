using AlphaFactory.Core.Filtering;
using AlphaFactory.Core.Registry;
using CsCheck;

namespace AlphaFactory.Core.Tests.Registry;

/// <summary>Random filters over the words that the random alphas of <see cref="SearchEquivalenceTests"/> use.</summary>
internal static class FilterGen
{
    private static readonly Gen<FilterOperator> Operator = Gen.Enum<FilterOperator>();

    public static readonly Gen<object> Number = One<object>(
        0L,
        20L,
        2L,
        0.5,
        1.2,
        -1.5,
        20.0,
        double.PositiveInfinity,
        double.NegativeInfinity,
        double.Epsilon,
        long.MaxValue
    );

    private static readonly Gen<object> Text = One<object>(
        "mom",
        "MOM",
        "fx",
        "ñ",
        "bob",
        "ann",
        "c1",
        "20",
        "été",
        "fast",
        "x_1",
        "O'Neil \"x\"",
        "",
        "2026-01-31",
        "2026-01-31T12:00:00Z",
        "🚀"
    );

    private static readonly Gen<string> Pattern = One(
        "m*",
        "*O*",
        "?",
        "[a-m]*",
        "`*",
        "*",
        "%_`*`?`[",
        "F?ST",
        "É*",
        "desk=*",
        "R*e*",
        ""
    );

    public static readonly Gen<object> Date = One<object>(
        "2026-01-31",
        "2026-01-30",
        "20260201",
        "2026-01-31T12:00:00Z",
        "2026-01-31T13:00:00.000001+01:00",
        "2026-01-31T12:00:00.0000025Z"
    );

    private static readonly Gen<FilterField> Numeric = One(
        AlphaFilter.Fields.Metric("sharpe"),
        AlphaFilter.Fields.Metric("ic_mean"),
        AlphaFilter.Fields.Metric("odd"),
        AlphaFilter.Fields.Metric("nosuch"),
        AlphaFilter.Fields.Property("version")!,
        AlphaFilter.Fields.Property("feature_version")!,
        AlphaFilter.Fields.Property("seed")!
    );

    private static readonly Gen<FilterField> Textual = One(
        AlphaFilter.Fields.Property("name")!,
        AlphaFilter.Fields.Property("author")!,
        AlphaFilter.Fields.Property("code_hash")!,
        AlphaFilter.Fields.Property("description")!,
        AlphaFilter.Fields.Property("run_id")!
    );

    private static readonly Gen<FilterField> Parameter = One("n", "mode", "my n", "nosuch", "in", "a.b")
        .Select(FilterField.Parameter);

    private static readonly Gen<TypedField> Typed = Gen.Frequency(
        (4, Numeric.Select(field => new TypedField(field, Number, true, false))),
        (2, Textual.Select(field => new TypedField(field, Text, true, true))),
        (4, Parameter.Select(field => new TypedField(field, Any(), true, true))),
        (2, Gen.Const(new TypedField(AlphaFilter.Fields.Property("tag")!, Tags, false, true))),
        (1, Gen.Const(new TypedField(AlphaFilter.Fields.Property("stage")!, Stages, true, true))),
        (1, Gen.Const(new TypedField(AlphaFilter.Fields.Property("created")!, Date, true, false))),
        (1, Gen.Const(new TypedField(AlphaFilter.Fields.Property("latest")!, Flags, false, false))),
        (1, Gen.Const(new TypedField(AlphaFilter.Fields.Property("git_dirty")!, Flags, false, false))),
        (1, Gen.Const(new TypedField(AlphaFilter.Fields.Property("store")!, Text, false, true)))
    );

    private static Gen<FilterNode> Leaf(Gen<TypedField> fields) =>
        fields.SelectMany(typed =>
            Gen.OneOf(
                Gen.Select(
                    typed.Ordered ? Operator : One(FilterOperator.Equal, FilterOperator.NotEqual),
                    typed.Value,
                    (symbol, value) => (FilterNode)new FilterNode.Compare(typed.Field, symbol, value)
                ),
                Gen.Select(
                    Gen.Bool,
                    typed.Value.Array[1, 3],
                    (negated, values) => (FilterNode)new FilterNode.In(typed.Field, negated, values)
                ),
                typed.IsText
                    ? Gen.Select(
                        Gen.Bool,
                        Pattern,
                        (negated, pattern) => (FilterNode)Like(typed.Field, negated, pattern)
                    )
                    : Gen.Bool.Select(negated => (FilterNode)new FilterNode.Missing(typed.Field, negated)),
                Gen.Bool.Select(negated => (FilterNode)new FilterNode.Missing(typed.Field, negated))
            )
        );

    /// <summary>Trees up to four deep.</summary>
    public static Gen<FilterNode> Tree { get; } = Trees(Typed);

    /// <summary>Trees up to four deep over some fields.</summary>
    public static Gen<FilterNode> Trees(Gen<TypedField> fields) => Nested(Leaf(fields), 3);

    private static Gen<object> Tags => One<object>("fx", "FX", "rates", "Ñ", "desk=london", "🚀", "nosuch");

    private static Gen<object> Stages => One<object>("Research", "candidate", "LIVE", "Retired");

    public static Gen<object> Flags => One<object>(true, false);

    private static Gen<object> Any() => Gen.OneOf(Number, Text, Flags, Date);

    // No name has a '%', which is an error.
    private static FilterNode.Like Like(FilterField field, bool negated, string pattern) =>
        new(field, negated, field.Kind == FilterKind.Name ? pattern.Replace('%', 'x') : pattern);

    private static Gen<FilterNode> Nested(Gen<FilterNode> leaf, int depth) =>
        depth == 0
            ? leaf
            : Gen.Frequency(
                (3, leaf),
                (
                    2,
                    Nested(leaf, depth - 1).Array[2, 3].Select(terms => (FilterNode)new FilterNode.And(terms))
                ),
                (
                    2,
                    Nested(leaf, depth - 1).Array[2, 3].Select(terms => (FilterNode)new FilterNode.Or(terms))
                ),
                (1, Nested(leaf, depth - 1).Select(term => (FilterNode)new FilterNode.Not(term)))
            );

    private static Gen<T> One<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}

/// <summary>A field with values that it may be compared with.</summary>
/// <param name="Field">The field.</param>
/// <param name="Value">The values.</param>
/// <param name="Ordered">Whether it has an order.</param>
/// <param name="IsText">Whether it matches patterns.</param>
internal sealed record TypedField(FilterField Field, Gen<object> Value, bool Ordered, bool IsText);
