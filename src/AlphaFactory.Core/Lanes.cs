using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AlphaFactory.Core;

/// <summary>
/// Arrays four values at a time, the same four on every machine, so that what is computed so has the same bits
/// whatever its vectors are. What does not fill a vector is left to the caller.
/// </summary>
internal static class Lanes
{
    /// <summary>The whole vectors at the start of some values.</summary>
    public static ReadOnlySpan<Vector256<double>> Of(ReadOnlySpan<double> values) =>
        MemoryMarshal.Cast<double, Vector256<double>>(values);

    /// <summary>The whole vectors at the start of some values.</summary>
    public static Span<Vector256<double>> Of(Span<double> values) =>
        MemoryMarshal.Cast<double, Vector256<double>>(values);
}
