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

    /// <summary>The values of so many runs are in memory at once.</summary>
    private const int RowGroup = 4096;

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
        Column[] columns =
        [
            new TextColumn("run_id", run => run.RunId, nullable: false),
            new TextColumn("status", run => run.Status.ToString(), nullable: false),
            new TextColumn("codes", run => string.Join(';', run.Codes), nullable: false),
            new NumberColumn<double>("duration", run => run.Duration.TotalSeconds, nullable: false),
            .. parameters.Select(OfParameter),
            .. metrics.Select(OfMetric),
        ];
        var schema = new ParquetSchema([.. columns.Select(column => column.Field)]);
        await using var writer = await ParquetWriter.CreateAsync(schema, stream);
        var rows = 0;
        foreach (var run in runs)
        {
            foreach (var column in columns)
            {
                column.Add(run);
            }

            if (++rows % RowGroup == 0)
            {
                await WriteGroupAsync(writer, columns);
            }
        }

        if (rows % RowGroup > 0)
        {
            await WriteGroupAsync(writer, columns);
        }
    }

    private static async Task WriteGroupAsync(ParquetWriter writer, Column[] columns)
    {
        using var group = writer.CreateRowGroup();
        foreach (var column in columns)
        {
            await column.WriteAsync(group);
        }
    }

    private static NumberColumn<double> OfMetric(string name) =>
        new(name, run => run.Metrics.TryGetValue(name, out var value) ? value : null);

    /// <summary>Whole numbers, numbers or flags when all values are, else text.</summary>
    private static Column OfParameter(GridAxis parameter)
    {
        var name = "param." + parameter.Name;
        object? Value(ExperimentRun run) =>
            run.Parameters.TryGetValue(parameter.Name, out var value) ? value : null;
        return parameter.Values.All(value => value is long)
                ? new NumberColumn<long>(name, run => (long?)Value(run))
            : parameter.Values.All(value => value is long or double)
                ? new NumberColumn<double>(
                    name,
                    run =>
                        Value(run) is { } value ? Convert.ToDouble(value, CultureInfo.InvariantCulture) : null
                )
            : parameter.Values.All(value => value is bool)
                ? new NumberColumn<bool>(name, run => (bool?)Value(run))
            : new TextColumn(name, run => Text(Value(run)));
    }

    private static string? Text(object? value) =>
        value switch
        {
            null => null,
            DateTime time => UtcDate.Format(time),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString(),
        };

    /// <summary>A column of the file, with the values of the runs since it was last written.</summary>
    private abstract class Column(DataField field)
    {
        public DataField Field { get; } = field;

        public abstract void Add(ExperimentRun run);

        public abstract Task WriteAsync(ParquetRowGroupWriter group);
    }

    private sealed class TextColumn(string name, Func<ExperimentRun, string?> value, bool nullable = true)
        : Column(new DataField<string>(name, nullable))
    {
        private readonly List<string?> _values = [];

        public override void Add(ExperimentRun run) => _values.Add(value(run));

        public override async Task WriteAsync(ParquetRowGroupWriter group)
        {
            await group.WriteAsync(Field, _values.ToArray()!);
            _values.Clear();
        }
    }

    private sealed class NumberColumn<T>(string name, Func<ExperimentRun, T?> value, bool nullable = true)
        : Column(new DataField<T>(name, nullable))
        where T : struct
    {
        private readonly List<T?> _values = [];

        public override void Add(ExperimentRun run) => _values.Add(value(run));

        public override async Task WriteAsync(ParquetRowGroupWriter group)
        {
            if (Field.IsNullable)
            {
                await group.WriteAsync<T>(Field, _values.ToArray());
            }
            else
            {
                await group.WriteAsync<T>(Field, _values.Select(each => each!.Value).ToArray());
            }

            _values.Clear();
        }
    }
}
