using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace AlphaFactory.Core;

/// <summary>
/// An immutable table from names (compared by ordinal, without case) to values, in the order given. It is an
/// <see cref="IDictionary"/> too, so that PowerShell reads <c>$table.name</c>, and its text form is
/// <c>sharpe=1.43; turnover=0.12</c> in the invariant culture.
/// </summary>
/// <typeparam name="T">The type of the values.</typeparam>
public abstract class NamedValues<T> : IReadOnlyDictionary<string, T>, IDictionary, IEquatable<NamedValues<T>>
{
    // So many names are compared one by one: that is faster than a hash of one, and needs no table of them.
    private const int Few = 16;

    private readonly string[] _names;
    private readonly T[] _values;
    private readonly Dictionary<string, int>? _places;

    private protected NamedValues(IEnumerable<KeyValuePair<string, T>> values)
    {
        var distinct = new OrderedDictionary<string, T>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in values)
        {
            distinct[name] = value;
        }

        _names = [.. distinct.Keys];
        _values = [.. distinct.Values];
        _places = Places(_names);
    }

    /// <summary>Takes names that differ, and the value of each, as they are: neither array may change.</summary>
    private protected NamedValues(string[] names, T[] values)
    {
        _names = names;
        _values = values;
        _places = Places(names);
    }

    /// <summary>How many values there are.</summary>
    public int Count => _names.Length;

    /// <summary>The names, in order.</summary>
    public IEnumerable<string> Keys => Array.AsReadOnly(_names);

    /// <summary>The values, in the order of their names.</summary>
    public IEnumerable<T> Values => Array.AsReadOnly(_values);

    /// <inheritdoc/>
    public T this[string key] =>
        TryGetValue(key, out var value)
            ? value
            : throw new KeyNotFoundException($"There is no value with the name '{key}'.");

    ICollection IDictionary.Keys => Array.AsReadOnly(_names);

    ICollection IDictionary.Values => Array.AsReadOnly(_values);

    bool IDictionary.IsFixedSize => true;

    bool IDictionary.IsReadOnly => true;

    bool ICollection.IsSynchronized => true;

    object ICollection.SyncRoot => this;

    object? IDictionary.this[object key]
    {
        get => key is string name && TryGetValue(name, out var value) ? value : null;
        set => throw ReadOnly();
    }

    /// <inheritdoc/>
    public bool ContainsKey(string key) => Place(key) >= 0;

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out T value)
    {
        var place = Place(key);
        value = place >= 0 ? _values[place] : default;
        return place >= 0;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, T>> GetEnumerator()
    {
        for (var i = 0; i < _names.Length; i++)
        {
            yield return KeyValuePair.Create(_names[i], _values[i]);
        }
    }

    /// <summary>
    /// Whether the other table has the same names (without case) with equal values, in whatever order. NaN equals
    /// NaN, and values of different types are not equal.
    /// </summary>
    public bool Equals(NamedValues<T>? other) =>
        other is not null
        && Count == other.Count
        && this.All(pair =>
            other.TryGetValue(pair.Key, out var value)
            && EqualityComparer<T>.Default.Equals(pair.Value, value)
        );

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as NamedValues<T>);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        this.Aggregate(
            Count,
            (hash, pair) =>
                hash ^ HashCode.Combine(StringComparer.OrdinalIgnoreCase.GetHashCode(pair.Key), pair.Value)
        );

    /// <summary>Writes <c>name=value; name=value</c>, in the invariant culture.</summary>
    public override string ToString() =>
        string.Join("; ", this.Select(pair => $"{pair.Key}={Text(pair.Value)}"));

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    IDictionaryEnumerator IDictionary.GetEnumerator() => ((IDictionary)Copy()).GetEnumerator();

    bool IDictionary.Contains(object key) => key is string name && ContainsKey(name);

    void ICollection.CopyTo(Array array, int index) => ((ICollection)Copy()).CopyTo(array, index);

    void IDictionary.Add(object key, object? value) => throw ReadOnly();

    void IDictionary.Clear() => throw ReadOnly();

    void IDictionary.Remove(object key) => throw ReadOnly();

    private OrderedDictionary<string, T> Copy() => new(this, StringComparer.OrdinalIgnoreCase);

    private int Place(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (_places is not null)
        {
            return _places.GetValueOrDefault(name, -1);
        }

        for (var i = 0; i < _names.Length; i++)
        {
            if (_names[i].Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }

    private static Dictionary<string, int>? Places(string[] names) =>
        names.Length > Few
            ? names
                .Index()
                .ToDictionary(name => name.Item, name => name.Index, StringComparer.OrdinalIgnoreCase)
            : null;

    private static string Text(T value) =>
        value switch
        {
            null => "",
            DateTime time => UtcDate.Format(time),
            IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        };

    private static NotSupportedException ReadOnly() => new("The table is read-only.");
}

/// <summary>The metrics of a run or an alpha. A value may be NaN or infinite.</summary>
public sealed class MetricValues : NamedValues<double>
{
    /// <summary>Makes a table.</summary>
    /// <param name="values">The metrics, in order.</param>
    public MetricValues(IEnumerable<KeyValuePair<string, double>> values)
        : base(values) { }

    /// <summary>Makes a table of names that differ; many tables may share them.</summary>
    internal MetricValues(string[] names, double[] values)
        : base(names, values) { }

    /// <summary>No metric.</summary>
    public static MetricValues None { get; } = new([]);
}

/// <summary>
/// The parameters of a run or an alpha. A value is a <see cref="long"/>, a <see cref="double"/>, a
/// <see cref="bool"/>, a <see cref="string"/> or a UTC <see cref="DateTime"/>: see <see cref="Normalize"/>.
/// </summary>
public sealed class ParameterValues : NamedValues<object>
{
    /// <summary>Makes a table.</summary>
    /// <param name="values">The parameters, in order; each value is normalised.</param>
    public ParameterValues(IEnumerable<KeyValuePair<string, object>> values)
        : base(values.Select(pair => KeyValuePair.Create(pair.Key, Normalize(pair.Key, pair.Value)))) { }

    /// <summary>Makes a table of names that differ and of values that are normalised.</summary>
    internal ParameterValues(string[] names, object[] values)
        : base(names, values) { }

    /// <summary>No parameter.</summary>
    public static ParameterValues None { get; } = new([]);

    /// <summary>Brings a value to one of the five types that parameters have.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.SpecInvalid"/>: the value is of another type.</exception>
    public static object Normalize(string name, object? value) =>
        value switch
        {
            long or double or bool or string => value,
            int or short or sbyte or byte or ushort or uint => Convert.ToInt64(
                value,
                CultureInfo.InvariantCulture
            ),
            ulong and <= long.MaxValue => Convert.ToInt64(value, CultureInfo.InvariantCulture),
            ulong or float or decimal or Half => Convert.ToDouble(value, CultureInfo.InvariantCulture),
            DateTime time => UtcDate.FromDateTime(time),
            DateTimeOffset time => time.UtcDateTime,
            char letter => letter.ToString(),
            Enum member => member.ToString(),
            _ => throw new AlphaFactoryException(
                ErrorId.SpecInvalid,
                $"Parameter '{name}' has a value of type {value?.GetType().Name ?? "null"}: "
                    + "use a number, a text, a date or $true/$false."
            ),
        };
}
