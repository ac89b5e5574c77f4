using System.Globalization;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Reporting;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Drift;

/// <summary>Compares a feature set's recent values with its reference, remembers what it found, and writes it down.</summary>
/// <param name="store">The store, which the caller keeps open.</param>
public sealed class DriftReporter(AlphaStore store)
{
    /// <summary>Makes a report; the same again gives the same bytes and replaces what was there.</summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.FeatureSetNotFound"/>; <see cref="ErrorId.SchemaMismatch"/>: an unknown column, or one of
    /// times; <see cref="ErrorId.SpecInvalid"/>: the window or the reference is empty, or they overlap, or the
    /// output path is a file; <see cref="ErrorId.DiskFull"/>, <see cref="ErrorId.StoreReadOnly"/> or
    /// <see cref="ErrorId.StoreLocked"/>.
    /// </exception>
    public DriftReport Run(DriftRequest request, OperationContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        var features = new FeatureStore(store);
        var set = features.Find(request.FeatureSet, request.Version);
        var columns = ColumnsOf(set, request.Columns);
        var span = DriftSpan.Of(request, set);
        var folder = DriftFolder.PathOf(store, set, span.AsOf, request.OutputPath);
        var samples = DriftSamples.Read(features, set, columns, span, context);
        if (samples.CurrentRows == 0 || samples.ReferenceRows == 0)
        {
            throw span.Empty(set, window: samples.CurrentRows == 0);
        }

        var (found, shapes) = Compare(samples, request.Policy, set, context);
        var report = Report(request, set, span, samples, found, folder);
        WarnOfUnjudged(report, request.Policy.MinimumValues, context);
        var document = new DriftDocument(report, shapes, request.Policy);
        var settings = DriftHistory.Settings(request, columns.Select(column => column.Name));
        var files = document.Files(context.Cancellation);
        store.Write(connection =>
        {
            DriftHistory.Save(connection, report, settings, context.UtcNow);
            // Last, so that neither the history nor the folder changes when the other cannot.
            DriftFolder.Publish(folder, own: request.OutputPath is null, files);
        });
        return report;
    }

    /// <summary>The error that says which sets drift, for callers that fail on drift.</summary>
    /// <param name="drifted">Reports of sets that drift, at least one.</param>
    public static AlphaFactoryException Failure(IReadOnlyList<DriftReport> drifted)
    {
        ArgumentNullException.ThrowIfNull(drifted);
        var sets = drifted.Select(report =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"'{report.FeatureSet}' (version {report.Version}) as of {DriftSpan.Upper(report.AsOf)}: {report.DriftedCount} of {report.JudgedCount} judged features drift"
            )
        );
        return new AlphaFactoryException(
            ErrorId.DriftDetected,
            $"Drift in {string.Join("; ", sets)}. See {drifted[0].HtmlPath}."
        )
        {
            Target = drifted[0].FeatureSet,
        };
    }

    private static List<FeatureColumn> ColumnsOf(FeatureSet set, IReadOnlyList<string>? names)
    {
        if (names is null)
        {
            var all = set.Columns.Where(column => IsFeature(set, column)).ToList();
            return all.Count > 0
                ? all
                : throw new AlphaFactoryException(
                    ErrorId.SchemaMismatch,
                    $"Feature set '{set.Name}' (version {set.Version}) has no column to compare besides its times "
                        + "and entities."
                )
                {
                    Target = set.Name,
                };
        }

        foreach (var name in names)
        {
            Require(set, name);
        }

        // In the order of the file, each once, so that the same choice is the same report.
        return
        [
            .. set.Columns.Where(column => names.Contains(column.Name, StringComparer.OrdinalIgnoreCase)),
        ];
    }

    private static void Require(FeatureSet set, string name)
    {
        var column = set.Columns.FirstOrDefault(column => Same(column.Name, name));
        if (column is null || !DriftSamples.CanCompare(column.Type))
        {
            var known = set
                .Columns.Where(other => IsFeature(set, other))
                .Select(other => other.Name)
                .ToList();
            throw new AlphaFactoryException(
                ErrorId.SchemaMismatch,
                $"Feature set '{set.Name}' (version {set.Version}) has "
                    + (
                        column is null
                            ? $"no column '{name}'. "
                            : $"times in column '{name}', which cannot be compared. "
                    )
                    + Nearest.Hint(name, known, "It can compare", "It has no column that can be compared.")
            )
            {
                Target = name,
            };
        }
    }

    private static bool IsFeature(FeatureSet set, FeatureColumn column) =>
        DriftSamples.CanCompare(column.Type)
        && !Same(column.Name, set.TimeColumn)
        && !Same(column.Name, set.EntityColumn);

    private static bool Same(string name, string? other) =>
        string.Equals(name, other, StringComparison.OrdinalIgnoreCase);

    private static (IReadOnlyList<DriftFeature> Features, IReadOnlyList<ShareComparison?> Shapes) Compare(
        DriftSamples samples,
        DriftPolicy policy,
        FeatureSet set,
        OperationContext context
    )
    {
        var compared = new List<DriftFeature>(samples.Columns.Count);
        var shapes = new List<ShareComparison?>(samples.Columns.Count);
        foreach (var column in samples.Columns)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            context.Progress(
                new ProgressReport(
                    $"Comparing {set.Name}",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"feature {compared.Count + 1} of {samples.Columns.Count}"
                    ),
                    90 + (10.0 * compared.Count / samples.Columns.Count)
                )
            );
            var (feature, shape) = column.Compare(policy);
            compared.Add(feature);
            shapes.Add(shape);
        }

        return (DriftDetector.Decide(compared, policy), shapes);
    }

    private static DriftReport Report(
        DriftRequest request,
        FeatureSet set,
        DriftSpan span,
        DriftSamples samples,
        IReadOnlyList<DriftFeature> features,
        string folder
    ) =>
        new()
        {
            FeatureSet = set.Name,
            Version = set.Version,
            AsOf = span.AsOf,
            Drifted = DriftDetector.SetDrifts(features, request.Policy),
            DriftedCount = features.Count(feature => feature.Drifted),
            JudgedCount = features.Count(feature => feature.Judged),
            FeatureCount = features.Count,
            Features = features,
            ReferenceFrom = span.ReferenceFrom,
            ReferenceTo = span.ReferenceTo,
            CurrentFrom = span.CurrentFrom,
            ReferenceRows = samples.ReferenceRows,
            CurrentRows = samples.CurrentRows,
            Window = request.Window,
            PolicyName = request.Policy.Name,
            PolicyHash = request.Policy.Hash,
            HtmlPath = Path.Combine(folder, DriftFolder.HtmlFile),
            PngPath = Path.Combine(folder, DriftFolder.PngFile),
        };

    private static void WarnOfUnjudged(DriftReport report, int minimum, OperationContext context)
    {
        var unjudged = report.Features.Where(feature => !feature.Judged).ToList();
        if (unjudged.Count > 0)
        {
            const int Shown = 5;
            var names = unjudged.Take(Shown).Select(feature => $"{feature.Feature} ({feature.Reason})");
            var more = unjudged.Count > Shown ? $" and {unjudged.Count - Shown} more" : "";
            var advice = unjudged.Any(feature => feature.CurrentCount < minimum)
                ? " A longer -Window has more values."
                : "";
            context.Warn(
                $"{unjudged.Count} of {report.FeatureCount} features of '{report.FeatureSet}' were not judged: "
                    + $"{string.Join("; ", names)}{more}.{advice}"
            );
        }
    }
}
