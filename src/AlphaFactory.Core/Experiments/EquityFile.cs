using AlphaFactory.Core.Features;
using Parquet;
using Parquet.Schema;

namespace AlphaFactory.Core.Experiments;

/// <summary>
/// <c>equity.parquet</c>: the returns and turnovers of the runs of a call, a row a bar with the run's number, the bar's
/// time, its net return and its turnover; runs in order, bars ascending. The first bar of a window has no row.
/// </summary>
internal static class EquityFile
{
    public const string FileName = "equity.parquet";

    /// <summary>A row group takes runs until it has so many rows.</summary>
    private const int RowGroup = 500_000;

    private static readonly DataField<long> Run = new("run", nullable: false);
    private static readonly DateTimeDataField Time = new(
        "time",
        DateTimeFormat.DateAndTimeMicros,
        isAdjustedToUTC: true,
        isNullable: false
    );
    private static readonly DataField<double> Return = new("return", nullable: false);
    private static readonly DataField<double> Turnover = new("turnover", nullable: false);

    /// <summary>Writes runs, which are read once.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="runs">Their numbers and what they earned.</param>
    /// <param name="times">The bars of returns; a run that was stopped has the first of them.</param>
    /// <param name="cancellation">Stops the writing.</param>
    public static void Write(
        Stream stream,
        IEnumerable<(long Number, BacktestResult Earned)> runs,
        IReadOnlyList<DateTime> times,
        CancellationToken cancellation
    ) => WriteAsync(stream, runs, times, cancellation).GetAwaiter().GetResult();

    /// <summary>What a run earned; null when the file has nothing of it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="number">The run.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.StoreCorrupt"/>: the file cannot be read.</exception>
    public static BacktestResult? Read(string path, long number, CancellationToken cancellation)
    {
        try
        {
            return ReadAsync(path, number, cancellation).GetAwaiter().GetResult();
        }
        catch (Exception error)
            when (error is not (OperationCanceledException or OutOfMemoryException or AlphaFactoryException))
        {
            throw new AlphaFactoryException(
                ErrorId.StoreCorrupt,
                $"'{path}' cannot be read: {error.Message} Delete it: what it has is then computed again.",
                error
            )
            {
                Target = path,
            };
        }
    }

    private static async Task WriteAsync(
        Stream stream,
        IEnumerable<(long Number, BacktestResult Earned)> runs,
        IReadOnlyList<DateTime> times,
        CancellationToken cancellation
    )
    {
        await using var writer = await ParquetWriter.CreateAsync(
            new ParquetSchema(Run, Time, Return, Turnover),
            stream,
            ParquetFile.Options([Run, Time, Return, Turnover]),
            cancellationToken: cancellation
        );
        var pending = new List<(long Number, BacktestResult Earned)>();
        var rows = 0;
        foreach (var run in runs)
        {
            cancellation.ThrowIfCancellationRequested();
            pending.Add(run);
            rows += run.Earned.Returns.Length;
            if (rows >= RowGroup)
            {
                await WriteGroupAsync(writer, pending, times, cancellation);
                pending.Clear();
                rows = 0;
            }
        }

        if (rows > 0)
        {
            await WriteGroupAsync(writer, pending, times, cancellation);
        }
    }

    private static async Task WriteGroupAsync(
        ParquetWriter writer,
        List<(long Number, BacktestResult Earned)> runs,
        IReadOnlyList<DateTime> times,
        CancellationToken cancellation
    )
    {
        using var group = writer.CreateRowGroup();
        long[] numbers =
        [
            .. runs.SelectMany(run => Enumerable.Repeat(run.Number, run.Earned.Returns.Length)),
        ];
        DateTime[] bars = [.. runs.SelectMany(run => times.Take(run.Earned.Returns.Length))];
        double[] returns = [.. runs.SelectMany(run => run.Earned.Returns)];
        double[] turnovers = [.. runs.SelectMany(run => run.Earned.Turnover)];
        await group.WriteAsync<long>(Run, numbers, cancellationToken: cancellation);
        await group.WriteAsync<DateTime>(Time, bars, cancellationToken: cancellation);
        await group.WriteAsync<double>(Return, returns, cancellationToken: cancellation);
        await group.WriteAsync<double>(Turnover, turnovers, cancellationToken: cancellation);
    }

    private static async Task<BacktestResult?> ReadAsync(
        string path,
        long number,
        CancellationToken cancellation
    )
    {
        await using var stream = File.OpenRead(path);
        await using var reader = await ParquetReader.CreateAsync(stream, cancellationToken: cancellation);
        var fields = reader.Schema.DataFields.ToDictionary(field => field.Name, StringComparer.Ordinal);
        for (var i = 0; i < reader.RowGroupCount; i++)
        {
            using var group = reader.OpenRowGroupReader(i);
            var numbers = new long[group.RowCount];
            await group.ReadAsync<long>(
                fields[Run.Name],
                numbers.AsMemory(),
                cancellationToken: cancellation
            );
            var first = Array.IndexOf(numbers, number);
            if (first < 0)
            {
                continue;
            }

            var rows = Array.LastIndexOf(numbers, number) - first + 1;
            var returns = new double[numbers.Length];
            var turnovers = new double[numbers.Length];
            await group.ReadAsync<double>(
                fields[Return.Name],
                returns.AsMemory(),
                cancellationToken: cancellation
            );
            await group.ReadAsync<double>(
                fields[Turnover.Name],
                turnovers.AsMemory(),
                cancellationToken: cancellation
            );
            return new BacktestResult(
                returns.AsSpan(first, rows).ToArray(),
                turnovers.AsSpan(first, rows).ToArray()
            );
        }

        return null;
    }
}
