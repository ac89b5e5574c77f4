using System.Globalization;
using Parquet;
using Parquet.Schema;

namespace AlphaFactory.Core.Experiments;

/// <summary>
/// Writes <c>runs.parquet</c>: a row a run with its number, status, codes and duration in seconds, a column
/// <c>param.…</c> for each parameter and one for each metric.
/// </summary>
internal static class RunsFile
{
    public const string FileName = "runs.parquet";

    /// <summary>So many runs are in memory at once.</summary>
    private const int RowGroup = 50_000;

    /// <summary>Writes runs, which are read once.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="runs">The runs.</param>
    /// <param name="parameters">The parameters and all values that they take, which decide the column's type.</param>
    /// <param name="metrics">The metrics.</param>
    public static void Write(
        Stream stream,
        IEnumerable<ExperimentRun> runs,
        IReadOnlyList<GridAxis> parameters,
        IReadOnlyList<string> metrics
    ) => WriteAsync(stream, runs, parameters, metrics).GetAwaiter().GetResult();

    private static async Task WriteAsync(
        Stream stream,
        IEnumerable<ExperimentRun> runs,
        IReadOnlyList<GridAxis> parameters,
        IReadOnlyList<string> metrics
    )
    {
        var head = new DataField[]
        {
            new DataField<string>("run_id", nullable: false),
            new DataField<string>("status", nullable: false),
            new DataField<string>("codes", nullable: false),
            new DataField<double>("duration", nullable: false),
        };
        DataField[] parameterFields = [.. parameters.Select(Field)];
        DataField[] metricFields = [.. metrics.Select(name => new DataField<double>(name, nullable: true))];
        var schema = new ParquetSchema([.. head, .. parameterFields, .. metricFields]);
        await using var writer = await ParquetWriter.CreateAsync(schema, stream);
        foreach (var rows in runs.Chunk(RowGroup))
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync(head[0], rows.Select(run => run.RunId).ToArray());
            await group.WriteAsync(head[1], rows.Select(run => run.Status.ToString()).ToArray());
            await group.WriteAsync(head[2], rows.Select(run => string.Join(';', run.Codes)).ToArray());
            await group.WriteAsync<double>(head[3], rows.Select(run => run.Duration.TotalSeconds).ToArray());
            for (var i = 0; i < parameterFields.Length; i++)
            {
                await WriteParameterAsync(group, parameterFields[i], parameters[i].Name, rows);
            }

            for (var i = 0; i < metricFields.Length; i++)
            {
                await group.WriteAsync<double>(
                    metricFields[i],
                    rows.Select(run =>
                            run.Metrics.TryGetValue(metrics[i], out var value) ? value : (double?)null
                        )
                        .ToArray()
                );
            }
        }
    }

    /// <summary>Whole numbers, numbers or flags when all values are, else text.</summary>
    private static DataField Field(GridAxis parameter)
    {
        var name = "param." + parameter.Name;
        return parameter.Values.All(value => value is long) ? new DataField<long>(name, nullable: true)
            : parameter.Values.All(value => value is long or double)
                ? new DataField<double>(name, nullable: true)
            : parameter.Values.All(value => value is bool) ? new DataField<bool>(name, nullable: true)
            : new DataField<string>(name, nullable: true);
    }

    private static Task WriteParameterAsync(
        ParquetRowGroupWriter group,
        DataField field,
        string name,
        ExperimentRun[] rows
    )
    {
        var values = rows.Select(run => run.Parameters.TryGetValue(name, out var value) ? value : null);
        return field.ClrType switch
        {
            var type when type == typeof(long) => group.WriteAsync<long>(
                field,
                values.Select(value => (long?)value).ToArray()
            ),
            var type when type == typeof(double) => group.WriteAsync<double>(
                field,
                values
                    .Select(value =>
                        value is null ? (double?)null : Convert.ToDouble(value, CultureInfo.InvariantCulture)
                    )
                    .ToArray()
            ),
            var type when type == typeof(bool) => group.WriteAsync<bool>(
                field,
                values.Select(value => (bool?)value).ToArray()
            ),
            _ => group.WriteAsync(field, values.Select(Text).ToArray()!),
        };
    }

    private static string? Text(object? value) =>
        value switch
        {
            null => null,
            DateTime time => UtcDate.Format(time),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString(),
        };
}
