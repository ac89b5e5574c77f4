namespace AlphaFactory.Core.Features;

/// <summary>Where a panel begins.</summary>
/// <param name="From">A time, UTC.</param>
/// <param name="BarsBefore">So many bars before the first that is not before the time.</param>
internal readonly record struct PanelBegin(DateTime From, int BarsBefore)
{
    /// <summary>The first bar that a panel has.</summary>
    /// <param name="bars">All bars, ascending.</param>
    public int FirstBar(DateTime[] bars)
    {
        var bar = Array.BinarySearch(bars, From);
        return Math.Max(0, (bar < 0 ? ~bar : bar) - BarsBefore);
    }
}
