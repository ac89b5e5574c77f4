using AlphaFactory.Core.Filtering;

namespace AlphaFactory.Core.Registry;

/// <summary>How a value is compared.</summary>
internal enum Comparison
{
    /// <summary><c>=</c></summary>
    Equal,

    /// <summary><c>&lt;</c></summary>
    Less,

    /// <summary><c>&lt;=</c></summary>
    LessOrEqual,

    /// <summary><c>&gt;</c></summary>
    Greater,

    /// <summary><c>&gt;=</c></summary>
    GreaterOrEqual,
}

/// <summary>
/// What an alpha must be like. A condition holds or it does not: a comparison with what is missing does not hold,
/// so its negation does.
/// </summary>
internal abstract record Condition
{
    /// <summary>What always holds.</summary>
    public static Condition Always { get; } = new All([]);

    /// <summary>What never holds.</summary>
    public static Condition Never { get; } = new Any([]);

    /// <summary>All of the terms hold.</summary>
    public sealed record All(IReadOnlyList<Condition> Terms) : Condition;

    /// <summary>It is one of some versions.</summary>
    public sealed record IsOneOf(IReadOnlyList<(string Name, int Version)> Alphas) : Condition;

    /// <summary>One of the terms holds.</summary>
    public sealed record Any(IReadOnlyList<Condition> Terms) : Condition;

    /// <summary>The term does not hold.</summary>
    public sealed record Not(Condition Term) : Condition;

    /// <summary>It has one of the tags (see <see cref="TextKey"/>).</summary>
    public sealed record TagIn(IReadOnlyList<string> Keys) : Condition;

    /// <summary>It has a tag that matches.</summary>
    public sealed record TagLike(WildcardPattern Pattern) : Condition;

    /// <summary>It has no tag.</summary>
    public sealed record NoTag : Condition;

    /// <summary>Its metric compares so; NaN never does.</summary>
    public sealed record MetricIs(string Name, Comparison Operator, double Value) : Condition;

    /// <summary>Its metric is one of the values.</summary>
    public sealed record MetricIn(string Name, IReadOnlyList<double> Values) : Condition;

    /// <summary>It does not have the metric, or has NaN.</summary>
    public sealed record NoMetric(string Name) : Condition;

    /// <summary>Its parameter is of the kind and compares so.</summary>
    public sealed record ParameterIs(string Name, ParameterKind Kind, Comparison Operator, object? Value)
        : Condition;

    /// <summary>Its parameter is of the kind and is one of the values.</summary>
    public sealed record ParameterIn(string Name, ParameterKind Kind, IReadOnlyList<object> Values)
        : Condition;

    /// <summary>Its parameter is a text that matches.</summary>
    public sealed record ParameterLike(string Name, WildcardPattern Pattern) : Condition;

    /// <summary>It does not have the parameter, or has NaN.</summary>
    public sealed record NoParameter(string Name) : Condition;

    /// <summary>Its name matches one of the patterns.</summary>
    public sealed record NameIs(IReadOnlyList<WildcardPattern> Patterns) : Condition;

    /// <summary>Its name compares so.</summary>
    public sealed record NameCompares(Comparison Operator, string Name) : Condition;

    /// <summary>Its version compares so.</summary>
    public sealed record VersionIs(Comparison Operator, object Value) : Condition;

    /// <summary>It has one of the versions.</summary>
    public sealed record VersionIn(IReadOnlyList<int> Versions) : Condition;

    /// <summary>It is the newest of its name.</summary>
    public sealed record IsLatest : Condition;

    /// <summary>It is in one of the stages.</summary>
    public sealed record StageIs(IReadOnlyList<AlphaStage> Stages) : Condition;

    /// <summary>It was registered so, in microseconds since 1970.</summary>
    public sealed record CreatedIs(Comparison Operator, long Time) : Condition;

    /// <summary>A text of its details compares so (see <see cref="TextKey"/>).</summary>
    public sealed record TextIs(string Column, Comparison Operator, string Key) : Condition;

    /// <summary>A text of its details is one of some (see <see cref="TextKey"/>).</summary>
    public sealed record TextIn(string Column, IReadOnlyList<string> Keys) : Condition;

    /// <summary>A text of its details matches.</summary>
    public sealed record TextLike(string Column, WildcardPattern Pattern) : Condition;

    /// <summary>A number of its details compares so.</summary>
    public sealed record NumberIs(string Column, Comparison Operator, object Value) : Condition;

    /// <summary>A number of its details is one of some.</summary>
    public sealed record NumberIn(string Column, IReadOnlyList<object> Values) : Condition;

    /// <summary>Its details do not have the value, or an empty text.</summary>
    public sealed record NoDetail(string Column) : Condition;

    /// <summary>Its metrics are one of these sets.</summary>
    public sealed record MetricSetIs(IReadOnlyList<long> Ids) : Condition;
}
