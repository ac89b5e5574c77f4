using System.Runtime.InteropServices;

namespace AlphaFactory.Core.Experiments;

/// <summary>
/// Adds with the rounding error carried along (Neumaier 1974), so that a mean over many returns is good to the last
/// digits whatever their order of magnitude.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct CompensatedSum
{
    private double _sum;
    private double _lost;

    /// <summary>The sum so far.</summary>
    public readonly double Value => _sum + _lost;

    /// <summary>Adds a value.</summary>
    public void Add(double value)
    {
        var next = _sum + value;
        _lost += Math.Abs(_sum) >= Math.Abs(value) ? _sum - next + value : value - next + _sum;
        _sum = next;
    }
}
