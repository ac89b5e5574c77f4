using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Experiments;

/// <summary>What the runs of one experiment share, to read them with.</summary>
internal sealed class RunHeader
{
    /// <summary>The columns of <c>r</c> that a run is read from.</summary>
    public const string Columns =
        "r.experiment_id, r.number, r.status, r.codes, r.parameters, r.duration, r.equity_hash, r.metrics";

    private readonly ExperimentRun _shared;
    private readonly string[] _metrics;

    private RunHeader(SqliteDataReader row)
    {
        _shared = new ExperimentRun
        {
            RunId = "",
            ExperimentId = row.GetString(0),
            Name = row.GetString(1),
            From = Sql.FromMicroseconds(row.GetInt64(2)),
            To = Sql.FromMicroseconds(row.GetInt64(3)),
            Seed = row.GetInt64(4),
            FeatureSet = row.GetString(5),
            FeatureVersion = row.GetInt32(6),
            CodeHash = row.GetString(7),
            DataHash = row.GetString(8),
            Status = RunStatus.Completed,
            Codes = RunCodes.Parse(""),
            Parameters = ParameterValues.None,
            Metrics = MetricValues.None,
            Duration = TimeSpan.Zero,
        };
        _metrics = RunMetrics.Split(row.GetString(9));
    }

    /// <summary>Reads what an experiment's runs share.</summary>
    public static RunHeader Read(SqliteConnection connection, long id) =>
        connection
            .Query(
                row => new RunHeader(row),
                """
                SELECT key, name, time_from, time_to, seed, feature_set, feature_version, code_hash, data_hash,
                       metric_names
                FROM experiments WHERE id = $1
                """,
                id
            )
            .Single();

    /// <summary>Reads a run from <see cref="Columns"/>.</summary>
    public ExperimentRun Run(SqliteDataReader row) =>
        _shared with
        {
            RunId = ExperimentStore.RunIdOf(_shared.ExperimentId, row.GetInt64(1)),
            Status = Enum.Parse<RunStatus>(row.GetString(2)),
            Codes = RunCodes.Parse(row.GetString(3)),
            Parameters = ParameterJson.Read(row.GetString(4)),
            Duration = TimeSpan.FromMicroseconds(row.GetInt64(5)),
            EquityHash = row.IsDBNull(6) ? null : row.GetString(6),
            Metrics = row.IsDBNull(7)
                ? MetricValues.None
                : RunMetrics.Read(_metrics, row.GetFieldValue<byte[]>(7)),
        };
}
