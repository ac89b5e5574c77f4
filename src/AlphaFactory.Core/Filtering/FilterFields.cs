using System.Collections.Frozen;

namespace AlphaFactory.Core.Filtering;

/// <summary>The fields that filters of one kind of thing may be about, besides its metrics and parameters.</summary>
internal sealed class FilterFields
{
    private readonly FrozenDictionary<string, FilterField> _byName;
    private readonly FilterParser _parser;

    /// <summary>Takes the properties of the thing.</summary>
    /// <param name="properties">The properties, as filters write them: <c>run_id</c>.</param>
    /// <param name="aliases">Other names of some. Names without their underscores are known anyway.</param>
    public FilterFields(
        IReadOnlyList<FilterField> properties,
        IReadOnlyList<(string Alias, string Name)> aliases
    )
    {
        Properties = properties;
        _byName = properties
            .SelectMany(field =>
                new[] { field.Name, field.Name.Replace("_", "", StringComparison.Ordinal) }
                    .Distinct(StringComparer.Ordinal)
                    .Select(name => KeyValuePair.Create(name, field))
            )
            .Concat(
                aliases.Select(alias =>
                    KeyValuePair.Create(alias.Alias, properties.First(field => field.Name == alias.Name))
                )
            )
            .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        _parser = new FilterParser(this);
    }

    /// <summary>The properties.</summary>
    public IReadOnlyList<FilterField> Properties { get; }

    /// <summary>The properties as filters write them.</summary>
    public IEnumerable<string> PropertyNames => Properties.Select(known => known.Name);

    /// <summary>The property of a name; null when there is none.</summary>
    public FilterField? Property(string name) => _byName.GetValueOrDefault(name);

    /// <summary>A metric.</summary>
    public FilterField Metric(string name) =>
        new(FilterKind.Metric, name)
        {
            IsPrefixed = FilterTokens.IsKeyword(name) || _byName.ContainsKey(name),
        };

    /// <summary>Reads a filter.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.FilterSyntax"/>.</exception>
    public FilterNode Read(string text) => _parser.Read(text);
}
