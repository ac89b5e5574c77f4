using System.Globalization;

namespace AlphaFactory.Core.Features;

/// <summary>Reports how far an import has come: rows, rows a second, and the time left.</summary>
internal sealed class ImportProgress(ImportRequest request, OperationContext context)
{
    private const int RowsBetweenReports = 1 << 16;

    private readonly int _sources = Math.Max(1, request.Paths.Count);
    private readonly long _start = context.Time.GetTimestamp();
    private long _rows;
    private long _startOfMerge;
    private long _merged;
    private int _done;

    /// <summary>Counts a row.</summary>
    public void Row(RowSource source)
    {
        if (++_rows % RowsBetweenReports != 0)
        {
            return;
        }

        Report("Importing", _rows, (_done + source.Fraction) / _sources, context.Time.GetElapsedTime(_start));
    }

    /// <summary>Says how many rows have been brought into order and written, of how many.</summary>
    public void Merged(long rows, long total)
    {
        _startOfMerge = _merged == 0 ? context.Time.GetTimestamp() : _startOfMerge;
        if (rows / RowsBetweenReports != _merged / RowsBetweenReports)
        {
            var elapsed = context.Time.GetElapsedTime(_startOfMerge);
            Report("Sorting and writing", rows, (double)rows / total, elapsed);
        }

        _merged = rows;
    }

    /// <summary>Goes on to the next source.</summary>
    public void NextSource() => _done++;

    private void Report(string what, long rows, double share, TimeSpan elapsed)
    {
        var rate = elapsed > TimeSpan.Zero ? rows / elapsed.TotalSeconds : 0;
        context.Progress(
            new ProgressReport(
                $"{what} '{request.Name}'",
                string.Create(CultureInfo.InvariantCulture, $"{rows:N0} rows, {rate:N0} a second"),
                100 * share,
                share > 0 ? elapsed * ((1 - share) / share) : null
            )
        );
    }
}
