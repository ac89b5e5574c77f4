using System.Globalization;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Reporting;

namespace AlphaFactory.Core.Drift;

/// <summary>The values of one column in reference and window, as they are read.</summary>
internal abstract class ColumnSamples(string feature)
{
    /// <summary>The column's name.</summary>
    protected string Feature { get; } = feature;

    /// <summary>Takes a value of the reference or of the window; null is missing.</summary>
    public abstract void Add(object? value, bool current);

    /// <summary>Compares the two, and gives the shares to draw.</summary>
    public abstract (DriftFeature Feature, ShareComparison? Shape) Compare(DriftPolicy policy);
}

/// <summary>The numbers of one column.</summary>
internal sealed class NumericSamples(string feature) : ColumnSamples(feature)
{
    private readonly List<double> _reference = [];
    private readonly List<double> _current = [];

    /// <inheritdoc/>
    public override void Add(object? value, bool current) =>
        (current ? _current : _reference).Add(
            value is null ? double.NaN : Convert.ToDouble(value, CultureInfo.InvariantCulture)
        );

    /// <inheritdoc/>
    public override (DriftFeature Feature, ShareComparison? Shape) Compare(DriftPolicy policy)
    {
        var reference = NumericSample.Of(_reference);
        var current = NumericSample.Of(_current);
        return (
            DriftDetector.CompareNumbers(Feature, reference, current, policy),
            DriftShape.OfNumbers(reference.Sorted, current.Sorted)
        );
    }
}

/// <summary>The categories of one column.</summary>
internal sealed class CategorySamples(string feature) : ColumnSamples(feature)
{
    private const string Rest = "…";

    private readonly Dictionary<string, long> _reference = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _current = new(StringComparer.Ordinal);
    private long _referenceMissing;
    private long _currentMissing;

    /// <inheritdoc/>
    public override void Add(object? value, bool current)
    {
        if (value is null)
        {
            _ = current ? _currentMissing++ : _referenceMissing++;
            return;
        }

        var counts = current ? _current : _reference;
        var category = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        // One more than the limit is enough to know that the column is an identifier: the rest is one category.
        if (counts.Count > DriftDetector.MaximumCategories && !counts.ContainsKey(category))
        {
            category = Rest;
        }

        counts[category] = counts.GetValueOrDefault(category) + 1;
    }

    /// <inheritdoc/>
    public override (DriftFeature Feature, ShareComparison? Shape) Compare(DriftPolicy policy) =>
        (
            DriftDetector.CompareCategories(
                Feature,
                _reference,
                _current,
                _referenceMissing,
                _currentMissing,
                policy
            ),
            DriftShape.OfCategories(_reference, _current)
        );
}

/// <summary>The columns of a report, read from the store in one pass.</summary>
internal sealed class DriftSamples
{
    private const int ReportEvery = 1 << 16;

    private DriftSamples(IReadOnlyList<ColumnSamples> columns, long referenceRows, long currentRows)
    {
        Columns = columns;
        ReferenceRows = referenceRows;
        CurrentRows = currentRows;
    }

    /// <summary>The columns, in the order asked for.</summary>
    public IReadOnlyList<ColumnSamples> Columns { get; }

    /// <summary>How many rows the reference has.</summary>
    public long ReferenceRows { get; }

    /// <summary>How many rows the window has.</summary>
    public long CurrentRows { get; }

    /// <summary>Reads the rows of both spans, all entities together.</summary>
    public static DriftSamples Read(
        FeatureStore features,
        FeatureSet set,
        IReadOnlyList<FeatureColumn> columns,
        DriftSpan span,
        OperationContext context
    )
    {
        ColumnSamples[] samples = [.. columns.Select(Samples)];
        var query = new FeatureQuery
        {
            Set = set,
            Columns = [set.TimeColumn, .. columns.Select(column => column.Name)],
            From = span.ReferenceFrom < span.CurrentFrom ? span.ReferenceFrom : span.CurrentFrom,
            To = span.AsOf,
        };
        long seen = 0;
        var rows = new long[2];
        foreach (var row in features.Read(query, context))
        {
            if (seen++ % ReportEvery == 0)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                context.Progress(Reading(set, seen));
            }

            var time = (DateTime)row.Values[0]!;
            var current = span.InCurrent(time);
            if (!current && !span.InReference(time))
            {
                continue;
            }

            rows[current ? 1 : 0]++;
            for (var i = 0; i < samples.Length; i++)
            {
                samples[i].Add(row.Values[i + 1], current);
            }
        }

        return new DriftSamples(samples, rows[0], rows[1]);
    }

    /// <summary>Whether values of a type can be compared; a time has no distribution that stands still.</summary>
    public static bool CanCompare(FeatureType type) => type is not FeatureType.Timestamp;

    private static ColumnSamples Samples(FeatureColumn column) =>
        column.Type is FeatureType.Double or FeatureType.Long
            ? new NumericSamples(column.Name)
            : new CategorySamples(column.Name);

    private static ProgressReport Reading(FeatureSet set, long seen) =>
        new(
            $"Comparing {set.Name}",
            string.Create(CultureInfo.InvariantCulture, $"{seen:N0} rows"),
            // Reading is most of the work; the comparison that follows is the last tenth.
            set.Rows == 0
                ? null
                : Math.Min(90.0, 90.0 * seen / set.Rows)
        );
}
