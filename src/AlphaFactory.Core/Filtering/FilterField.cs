namespace AlphaFactory.Core.Filtering;

/// <summary>What a field of a filter holds, which says what it can be compared with.</summary>
internal enum FilterKind
{
    /// <summary>A metric: a number.</summary>
    Metric,

    /// <summary>A parameter: a number, a text, true or false, or a time.</summary>
    Parameter,

    /// <summary>The name.</summary>
    Name,

    /// <summary>The version.</summary>
    Version,

    /// <summary>One of a few words, which are in an order.</summary>
    Choice,

    /// <summary>Several texts, or none.</summary>
    Set,

    /// <summary>A time that is always there.</summary>
    Date,

    /// <summary>Whether it is the newest of its name.</summary>
    Latest,

    /// <summary>The folder of the store.</summary>
    Store,

    /// <summary>A text that may not be there.</summary>
    Text,

    /// <summary>A number that may not be there.</summary>
    Number,

    /// <summary>True or false, if it is known.</summary>
    Flag,
}

/// <summary>A field of a filter.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="Name">The name of the metric or parameter, or the property as filters write it.</param>
/// <param name="Column">The column that a property is in, where that is not its kind's to say.</param>
internal sealed record FilterField(FilterKind Kind, string Name, string? Column = null)
{
    /// <summary>What goes before the dot of a parameter.</summary>
    public const string ParameterPrefix = "param";

    /// <summary>What goes before the dot of a metric whose name means something else in a filter.</summary>
    public const string MetricPrefix = "metric";

    /// <summary>The words of a choice, in their order.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Whether it is a metric whose name alone would mean something else.</summary>
    public bool IsPrefixed { get; init; }

    /// <summary>What the field is, for messages and tooltips.</summary>
    public string What =>
        Kind switch
        {
            FilterKind.Metric => "no property and so a metric, which is a number",
            FilterKind.Parameter => "a parameter",
            FilterKind.Version or FilterKind.Number => "a number",
            FilterKind.Choice => $"one of {string.Join(", ", Choices)}",
            FilterKind.Date => "a date",
            FilterKind.Latest or FilterKind.Flag => "true or false",
            _ => "a text",
        };

    /// <summary>A parameter.</summary>
    public static FilterField Parameter(string name) => new(FilterKind.Parameter, name);

    /// <summary>The field as it is written.</summary>
    public override string ToString() =>
        Kind switch
        {
            FilterKind.Metric => IsPrefixed ? $"{MetricPrefix}.{Name}" : Name,
            FilterKind.Parameter =>
                $"{ParameterPrefix}.{(FilterTokens.IsPlainName(Name) ? Name : FilterNode.Literal(Name))}",
            _ => Name,
        };
}
