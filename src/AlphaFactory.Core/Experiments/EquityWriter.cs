using AlphaFactory.Core.Features;
using AlphaFactory.Core.Storage;
using Parquet;
using Parquet.Schema;

namespace AlphaFactory.Core.Experiments;

/// <summary>Writes <see cref="EquityFile"/> as the runs come; the file appears when it is published.</summary>
internal sealed class EquityWriter : IDisposable
{
    /// <summary>A row group takes runs until it has so many rows.</summary>
    private const int RowGroup = 200_000;

    private readonly string _path;
    private readonly IReadOnlyList<DateTime> _times;
    private readonly CancellationToken _cancellation;
    private readonly PendingFile _file;
    private readonly ParquetWriter _writer;
    private readonly List<(long Number, BacktestResult Earned)> _pending = [];
    private int _rows;

    /// <summary>Begins a file.</summary>
    /// <param name="path">Its full path.</param>
    /// <param name="times">The bars of returns; a run that was stopped has the first of them.</param>
    /// <param name="cancellation">Stops the writing.</param>
    /// <exception cref="AlphaFactoryException">As <see cref="AtomicFile.Guard"/>.</exception>
    public EquityWriter(string path, IReadOnlyList<DateTime> times, CancellationToken cancellation)
    {
        (_path, _times, _cancellation) = (path, times, cancellation);
        (PendingFile, ParquetWriter)? begun = null;
        AtomicFile.Guard(path, target => begun = Begin(new PendingFile(target)));
        (_file, _writer) = begun!.Value;
    }

    /// <summary>Takes what a run earned; runs come in their order.</summary>
    /// <exception cref="AlphaFactoryException">As <see cref="AtomicFile.Guard"/>.</exception>
    public void Add(long number, BacktestResult earned)
    {
        _cancellation.ThrowIfCancellationRequested();
        _pending.Add((number, earned));
        _rows += earned.Returns.Length;
        if (_rows >= RowGroup)
        {
            AtomicFile.Guard(_path, _ => WriteGroupAsync().GetAwaiter().GetResult());
        }
    }

    /// <summary>Makes the file appear; nothing can be added after.</summary>
    /// <exception cref="AlphaFactoryException">As <see cref="AtomicFile.Guard"/>.</exception>
    public void Publish() =>
        AtomicFile.Guard(
            _path,
            _ =>
            {
                if (_rows > 0)
                {
                    WriteGroupAsync().GetAwaiter().GetResult();
                }

                // The end of the file.
                _writer.DisposeAsync().AsTask().GetAwaiter().GetResult();
                _file.Publish(overwrite: true);
            }
        );

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static (PendingFile, ParquetWriter) Begin(PendingFile file)
    {
        DataField[] fields = [EquityFile.Run, EquityFile.Time, EquityFile.Return, EquityFile.Turnover];
        try
        {
            return (
                file,
                ParquetWriter
                    .CreateAsync(new ParquetSchema(fields), file.Stream, ParquetFile.Options(fields))
                    .GetAwaiter()
                    .GetResult()
            );
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private async Task WriteGroupAsync()
    {
        using var group = _writer.CreateRowGroup();
        long[] numbers =
        [
            .. _pending.SelectMany(run => Enumerable.Repeat(run.Number, run.Earned.Returns.Length)),
        ];
        DateTime[] bars = [.. _pending.SelectMany(run => _times.Take(run.Earned.Returns.Length))];
        double[] returns = [.. _pending.SelectMany(run => run.Earned.Returns)];
        double[] turnovers = [.. _pending.SelectMany(run => run.Earned.Turnover)];
        await group.WriteAsync<long>(EquityFile.Run, numbers, cancellationToken: _cancellation);
        await group.WriteAsync<DateTime>(EquityFile.Time, bars, cancellationToken: _cancellation);
        await group.WriteAsync<double>(EquityFile.Return, returns, cancellationToken: _cancellation);
        await group.WriteAsync<double>(EquityFile.Turnover, turnovers, cancellationToken: _cancellation);
        _pending.Clear();
        _rows = 0;
    }
}
