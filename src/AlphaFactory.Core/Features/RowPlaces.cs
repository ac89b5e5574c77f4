using System.Runtime.InteropServices;

namespace AlphaFactory.Core.Features;

/// <summary>
/// Where each row of an import came from. Rows of one file lie on consecutive lines but for a few, so only the
/// places where the count jumps are kept.
/// </summary>
internal sealed class RowPlaces
{
    private readonly List<Jump> _jumps = [];

    /// <summary>Notes where a row came from; rows are noted in ascending order.</summary>
    /// <param name="row">The row, from 0 over all files.</param>
    /// <param name="source">What it came from, for a message: <c>file 'x.csv'</c>.</param>
    /// <param name="number">Its number there, from 1.</param>
    /// <param name="line">Its line there, from 1; null when there are no lines.</param>
    public void Add(int row, string source, long number, long? line)
    {
        if (_jumps.Count > 0)
        {
            var last = CollectionsMarshal.AsSpan(_jumps)[^1];
            var steps = row - last.Row;
            if (last.Source == source && last.Number + steps == number && last.Line + steps == line)
            {
                return;
            }
        }

        _jumps.Add(new Jump(row, source, number, line));
    }

    /// <summary>Says where a row came from: <c>file 'x.csv', row 17 (line 18)</c>.</summary>
    public string Describe(int row)
    {
        var jump = _jumps[0];
        foreach (var candidate in _jumps)
        {
            if (candidate.Row > row)
            {
                break;
            }

            jump = candidate;
        }

        var steps = row - jump.Row;
        var line = jump.Line is { } first ? $" (line {first + steps})" : "";
        return $"{jump.Source}, row {jump.Number + steps}{line}";
    }

    private readonly record struct Jump(int Row, string Source, long Number, long? Line);
}
