namespace AlphaFactory.Core.Features;

/// <summary>
/// Rows that are objects and not a file. The columns are those of all rows, in the order in which they first
/// appear; names are compared without case. A row without a column has no value there.
/// </summary>
public sealed class ObjectRows
{
    private readonly Dictionary<string, int> _index = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _names = [];
    private readonly List<List<object?>> _columns = [];

    /// <summary>How many rows there are.</summary>
    public int Count { get; private set; }

    /// <summary>The names of the columns.</summary>
    public IReadOnlyList<string> Columns => _names;

    /// <summary>Adds a row.</summary>
    /// <param name="row">
    /// Names and values: numbers of any kind, truth values, texts, dates and times, or null. A time without a zone
    /// is UTC, and cut to whole microseconds; NaN is missing.
    /// </param>
    /// <returns>How many rows there are now.</returns>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.FileFormatInvalid"/>: a name is empty, is no text, or comes twice.
    /// </exception>
    public int Add(IEnumerable<KeyValuePair<string, object?>> row)
    {
        ArgumentNullException.ThrowIfNull(row);
        foreach (var (name, value) in row)
        {
            var column = _columns[IndexOf(name.Trim())];
            if (column.Count > Count)
            {
                throw Invalid($"has '{name}' twice (case does not count). Rename one.");
            }

            Pad(column);
            column.Add(FieldValue.Of(value));
        }

        return ++Count;
    }

    /// <summary>A row's value: a double, a long, a bool, a text, a UTC time, or null where it has none.</summary>
    internal object? Value(int row, int column) =>
        row < _columns[column].Count ? _columns[column][row] : null;

    /// <summary>Reads the rows from the first on.</summary>
    internal RowSource Read() => new Source(this);

    private int IndexOf(string name)
    {
        if (_index.TryGetValue(name, out var index))
        {
            return index;
        }

        if (name.Length == 0 || name.Any(char.IsControl))
        {
            throw Invalid("has a property without a printable name. Every column needs a name.");
        }

        _index.Add(name, _names.Count);
        _names.Add(name);
        _columns.Add([]);
        return _names.Count - 1;
    }

    private void Pad(List<object?> column)
    {
        while (column.Count < Count)
        {
            column.Add(null);
        }
    }

    private AlphaFactoryException Invalid(string what) =>
        new(ErrorId.FileFormatInvalid, FormattableString.Invariant($"object {Count + 1} {what}"));

    private sealed class Source(ObjectRows rows) : ValueSource
    {
        public override string Description => "the objects";

        public override IReadOnlyList<string> Header => rows.Columns;

        public override double Fraction => rows.Count == 0 ? 1 : (double)Row / rows.Count;

        protected override bool ReadsTexts => true;

        public override bool Read()
        {
            if (Row >= rows.Count)
            {
                return false;
            }

            Row++;
            return true;
        }

        protected override object? Value(int column) => rows.Value((int)Row - 1, column);
    }
}
