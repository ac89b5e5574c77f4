using System.Globalization;

namespace AlphaFactory.Core.Features;

/// <summary>Reports how far an import has come: rows, rows a second, and the time left.</summary>
internal sealed class ImportProgress(ImportRequest request, OperationContext context)
{
    private const int RowsBetweenReports = 1 << 16;

    private readonly int _sources = Math.Max(1, request.Paths.Count);
    private readonly long _start = context.Time.GetTimestamp();
    private long _rows;
    private int _done;

    /// <summary>Counts a row.</summary>
    public void Row(RowSource source)
    {
        if (++_rows % RowsBetweenReports != 0)
        {
            return;
        }

        var share = (_done + source.Fraction) / _sources;
        var elapsed = context.Time.GetElapsedTime(_start);
        var rate = elapsed > TimeSpan.Zero ? _rows / elapsed.TotalSeconds : 0;
        context.Progress(
            new ProgressReport(
                $"Importing '{request.Name}'",
                string.Create(CultureInfo.InvariantCulture, $"{_rows:N0} rows, {rate:N0} a second"),
                100 * share,
                share > 0 ? elapsed * ((1 - share) / share) : null
            )
        );
    }

    /// <summary>Goes on to the next source.</summary>
    public void NextSource() => _done++;
}
