namespace AlphaFactory.Core.Features;

/// <summary>
/// Finds a column's type: the narrowest that 90% of its first 10,000 values fit. Truth values, whole numbers,
/// numbers, times, texts, in that order; a column of whole numbers with some fractions is one of numbers.
/// </summary>
internal sealed class TypeInference(string? dateFormat)
{
    /// <summary>How many values of a column are looked at.</summary>
    public const int SampleSize = 10_000;

    private const double Share = 0.9;

    private int _bools;
    private int _longs;
    private int _doubles;
    private int _times;

    /// <summary>How many values have been looked at.</summary>
    public int Seen { get; private set; }

    /// <summary>The type that the source itself gives, which is then not inferred.</summary>
    public FeatureType? Declared { get; set; }

    /// <summary>Whether enough values have been looked at.</summary>
    public bool IsDone => Declared is not null || Seen >= SampleSize;

    /// <summary>Looks at a value that is not missing; a text or a whole number by its digits.</summary>
    public void AddValue(object value)
    {
        switch (value)
        {
            case double:
                Seen++;
                _doubles++;
                break;
            case bool:
                Seen++;
                _bools++;
                break;
            case DateTime:
                Seen++;
                _times++;
                break;
            case string text:
                Add(text.AsSpan().Trim());
                break;
            case long:
                Add(FieldText.Of(value).AsSpan());
                break;
            default:
                Seen++;
                break;
        }
    }

    /// <summary>Looks at a value that is not missing.</summary>
    public void Add(ReadOnlySpan<char> text)
    {
        Seen++;
        if (FieldText.TryLong(text, out _))
        {
            _longs++;
            _doubles++;
        }
        else if (FieldText.TryDouble(text, out _))
        {
            _doubles++;
        }
        else if (FieldText.TryBool(text, out _))
        {
            _bools++;
        }

        // Plain digits are times too when a format says so.
        if (FieldText.TryTime(text, dateFormat, out _))
        {
            _times++;
        }
    }

    /// <summary>The type; numbers when there was no value at all.</summary>
    public FeatureType Type() =>
        this switch
        {
            { Declared: { } declared } => declared,
            _ when Seen == 0 => FeatureType.Double,
            _ when Fits(FeatureType.Bool) => FeatureType.Bool,
            _ when Fits(FeatureType.Long) && _longs == _doubles => FeatureType.Long,
            _ when Fits(FeatureType.Double) => FeatureType.Double,
            _ when Fits(FeatureType.Timestamp) => FeatureType.Timestamp,
            _ => FeatureType.Text,
        };

    /// <summary>Whether 90% of the values fit a type, or the type that the source gives does.</summary>
    public bool Fits(FeatureType type)
    {
        if (Declared is { } declared)
        {
            return declared == type || (declared, type) == (FeatureType.Long, FeatureType.Double);
        }

        var fitting = type switch
        {
            FeatureType.Bool => _bools,
            FeatureType.Long => _longs,
            FeatureType.Double => _doubles,
            FeatureType.Timestamp => _times,
            _ => Seen,
        };
        return fitting >= Share * Seen;
    }
}
