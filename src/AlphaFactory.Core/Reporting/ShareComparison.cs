namespace AlphaFactory.Core.Reporting;

/// <summary>
/// The shares of two samples in the same bins, to be drawn together. Bins of numbers have edges, one more than
/// there are shares; categories have names, one a share.
/// </summary>
/// <param name="Edges">The edges of the bins, ascending; empty for categories.</param>
/// <param name="Names">The names of the categories; empty for numbers.</param>
/// <param name="Reference">The reference's share of each bin, 0 to 1.</param>
/// <param name="Current">The current sample's share of each bin, 0 to 1.</param>
public sealed record ShareComparison(
    IReadOnlyList<double> Edges,
    IReadOnlyList<string> Names,
    IReadOnlyList<double> Reference,
    IReadOnlyList<double> Current
)
{
    /// <summary>The greatest share of any bin in either sample.</summary>
    public double Highest => Math.Max(Reference.DefaultIfEmpty().Max(), Current.DefaultIfEmpty().Max());
}
