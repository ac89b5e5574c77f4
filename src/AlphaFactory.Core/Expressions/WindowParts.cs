using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AlphaFactory.Core.Expressions;

/// <summary>The sum, in two doubles (about 104 bits, Knuth's TwoSum), so that what cancels exactly cancels here.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SumPart(Vector256<double> High, Vector256<double> Low) : IWindowPart<SumPart>
{
    public static int Count => 2;

    public static SumPart Of(Vector256<double> x) => new(x, Vector256<double>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SumPart Read(PartRoom room, int bar) => new(room.Read(0, bar), room.Read(1, bar));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(PartRoom room, int bar)
    {
        room.Write(0, bar, High);
        room.Write(1, bar, Low);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SumPart Join(SumPart older, SumPart newer, in WindowsApart apart, in WindowJoin join)
    {
        var sum = newer.High + older.High;
        var added = sum - newer.High;
        var error = newer.High - (sum - added) + (older.High - added);
        var rest = error + (newer.Low + older.Low);
        var rounded = sum + rest;
        return new(rounded, rest - (rounded - sum));
    }
}

/// <summary>
/// The mean and the squares about it, joined by the formulas of Chan, Golub and LeVeque (1983). The mean is kept by its
/// distance from the newest value, so that nothing but differences of values ever comes in: what is added to all values
/// changes nothing, and a constant window has no squares at all.
/// </summary>
/// <param name="Offset">Mean less newest value.</param>
/// <param name="Squares">Σ(x − mean)².</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MomentPart(Vector256<double> Offset, Vector256<double> Squares)
    : IWindowPart<MomentPart>
{
    public static int Count => 2;

    public static MomentPart Of(Vector256<double> x) => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static MomentPart Read(PartRoom room, int bar) => new(room.Read(0, bar), room.Read(1, bar));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(PartRoom room, int bar)
    {
        room.Write(0, bar, Offset);
        room.Write(1, bar, Squares);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static MomentPart Join(
        MomentPart older,
        MomentPart newer,
        in WindowsApart apart,
        in WindowJoin join
    )
    {
        var x = apart.X + (older.Offset - newer.Offset);
        return new(newer.Offset + (x * join.Share), older.Squares + newer.Squares + (x * x * join.Weight));
    }
}

/// <summary>As <see cref="MomentPart"/> of two series, and the products about their means.</summary>
/// <param name="X">Of the first series.</param>
/// <param name="Y">Of the second series.</param>
/// <param name="Products">Σ(x − x̄)(y − ȳ).</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PairPart(MomentPart X, MomentPart Y, Vector256<double> Products)
    : IWindowPart<PairPart>
{
    public static int Count => 5;

    public static PairPart Of(Vector256<double> x) => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairPart Read(PartRoom room, int bar) =>
        new(
            new(room.Read(0, bar), room.Read(1, bar)),
            new(room.Read(2, bar), room.Read(3, bar)),
            room.Read(4, bar)
        );

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(PartRoom room, int bar)
    {
        room.Write(0, bar, X.Offset);
        room.Write(1, bar, X.Squares);
        room.Write(2, bar, Y.Offset);
        room.Write(3, bar, Y.Squares);
        room.Write(4, bar, Products);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairPart Join(PairPart older, PairPart newer, in WindowsApart apart, in WindowJoin join)
    {
        var x = apart.X + (older.X.Offset - newer.X.Offset);
        var y = apart.Y + (older.Y.Offset - newer.Y.Offset);
        return new(
            new(newer.X.Offset + (x * join.Share), older.X.Squares + newer.X.Squares + (x * x * join.Weight)),
            new(newer.Y.Offset + (y * join.Share), older.Y.Squares + newer.Y.Squares + (y * y * join.Weight)),
            older.Products + newer.Products + (x * y * join.Weight)
        );
    }
}

/// <summary>Sums of the distances from the newest value, plain and with weights 1, 2, … from the oldest bar on.</summary>
/// <param name="Sum">Σ(x − newest).</param>
/// <param name="Weighted">Σ i·(x_i − newest), i from 1 at the oldest bar.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DecayPart(Vector256<double> Sum, Vector256<double> Weighted)
    : IWindowPart<DecayPart>
{
    public static int Count => 2;

    public static DecayPart Of(Vector256<double> x) => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DecayPart Read(PartRoom room, int bar) => new(room.Read(0, bar), room.Read(1, bar));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(PartRoom room, int bar)
    {
        room.Write(0, bar, Sum);
        room.Write(1, bar, Weighted);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DecayPart Join(
        DecayPart older,
        DecayPart newer,
        in WindowsApart apart,
        in WindowJoin join
    ) =>
        new(
            older.Sum + newer.Sum + (apart.X * join.Older),
            older.Weighted + (apart.X * join.OlderWeights) + (newer.Weighted + (newer.Sum * join.Older))
        );
}

/// <summary>The product.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProductPart(Vector256<double> Product) : IWindowPart<ProductPart>
{
    public static int Count => 1;

    public static ProductPart Of(Vector256<double> x) => new(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ProductPart Read(PartRoom room, int bar) => new(room.Read(0, bar));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(PartRoom room, int bar) => room.Write(0, bar, Product);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ProductPart Join(
        ProductPart older,
        ProductPart newer,
        in WindowsApart apart,
        in WindowJoin join
    ) => new(older.Product * newer.Product);
}

/// <summary>Which of two values is taken.</summary>
internal interface IExtreme
{
    /// <summary>Whether the older value is, for every lane.</summary>
    static abstract Vector256<double> TakesOlder(Vector256<double> older, Vector256<double> newer);
}

/// <summary>The smallest value, the first of ties.</summary>
internal readonly struct Lowest : IExtreme
{
    public static Vector256<double> TakesOlder(Vector256<double> older, Vector256<double> newer) =>
        Vector256.LessThanOrEqual(older, newer);
}

/// <summary>The largest value, the first of ties.</summary>
internal readonly struct Highest : IExtreme
{
    public static Vector256<double> TakesOlder(Vector256<double> older, Vector256<double> newer) =>
        Vector256.GreaterThanOrEqual(older, newer);
}

/// <summary>The smallest or largest value.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ExtremePart<TExtreme>(Vector256<double> Value)
    : IWindowPart<ExtremePart<TExtreme>>
    where TExtreme : struct, IExtreme
{
    public static int Count => 1;

    public static ExtremePart<TExtreme> Of(Vector256<double> x) => new(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ExtremePart<TExtreme> Read(PartRoom room, int bar) => new(room.Read(0, bar));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(PartRoom room, int bar) => room.Write(0, bar, Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ExtremePart<TExtreme> Join(
        ExtremePart<TExtreme> older,
        ExtremePart<TExtreme> newer,
        in WindowsApart apart,
        in WindowJoin join
    ) =>
        new(
            Vector256.ConditionalSelect(
                TExtreme.TakesOlder(older.Value, newer.Value),
                older.Value,
                newer.Value
            )
        );
}

/// <summary>The smallest or largest value and how many bars before the newest it is.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ExtremePlacePart<TExtreme>(
    Vector256<double> Value,
    Vector256<double> BarsBack
) : IWindowPart<ExtremePlacePart<TExtreme>>
    where TExtreme : struct, IExtreme
{
    public static int Count => 2;

    public static ExtremePlacePart<TExtreme> Of(Vector256<double> x) => new(x, Vector256<double>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ExtremePlacePart<TExtreme> Read(PartRoom room, int bar) =>
        new(room.Read(0, bar), room.Read(1, bar));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(PartRoom room, int bar)
    {
        room.Write(0, bar, Value);
        room.Write(1, bar, BarsBack);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ExtremePlacePart<TExtreme> Join(
        ExtremePlacePart<TExtreme> older,
        ExtremePlacePart<TExtreme> newer,
        in WindowsApart apart,
        in WindowJoin join
    )
    {
        var takesOlder = TExtreme.TakesOlder(older.Value, newer.Value);
        return new(
            Vector256.ConditionalSelect(takesOlder, older.Value, newer.Value),
            Vector256.ConditionalSelect(
                takesOlder,
                older.BarsBack + Vector256.Create(join.Newer),
                newer.BarsBack
            )
        );
    }
}
