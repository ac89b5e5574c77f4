using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using AlphaFactory.Core.Reporting;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Drift;

/// <summary>
/// A report as files. Their bytes depend on nothing but what was compared: no clock, no path, no machine.
/// </summary>
/// <param name="report">What was found.</param>
/// <param name="shapes">The distributions of the features, in their order; null where there is none.</param>
/// <param name="policy">What decided.</param>
internal sealed class DriftDocument(
    DriftReport report,
    IReadOnlyList<ShareComparison?> shapes,
    DriftPolicy policy
)
{
    private const int PictureBars = 16;
    private const int PicturePanels = 9;
    private const double ScaleOfLimit = 5;

    // The worst first: those that drift, then by effect, then as in the file.
    private readonly (DriftFeature Feature, ShareComparison? Shape)[] _ranked =
    [
        .. report
            .Features.Zip(shapes)
            .OrderByDescending(pair => pair.First.Drifted)
            .ThenByDescending(pair => pair.First.Judged)
            .ThenByDescending(pair => pair.First.Psi ?? 0),
    ];

    /// <summary>The files by name; the one for programs is the last.</summary>
    public IReadOnlyList<KeyValuePair<string, byte[]>> Files(CancellationToken cancellation) =>
        [
            new(DriftFolder.HtmlFile, Encoding.UTF8.GetBytes(Html(cancellation))),
            new(DriftFolder.PngFile, PngCharts.Draw(Picture(), cancellation)),
            new(DriftFolder.JsonFile, Encoding.UTF8.GetBytes(Json())),
        ];

    /// <summary>The page.</summary>
    public string Html(CancellationToken cancellation) =>
        HtmlTemplate.Load("drift-report.html").Render(Page(), cancellation);

    private object Page() =>
        new
        {
            Set = report.FeatureSet,
            report.Version,
            AsOf = DriftSpan.Upper(report.AsOf),
            State = State,
            Verdict = Verdict,
            Summary = Summary,
            ReferenceSpan = $"{DriftSpan.Lower(report.ReferenceFrom)} to {DriftSpan.Upper(report.ReferenceTo)}",
            ReferenceRows = Figures.Count(report.ReferenceRows),
            CurrentSpan = $"{DriftSpan.Lower(report.CurrentFrom)} to {DriftSpan.Upper(report.AsOf)}",
            CurrentRows = Figures.Count(report.CurrentRows),
            Policy = report.PolicyName,
            Limits = string.Join(", ", Limits()),
            Significance = Figures.Percent(policy.Significance),
            DriftedShare = Figures.Percent(policy.DriftedShare),
            policy.MinimumValues,
            PsiScale = Figures.Number(Scale),
            HasLimit = policy.Psi is not null,
            Features = _ranked.Select(Row).ToImmutableArray(),
        };

    private string State =>
        report.JudgedCount == 0 ? "unknown"
        : report.Drifted ? "drift"
        : "calm";

    private string Verdict =>
        report.JudgedCount == 0 ? "Not judged"
        : report.Drifted ? "Drift"
        : "No drift";

    private string Summary =>
        report.JudgedCount == 0
            ? $"None of {Amount.Of(report.FeatureCount, "feature")} has enough values to decide."
            : $"{report.DriftedCount} of {Amount.Of(report.JudgedCount, "judged feature")} "
                + $"{(report.DriftedCount == 1 ? "drifts" : "drift")} "
                + $"({Figures.Percent((double)report.DriftedCount / report.JudgedCount)}); "
                + $"the set drifts from {Figures.Percent(policy.DriftedShare)} on."
                + (
                    report.JudgedCount < report.FeatureCount
                        ? $" {report.FeatureCount - report.JudgedCount} more had too few values or too many categories."
                        : ""
                );

    // A bar is cut at five times the limit: beyond, how far over hardly matters.
    private double Scale => (policy.Psi is > 0 and { } limit ? limit : 0.2) * ScaleOfLimit;

    private object Row((DriftFeature Feature, ShareComparison? Shape) ranked, int index)
    {
        var (feature, shape) = ranked;
        var state =
            !feature.Judged ? "unknown"
            : feature.Drifted ? "drift"
            : "calm";
        return new
        {
            Name = feature.Feature,
            Kind = feature.Kind == FeatureKind.Numeric ? "numeric" : "categorical",
            State = state,
            Verdict = state switch
            {
                "drift" => "Drift",
                "calm" => "No drift",
                _ => "Not judged",
            },
            Reason = feature.Reason,
            Psi = Figures.Fixed(feature.Psi),
            PsiBar = SvgCharts.Bar(feature.Psi, policy.Psi, Scale, feature.Drifted),
            Ks = Figures.Fixed(feature.Ks),
            P = Figures.Probability(feature.PValue),
            Adjusted = Figures.Probability(feature.AdjustedPValue),
            Wasserstein = Figures.Fixed(feature.Wasserstein),
            JensenShannon = Figures.Fixed(feature.JensenShannon),
            MeanShift = Figures.Fixed(feature.MeanShift),
            DeviationShift = Figures.Percent(feature.DeviationShift),
            MissingShift = Figures.Percent(feature.MissingShift),
            Outside = Figures.Percent(feature.OutOfRangeShare ?? feature.UnseenShare),
            ReferenceCount = Figures.Count(feature.ReferenceCount),
            CurrentCount = Figures.Count(feature.CurrentCount),
            Chart = shape is null
                ? null
                : SvgCharts.Distribution(
                    FormattableString.Invariant($"chart-{index + 1}"),
                    $"Distribution of {feature.Feature}",
                    Description(feature, shape),
                    shape
                ),
        };
    }

    private static string Description(DriftFeature feature, ShareComparison shape)
    {
        var range =
            shape.Names.Count > 0
                ? $"Shares of {Amount.Of(shape.Names.Count, "category", "categories")}"
                : $"Shares of {shape.Reference.Count} bins from {Figures.Number(shape.Edges[0])} "
                    + $"to {Figures.Number(shape.Edges[^1])}";
        return $"{range}: {Figures.Count(feature.ReferenceCount)} reference values, filled, and "
            + $"{Figures.Count(feature.CurrentCount)} window values, as a line. PSI {Figures.Fixed(feature.Psi)}.";
    }

    private IEnumerable<string> Limits()
    {
        (string Name, double? Limit)[] limits =
        [
            ("PSI", policy.Psi),
            ("Wasserstein", policy.Wasserstein),
            ("Jensen–Shannon", policy.JensenShannon),
        ];
        return limits
            .Where(limit => limit.Limit is not null)
            .Select(limit => $"{limit.Name} over {Figures.Number(limit.Limit)}");
    }

    private ComparisonPicture Picture()
    {
        var judged = _ranked.Where(pair => pair.Feature.Judged).ToList();
        var left = judged.Count > PictureBars ? $", worst {PictureBars} shown" : "";
        return new ComparisonPicture
        {
            Title = $"{report.FeatureSet} (version {report.Version}): {Verdict.ToLowerInvariant()}",
            Subtitle =
                $"As of {DriftSpan.Upper(report.AsOf)}: {report.DriftedCount} of "
                + $"{Amount.Of(report.JudgedCount, "judged feature")} drift{left}. "
                + $"Window from {DriftSpan.Lower(report.CurrentFrom)}, reference "
                + $"{DriftSpan.Lower(report.ReferenceFrom)} to {DriftSpan.Upper(report.ReferenceTo)}",
            Measure = "Population stability index",
            Limit = policy.Psi,
            Bars =
            [
                .. judged
                    .Take(PictureBars)
                    .Select(pair => new LimitBar(
                        pair.Feature.Feature,
                        pair.Feature.Psi ?? 0,
                        pair.Feature.Drifted
                    )),
            ],
            Panels =
            [
                .. _ranked
                    .Where(pair => pair.Shape is not null)
                    .Take(PicturePanels)
                    .Select(pair => new SharePanel(pair.Feature.Feature, pair.Feature.Drifted, pair.Shape!)),
            ],
        };
    }

    private string Json() =>
        JsonSerializer.Serialize(
            new
            {
                report.FeatureSet,
                report.Version,
                report.AsOf,
                report.Drifted,
                report.DriftedCount,
                report.JudgedCount,
                report.FeatureCount,
                report.Window,
                report.CurrentFrom,
                report.CurrentRows,
                report.ReferenceFrom,
                report.ReferenceTo,
                report.ReferenceRows,
                Policy = policy,
                report.PolicyHash,
                report.Features,
            },
            StoreJson.Options
        ) + "\n";
}
