namespace AlphaFactory.Core.Features;

/// <summary>The names that <c>-Schema</c> takes for types.</summary>
public static class FeatureTypes
{
    /// <summary>
    /// Reads a table of column and type: <c>double float number</c>, <c>long int integer</c>, <c>bool boolean</c>,
    /// <c>text string</c>, <c>timestamp date datetime</c>, without case.
    /// </summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.SchemaMismatch"/>: no such type.</exception>
    public static IReadOnlyDictionary<string, FeatureType> Schema(ParameterValues table) =>
        table.ToDictionary(
            column => column.Key,
            column => Parse(column.Key, column.Value),
            StringComparer.OrdinalIgnoreCase
        );

    /// <summary>The name of a type as errors and listings show it.</summary>
    public static string Name(this FeatureType type) =>
        type switch
        {
            FeatureType.Double => "double",
            FeatureType.Long => "long",
            FeatureType.Bool => "bool",
            FeatureType.Text => "text",
            _ => "timestamp",
        };

    /// <summary>What a value of a type is, in the words of an error.</summary>
    internal static string Noun(this FeatureType type) =>
        type switch
        {
            FeatureType.Double => "a number",
            FeatureType.Long => "a whole number of 64 bits",
            FeatureType.Bool => "true or false",
            FeatureType.Text => "a text",
            _ => "a time",
        };

    private static FeatureType Parse(string column, object? value) =>
        value?.ToString()?.ToUpperInvariant() switch
        {
            "DOUBLE" or "FLOAT" or "NUMBER" => FeatureType.Double,
            "LONG" or "INT" or "INTEGER" => FeatureType.Long,
            "BOOL" or "BOOLEAN" => FeatureType.Bool,
            "TEXT" or "STRING" => FeatureType.Text,
            "TIMESTAMP" or "DATE" or "DATETIME" => FeatureType.Timestamp,
            _ => throw new AlphaFactoryException(
                ErrorId.SchemaMismatch,
                $"'{value}' is not a type for column '{column}': use double, long, bool, text or timestamp."
            )
            {
                Target = column,
            },
        };
}
