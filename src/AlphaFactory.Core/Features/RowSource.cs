using System.Globalization;

namespace AlphaFactory.Core.Features;

/// <summary>What is wrong with a row.</summary>
/// <param name="Column">The column, or null when it is the row as a whole.</param>
/// <param name="Value">The value as it stands, or null.</param>
/// <param name="Reason">What is wrong, and what to do about it.</param>
internal sealed record RowFault(string? Column, string? Value, string Reason);

/// <summary>What became of a field.</summary>
internal enum FieldOutcome
{
    /// <summary>It was appended.</summary>
    Taken,

    /// <summary>It stands for no value; nothing was appended.</summary>
    Missing,

    /// <summary>It is no value of the column's type; nothing was appended.</summary>
    Misfit,
}

/// <summary>Where the rows of an import come from, one by one; rows are counted from 1.</summary>
internal abstract class RowSource : IDisposable
{
    /// <summary>What it is, in the words of a message: <c>file 'x.csv'</c>.</summary>
    public abstract string Description { get; }

    /// <summary>The path of its file, or null.</summary>
    public virtual string? File => null;

    /// <summary>The names of the columns.</summary>
    public abstract IReadOnlyList<string> Header { get; }

    /// <summary>How much has been read, 0 to 1.</summary>
    public abstract double Fraction { get; }

    /// <summary>The number of the current row, from 1.</summary>
    public long Row { get; protected set; }

    /// <summary>The line of the file on which the current row starts, from 1; null when there are no lines.</summary>
    public virtual long? Line => null;

    /// <summary>What is wrong with the current row before its values are looked at, or null.</summary>
    public RowFault? Fault { get; protected set; }

    /// <summary>Goes to the next row.</summary>
    /// <returns>Whether there is one.</returns>
    public abstract bool Read();

    /// <summary>The type that the source itself gives a column, or null when its values tell.</summary>
    public virtual FeatureType? Declared(int column) => null;

    /// <summary>Whether a field of the current row stands for no value.</summary>
    /// <param name="column">The column.</param>
    /// <param name="isEntity">Whether it is the entity, which may well be called NA.</param>
    public abstract bool IsMissing(int column, bool isEntity);

    /// <summary>Looks at a field of the current row that is not missing.</summary>
    public abstract void Infer(int column, TypeInference inference);

    /// <summary>Appends a field of the current row that is not missing.</summary>
    /// <returns>Whether it is a value of the column's type.</returns>
    public abstract bool TryAppend(int column, ColumnData target, bool isEntity);

    /// <summary>Appends a field of the current row, unless it is missing or no value of the column's type.</summary>
    public virtual FieldOutcome Take(int column, ColumnData target, bool isEntity) =>
        IsMissing(column, isEntity) ? FieldOutcome.Missing
        : TryAppend(column, target, isEntity) ? FieldOutcome.Taken
        : FieldOutcome.Misfit;

    /// <summary>A field of the current row as it stands.</summary>
    public abstract string Text(int column);

    /// <summary>The current row as it stands, in one text.</summary>
    public abstract string RowText();

    /// <summary>The error of the current row.</summary>
    public AlphaFactoryException Invalid(RowFault fault)
    {
        var line = Line is { } number ? string.Create(CultureInfo.InvariantCulture, $" (line {number})") : "";
        var where = fault.Column is null ? "" : $", column '{fault.Column}'";
        return new AlphaFactoryException(
            ErrorId.RowInvalid,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Description}, row {Row}{line}{where}: {fault.Reason}"
            )
        )
        {
            Target = File,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes what is open.</summary>
    protected virtual void Dispose(bool disposing) { }
}
