using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AlphaFactory.Core.Experiments;

/// <summary>
/// <see cref="CompensatedSum"/> of four values at a time, each lane with its own rounding error (Knuth's TwoSum).
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct LaneSum
{
    private Vector256<double> _sum;
    private Vector256<double> _lost;

    /// <summary>Adds a value to each lane.</summary>
    public void Add(Vector256<double> values)
    {
        var next = _sum + values;
        var added = next - _sum;
        _lost += _sum - (next - added) + (values - added);
        _sum = next;
    }

    /// <summary>The sum of the lanes, in their order, to go on with.</summary>
    public readonly CompensatedSum Total()
    {
        var total = new CompensatedSum();
        for (var lane = 0; lane < Vector256<double>.Count; lane++)
        {
            total.Add(_sum[lane]);
        }

        for (var lane = 0; lane < Vector256<double>.Count; lane++)
        {
            total.Add(_lost[lane]);
        }

        return total;
    }
}
