using System.Collections.Frozen;

namespace AlphaFactory.Core.Registry;

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

    /// <summary>The stage.</summary>
    Stage,

    /// <summary>The tags.</summary>
    Tag,

    /// <summary>When it was registered.</summary>
    Created,

    /// <summary>Whether it is the newest of its name.</summary>
    Latest,

    /// <summary>The folder of the store.</summary>
    Store,

    /// <summary>A text of the details.</summary>
    Text,

    /// <summary>A number of the details.</summary>
    Number,

    /// <summary>True or false in the details.</summary>
    Flag,
}

/// <summary>A field of a filter.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="Name">The name of the metric or parameter, or the property as filters write it.</param>
/// <param name="Column">The column of the details that it is in.</param>
internal sealed record FilterField(FilterKind Kind, string Name, string? Column = null)
{
    /// <summary>What goes before the dot of a parameter.</summary>
    public const string ParameterPrefix = "param";

    /// <summary>What goes before the dot of a metric whose name means something else in a filter.</summary>
    public const string MetricPrefix = "metric";

    private static readonly FilterField[] Known =
    [
        new(FilterKind.Name, "name"),
        new(FilterKind.Version, "version"),
        new(FilterKind.Stage, "stage"),
        new(FilterKind.Tag, "tag"),
        new(FilterKind.Created, "created"),
        new(FilterKind.Latest, "latest"),
        new(FilterKind.Store, "store"),
        Detail(FilterKind.Text, "description"),
        Detail(FilterKind.Text, "author"),
        Detail(FilterKind.Text, "run_id"),
        Detail(FilterKind.Text, "feature_set"),
        Detail(FilterKind.Number, "feature_version"),
        Detail(FilterKind.Text, "code_hash"),
        Detail(FilterKind.Text, "data_hash"),
        Detail(FilterKind.Number, "seed"),
        Detail(FilterKind.Text, "git_commit"),
        Detail(FilterKind.Flag, "git_dirty"),
        Detail(FilterKind.Text, "module_version"),
        Detail(FilterKind.Text, "user"),
        Detail(FilterKind.Text, "machine"),
    ];

    // As the members of an alpha are called, too: RunId is run_id, CreatedAt is created.
    private static readonly FrozenDictionary<string, FilterField> ByName = Known
        .SelectMany(field =>
            new[] { field.Name, field.Name.Replace("_", "", StringComparison.Ordinal) }
                .Distinct(StringComparer.Ordinal)
                .Select(name => KeyValuePair.Create(name, field))
        )
        .Append(KeyValuePair.Create("tags", Known.First(field => field.Kind == FilterKind.Tag)))
        .Append(KeyValuePair.Create("createdat", Known.First(field => field.Kind == FilterKind.Created)))
        .Append(KeyValuePair.Create("created_at", Known.First(field => field.Kind == FilterKind.Created)))
        .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The properties.</summary>
    public static IEnumerable<FilterField> Properties => Known;

    /// <summary>The properties as filters write them.</summary>
    public static IEnumerable<string> PropertyNames => Known.Select(known => known.Name);

    /// <summary>What the field is, for messages and tooltips.</summary>
    public string What =>
        Kind switch
        {
            FilterKind.Metric => "a metric, which is a number",
            FilterKind.Parameter => "a parameter",
            FilterKind.Version or FilterKind.Number => "a number",
            FilterKind.Stage => $"one of {string.Join(", ", Enum.GetNames<AlphaStage>())}",
            FilterKind.Created => "a date",
            FilterKind.Latest or FilterKind.Flag => "true or false",
            _ => "a text",
        };

    /// <summary>The property of a name; null when there is none.</summary>
    public static FilterField? Property(string name) => ByName.GetValueOrDefault(name);

    /// <summary>A metric.</summary>
    public static FilterField Metric(string name) => new(FilterKind.Metric, name);

    /// <summary>A parameter.</summary>
    public static FilterField Parameter(string name) => new(FilterKind.Parameter, name);

    /// <summary>The field as it is written.</summary>
    public override string ToString() =>
        Kind switch
        {
            FilterKind.Metric => FilterTokens.IsKeyword(Name) || Property(Name) is not null
                ? $"{MetricPrefix}.{Name}"
                : Name,
            FilterKind.Parameter =>
                $"{ParameterPrefix}.{(FilterTokens.IsPlainName(Name) ? Name : FilterNode.Literal(Name))}",
            _ => Name,
        };

    private static FilterField Detail(FilterKind kind, string column) => new(kind, column, column);
}
