using System.Globalization;

namespace AlphaFactory.Core.Registry;

/// <summary>Bounds on metrics, such as <c>sharpe=1.2; ic_mean=0.02</c>. Never NaN, which nothing compares to.</summary>
public sealed class MetricBounds : NamedValues<double>
{
    /// <summary>No bound.</summary>
    public static MetricBounds None { get; } = new([]);

    /// <summary>Takes bounds, one a metric.</summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.MetricBoundInvalid"/>: a name is no metric name, a bound is NaN, or a metric has two.
    /// </exception>
    public MetricBounds(IEnumerable<KeyValuePair<string, double>> bounds)
        : base(Check(bounds)) { }

    /// <summary>Reads <c>sharpe=1.2</c> or <c>sharpe=1.2,ic_mean=0.02</c>, in the invariant culture.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.MetricBoundInvalid"/>.</exception>
    public static IEnumerable<KeyValuePair<string, double>> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split(',').Select(ParseOne).ToArray();
    }

    /// <summary>Reads the number of a bound, in the invariant culture.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.MetricBoundInvalid"/>.</exception>
    public static double ParseNumber(string text, string bound) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Invalid($"'{text.Trim()}' in '{bound.Trim()}' is not a number");

    private static KeyValuePair<string, double> ParseOne(string bound)
    {
        var equals = bound.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? KeyValuePair.Create(bound[..equals].Trim(), ParseNumber(bound[(equals + 1)..], bound))
            : throw Invalid($"'{bound.Trim()}' is not a metric and its bound");
    }

    private static IEnumerable<KeyValuePair<string, double>> Check(
        IEnumerable<KeyValuePair<string, double>> bounds
    )
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, bound) in bounds)
        {
            try
            {
                Names.RequireMetric(name);
            }
            catch (AlphaFactoryException error)
            {
                throw Invalid(error.Message.TrimEnd('.'));
            }

            if (double.IsNaN(bound))
            {
                throw Invalid($"The bound of '{name}' is NaN, which no value compares to");
            }

            if (!seen.Add(name))
            {
                throw Invalid($"'{name}' has two bounds");
            }

            yield return KeyValuePair.Create(name, bound);
        }
    }

    private static AlphaFactoryException Invalid(string what) =>
        new(
            ErrorId.MetricBoundInvalid,
            $"{what}. Write sharpe=1.2, or sharpe=1.2,ic_mean=0.02, or @{{sharpe=1.2; ic_mean=0.02}}, "
                + "with a point in the number."
        );
}
