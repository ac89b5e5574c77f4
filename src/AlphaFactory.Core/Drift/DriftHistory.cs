using System.Globalization;
using System.IO.Enumeration;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Provenance;
using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Drift;

/// <summary>Which points of the history to give.</summary>
public sealed record DriftHistoryQuery
{
    /// <summary>The feature set's name, or a pattern of <c>*</c> and <c>?</c>, without case; null takes all.</summary>
    public string? FeatureSet { get; init; }

    /// <summary>The feature's name, or a pattern of <c>*</c> and <c>?</c>, without case; null takes all.</summary>
    public string? Feature { get; init; }

    /// <summary>The first as-of time, inclusive.</summary>
    public DateTime? Since { get; init; }

    /// <summary>The last as-of time, inclusive.</summary>
    public DateTime? Until { get; init; }
}

/// <summary>One feature in one report: a point of its trend.</summary>
public sealed record DriftPoint
{
    /// <summary>The feature set's name.</summary>
    public required string FeatureSet { get; init; }

    /// <summary>The feature set's version.</summary>
    public required int Version { get; init; }

    /// <summary>The feature's name.</summary>
    public required string Feature { get; init; }

    /// <summary>The last time that the report looked at, UTC.</summary>
    public required DateTime AsOf { get; init; }

    /// <summary>The length of the report's window.</summary>
    public required TimeSpan Window { get; init; }

    /// <summary>What kind of values the feature has.</summary>
    public required FeatureKind Kind { get; init; }

    /// <summary>Whether there were enough values to decide.</summary>
    public required bool Judged { get; init; }

    /// <summary>Whether the feature drifted.</summary>
    public required bool Drifted { get; init; }

    /// <summary>The effect sizes over their limits, or why the feature was not judged.</summary>
    public required string Reason { get; init; }

    /// <inheritdoc cref="DriftFeature.Psi"/>
    public required double? Psi { get; init; }

    /// <inheritdoc cref="DriftFeature.Ks"/>
    public required double? Ks { get; init; }

    /// <inheritdoc cref="DriftFeature.KsPValue"/>
    public required double? KsPValue { get; init; }

    /// <inheritdoc cref="DriftFeature.Wasserstein"/>
    public required double? Wasserstein { get; init; }

    /// <inheritdoc cref="DriftFeature.JensenShannon"/>
    public required double? JensenShannon { get; init; }

    /// <inheritdoc cref="DriftFeature.Chi2PValue"/>
    public required double? Chi2PValue { get; init; }

    /// <inheritdoc cref="DriftFeature.AdjustedPValue"/>
    public required double? AdjustedPValue { get; init; }

    /// <inheritdoc cref="DriftFeature.MeanShift"/>
    public required double? MeanShift { get; init; }

    /// <inheritdoc cref="DriftFeature.DeviationShift"/>
    public required double? DeviationShift { get; init; }

    /// <inheritdoc cref="DriftFeature.MissingShift"/>
    public required double MissingShift { get; init; }

    /// <inheritdoc cref="DriftFeature.OutOfRangeShare"/>
    public required double? OutOfRangeShare { get; init; }

    /// <inheritdoc cref="DriftFeature.UnseenShare"/>
    public required double? UnseenShare { get; init; }

    /// <inheritdoc cref="DriftFeature.ReferenceCount"/>
    public required long ReferenceCount { get; init; }

    /// <inheritdoc cref="DriftFeature.CurrentCount"/>
    public required long CurrentCount { get; init; }

    /// <summary>Whether the whole set drifted in that report.</summary>
    public required bool SetDrifted { get; init; }

    /// <summary>The name of the policy that decided.</summary>
    public required string PolicyName { get; init; }
}

/// <summary>What drift reports found, as the store remembers it.</summary>
/// <param name="store">The store, which the caller keeps open.</param>
public sealed class DriftHistory(AlphaStore store)
{
    private const string Columns = """
        r.feature_set, r.version, r.as_of, r.window, r.drifted, r.policy_name, f.feature, f.kind, f.judged,
        f.drifted, f.reason, f.psi, f.ks, f.ks_p_value, f.wasserstein, f.jensen_shannon, f.chi2_p_value,
        f.adjusted_p_value, f.mean_shift, f.deviation_shift, f.missing_shift, f.out_of_range_share,
        f.unseen_share, f.reference_count, f.current_count
        """;

    /// <summary>The points of the history: by set, version, as-of time and report, in the order of the file.</summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.FeatureSetNotFound"/>: an exact name has neither a history nor a feature set.
    /// </exception>
    public IReadOnlyList<DriftPoint> Find(DriftHistoryQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var points = store.Read(connection =>
            connection.Query(
                ReadPoint,
                $"""
                SELECT {Columns}
                FROM drift_reports r JOIN drift_features f ON f.report_id = r.id
                WHERE r.as_of >= $1 AND r.as_of <= $2
                ORDER BY r.feature_set, r.version, r.as_of, r.id, f.position
                """,
                query.Since is { } since ? Sql.ToMicroseconds(since) : long.MinValue,
                query.Until is { } until ? Sql.ToMicroseconds(until) : long.MaxValue
            )
        );
        var found = points.Where(point => Matches(query.FeatureSet, point.FeatureSet)).ToList();
        if (found.Count == 0 && query.FeatureSet is { } name && !name.AsSpan().ContainsAny('*', '?'))
        {
            // Says that the name is wrong, if it is; a set that has never been looked at has no points.
            _ = new FeatureStore(store).Find(name);
        }

        return [.. found.Where(point => Matches(query.Feature, point.Feature))];
    }

