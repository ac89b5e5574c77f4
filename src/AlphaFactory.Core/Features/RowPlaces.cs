using System.Runtime.InteropServices;

namespace AlphaFactory.Core.Features;

/// <summary>
/// Where each row of an import came from. Rows of one source follow each other but for those that were left out, so
/// only the places where the count jumps are kept; the line is looked up again when it is asked for.
/// </summary>
/// <param name="request">The sources.</param>
/// <param name="extended">The version whose rows come first, or null.</param>
internal sealed class RowPlaces(ImportRequest request, FeatureSet? extended)
{
    private readonly List<Jump> _jumps = [];

    /// <summary>Notes where a row came from; rows are noted in ascending order.</summary>
    /// <param name="row">The row, from 0 over the version that is extended and all sources.</param>
    /// <param name="source">Which source it came from, from 0.</param>
    /// <param name="number">Its number there, from 1.</param>
    public void Add(long row, int source, long number)
    {
        if (_jumps.Count > 0)
        {
            var last = CollectionsMarshal.AsSpan(_jumps)[^1];
            if (last.Source == source && last.Number + (row - last.Row) == number)
            {
                return;
            }
        }

        _jumps.Add(new Jump(row, source, number));
    }

    /// <summary>Says where a row came from: <c>file 'x.csv', row 17 (line 18)</c>.</summary>
    public string Describe(long row, CancellationToken token)
    {
        if (row < extended?.Rows)
        {
            return FormattableString.Invariant(
                $"version {extended.Version} of '{extended.Name}', row {row + 1}"
            );
        }

        var jump = _jumps.FindLast(candidate => candidate.Row <= row);
        var number = jump.Number + (row - jump.Row);
        using var source = request.OpenSource(jump.Source);
        while (source.Row < number && source.Read())
        {
            token.ThrowIfCancellationRequested();
        }

        return FormattableString.Invariant($"{source.Description}, row {number}")
            + (source.Line is { } line ? FormattableString.Invariant($" (line {line})") : "");
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Jump(long Row, int Source, long Number);
}
