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
    /// <summary>The term does not hold.</summary>
    public sealed record Not(Condition Term) : Condition;

    /// <summary>It has one of the tags (see <see cref="TextKey"/>).</summary>
    public sealed record TagIn(IReadOnlyList<string> Keys) : Condition;

    /// <summary>Its metric compares so; NaN never does.</summary>
    public sealed record MetricIs(string Name, Comparison Operator, double Value) : Condition;

    /// <summary>It does not have the metric, or has NaN.</summary>
    public sealed record NoMetric(string Name) : Condition;

    /// <summary>Its parameter is of the kind and compares so.</summary>
    public sealed record ParameterIs(string Name, ParameterKind Kind, Comparison Operator, object? Value)
        : Condition;

    /// <summary>Its name matches one of the patterns.</summary>
    public sealed record NameIs(IReadOnlyList<WildcardPattern> Patterns) : Condition;

    /// <summary>It has one of the versions.</summary>
    public sealed record VersionIn(IReadOnlyList<int> Versions) : Condition;

    /// <summary>It is the newest of its name.</summary>
    public sealed record IsLatest : Condition;

    /// <summary>It is in one of the stages.</summary>
    public sealed record StageIs(IReadOnlyList<AlphaStage> Stages) : Condition;

    /// <summary>It was registered so, in microseconds since 1970.</summary>
    public sealed record CreatedIs(Comparison Operator, long Time) : Condition;

    /// <summary>Its metrics are one of these sets.</summary>
    public sealed record MetricSetIs(IReadOnlyList<long> Ids) : Condition;
}