    /// <summary>Remembers a report, in place of one of the same version, as-of time and settings.</summary>
    internal static void Save(
        SqliteConnection connection,
        DriftReport report,
        string settings,
        DateTime createdAt
    )
    {
        var asOf = Sql.ToMicroseconds(report.AsOf);
        connection.Execute(
            "DELETE FROM drift_reports WHERE feature_set = $1 AND version = $2 AND as_of = $3 AND settings_hash = $4",
            report.FeatureSet,
            report.Version,
            asOf,
            settings
        );
        var id = connection.Scalar(
            """
            INSERT INTO drift_reports (feature_set, version, as_of, settings_hash, window, reference_from,
                reference_to, drifted, policy_name, policy_hash, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            RETURNING id
            """,
            report.FeatureSet,
            report.Version,
            asOf,
            settings,
            report.Window.Ticks / TimeSpan.TicksPerMicrosecond,
            Sql.ToMicroseconds(report.ReferenceFrom),
            Sql.ToMicroseconds(report.ReferenceTo),
            report.Drifted,
            report.PolicyName,
            report.PolicyHash,
            Sql.ToMicroseconds(createdAt)
        );
        for (var position = 0; position < report.Features.Count; position++)
        {
            SaveFeature(connection, id, position, report.Features[position]);
        }
    }

    /// <summary>A hash of what a user chose, so that the same choice replaces its earlier report.</summary>
    internal static string Settings(DriftRequest request, IEnumerable<string> columns) =>
        ContentHash.OfText(
            string.Join(
                '\n',
                [
                    request.Window.Ticks.ToString(CultureInfo.InvariantCulture),
                    request.ReferenceFrom is { } from ? UtcDate.Format(from) : "",
                    request.ReferenceTo is { } to ? UtcDate.Format(to) : "",
                    request.Policy.Hash,
                    .. columns,
                ]
            )
        );

    private static void SaveFeature(
        SqliteConnection connection,
        object? id,
        int position,
        DriftFeature feature
    ) =>
        connection.Execute(
            """
            INSERT INTO drift_features (report_id, position, feature, kind, judged, drifted, reason, psi, ks,
                ks_p_value, wasserstein, jensen_shannon, chi2_p_value, adjusted_p_value, mean_shift,
                deviation_shift, missing_shift, out_of_range_share, unseen_share, reference_count, current_count)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
            """,
            id,
            position,
            feature.Feature,
            feature.Kind.ToString(),
            feature.Judged,
            feature.Drifted,
            feature.Reason,
            feature.Psi,
            feature.Ks,
            feature.KsPValue,
            feature.Wasserstein,
            feature.JensenShannon,
            feature.Chi2PValue,
            feature.AdjustedPValue,
            feature.MeanShift,
            feature.DeviationShift,
            feature.MissingShift,
            feature.OutOfRangeShare,
            feature.UnseenShare,
            feature.ReferenceCount,
            feature.CurrentCount
        );

    private static DriftPoint ReadPoint(SqliteDataReader row) =>
        new()
        {
            FeatureSet = row.GetString(0),
            Version = row.GetInt32(1),
            AsOf = Sql.FromMicroseconds(row.GetInt64(2)),
            Window = TimeSpan.FromTicks(row.GetInt64(3) * TimeSpan.TicksPerMicrosecond),
            SetDrifted = row.GetBoolean(4),
            PolicyName = row.GetString(5),
            Feature = row.GetString(6),
            Kind = Enum.Parse<FeatureKind>(row.GetString(7)),
            Judged = row.GetBoolean(8),
            Drifted = row.GetBoolean(9),
            Reason = row.GetString(10),
            Psi = Number(row, 11),
            Ks = Number(row, 12),
            KsPValue = Number(row, 13),
            Wasserstein = Number(row, 14),
            JensenShannon = Number(row, 15),
            Chi2PValue = Number(row, 16),
            AdjustedPValue = Number(row, 17),
            MeanShift = Number(row, 18),
            DeviationShift = Number(row, 19),
            MissingShift = row.GetDouble(20),
            OutOfRangeShare = Number(row, 21),
            UnseenShare = Number(row, 22),
            ReferenceCount = row.GetInt64(23),
            CurrentCount = row.GetInt64(24),
        };

    private static double? Number(SqliteDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetDouble(column);

    private static bool Matches(string? pattern, string name) =>
        pattern is null
        || FileSystemName.MatchesSimpleExpression(
            pattern.Replace(@"\", @"\\", StringComparison.Ordinal),
            name,
            ignoreCase: true
        );
}
