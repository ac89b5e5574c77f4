namespace AlphaFactory.Core.Features;

/// <summary>Rows whose fields are values already, and not texts.</summary>
internal abstract class ValueSource : RowSource
{
    /// <summary>Whether texts are read as those of a CSV file are.</summary>
    protected abstract bool ReadsTexts { get; }

    /// <inheritdoc/>
    public override bool IsMissing(int column, bool isEntity) =>
        Value(column) switch
        {
            null or double.NaN => true,
            string text when isEntity => text.AsSpan().Trim().IsEmpty,
            string text => ReadsTexts && FieldText.IsMissing(text.AsSpan().Trim()),
            _ => false,
        };

    /// <inheritdoc/>
    public override void Infer(int column, TypeInference inference) => inference.AddValue(Value(column)!);

    /// <inheritdoc/>
    public override bool TryAppend(int column, ColumnData target, bool isEntity) =>
        Value(column) is string text
            ? target.TryAppend(target.Type == FeatureType.Text && !isEntity ? text : text.AsSpan().Trim())
            : target.TryAppendValue(Value(column)!);

    /// <inheritdoc/>
    public override string Text(int column) => Value(column) is { } value ? FieldText.Of(value) : "";

    /// <inheritdoc/>
    public override string RowText() =>
        string.Join(',', Enumerable.Range(0, Header.Count).Select(column => CsvText.Field(Text(column))));

    /// <summary>
    /// A field of the current row: a double, a long, a bool, a text, a UTC time, or null; anything else is no value.
    /// </summary>
    protected abstract object? Value(int column);
}
