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

    public static readonly DataField<long> Run = new("run", nullable: false);
    public static readonly DateTimeDataField Time = new(
        "time",
        DateTimeFormat.DateAndTimeMicros,
        isAdjustedToUTC: true,
        isNullable: false
    );
    public static readonly DataField<double> Return = new("return", nullable: false);
    public static readonly DataField<double> Turnover = new("turnover", nullable: false);

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
