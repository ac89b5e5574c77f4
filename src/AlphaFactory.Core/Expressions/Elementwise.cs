using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AlphaFactory.Core.Expressions;

/// <summary>
/// The operators whose value depends on the operands at the same entity and bar only. Only operations that IEEE
/// 754 rounds exactly are vectorised, so a value never depends on its place in the array; powers and logarithms,
/// which are not, go through <see cref="Math"/> one by one.
/// </summary>
internal static class Elementwise
{
    /// <summary>Two operands closer than this share of the larger are equal.</summary>
    public const double Tolerance = 1e-12;

    /// <summary>
    /// Whole powers from 1 to this are the product of so many, from the left. That is the same everywhere, and many times as
    /// fast as <see cref="Math.Pow"/>.
    /// </summary>
    private const int MostMultiplied = 8;

    public static void Add(in KernelCall call, Span<double> result) => Map<SumOf>(call.X, call.Y, result);

    public static void Subtract(in KernelCall call, Span<double> result) =>
        Map<DifferenceOf>(call.X, call.Y, result);

    public static void Multiply(in KernelCall call, Span<double> result) =>
        Map<ProductOf>(call.X, call.Y, result);

    public static void Divide(in KernelCall call, Span<double> result) => Quotient(call.X, call.Y, result);

    public static void Negate(in KernelCall call, Span<double> result) =>
        Map<NegativeOf>(call.X, call.X, result);

    public static void Absolute(in KernelCall call, Span<double> result) =>
        Map<MagnitudeOf>(call.X, call.X, result);

    public static void Minimum(in KernelCall call, Span<double> result) =>
        Map<SmallerOf>(call.X, call.Y, result);

    public static void Maximum(in KernelCall call, Span<double> result) =>
        Map<LargerOf>(call.X, call.Y, result);

    public static void Less(in KernelCall call, Span<double> result) =>
        Map<GreaterThan>(call.Y, call.X, result);

    public static void LessOrEqual(in KernelCall call, Span<double> result) =>
        Map<GreaterThanOrEqual>(call.Y, call.X, result);

    public static void Greater(in KernelCall call, Span<double> result) =>
        Map<GreaterThan>(call.X, call.Y, result);

    public static void GreaterOrEqual(in KernelCall call, Span<double> result) =>
        Map<GreaterThanOrEqual>(call.X, call.Y, result);

    public static void EqualTo(in KernelCall call, Span<double> result) =>
        Map<Equality>(call.X, call.Y, result);

    public static void NotEqualTo(in KernelCall call, Span<double> result) =>
        Map<Inequality>(call.X, call.Y, result);

    public static void And(in KernelCall call, Span<double> result) =>
        Map<Conjunction>(call.X, call.Y, result);

    public static void Or(in KernelCall call, Span<double> result) =>
        Map<Disjunction>(call.X, call.Y, result);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Not(in KernelCall call, Span<double> result)
    {
        for (var i = 0; i < result.Length; i++)
        {
            var x = call.X[i];
            result[i] = double.IsNaN(x) ? double.NaN : Truth(x == 0);
        }
    }

    public static void Sign(in KernelCall call, Span<double> result) => Map<SignOf>(call.X, call.X, result);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Logarithm(in KernelCall call, Span<double> result)
    {
        for (var i = 0; i < result.Length; i++)
        {
            var x = call.X[i];
            result[i] = x > 0 ? Math.Log(x) : double.NaN;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Power(in KernelCall call, Span<double> result)
    {
        if (SmallPower(call.Y[0]) is { } power && !call.Y.ContainsAnyExcept(call.Y[0]))
        {
            Power(call.X, power, result);
            return;
        }

        for (var i = 0; i < result.Length; i++)
        {
            result[i] = Power(call.X[i], call.Y[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SignedPower(in KernelCall call, Span<double> result)
    {
        for (var i = 0; i < result.Length; i++)
        {
            var x = call.X[i];
            result[i] = double.IsNaN(x) ? double.NaN : Math.Sign(x) * Power(Math.Abs(x), call.Y[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Choose(in KernelCall call, Span<double> result)
    {
        var conditions = Lanes.Of(call.X);
        var lefts = Lanes.Of(call.Y);
        var rights = Lanes.Of(call.Z);
        var results = Lanes.Of(result);
        for (var lane = 0; lane < results.Length; lane++)
        {
            var condition = conditions[lane];
            results[lane] = Vector256.ConditionalSelect(
                Vector256.Equals(condition, condition),
                Vector256.ConditionalSelect(NotZero(condition), lefts[lane], rights[lane]),
                Vector256.Create(double.NaN)
            );
        }

        for (var i = results.Length * Vector256<double>.Count; i < result.Length; i++)
        {
            var condition = call.X[i];
            result[i] =
                double.IsNaN(condition) ? double.NaN
                : condition != 0 ? call.Y[i]
                : call.Z[i];
        }
    }

    /// <summary>x − y, exactly 0 where the two are within <see cref="Tolerance"/> of the larger magnitude.</summary>
    public static double Difference(double x, double y)
    {
        var difference = x - y;
        var limit = Tolerance * Math.Max(Math.Abs(x), Math.Abs(y));
        return Math.Abs(difference) <= limit ? 0 : difference;
    }

    /// <summary>x / y of every pair.</summary>
    public static void Quotient(ReadOnlySpan<double> x, ReadOnlySpan<double> y, Span<double> result) =>
        Map<QuotientOf>(x, y, result);

    /// <summary><see cref="Difference(double, double)"/> of every pair.</summary>
    public static void Difference(ReadOnlySpan<double> x, ReadOnlySpan<double> y, Span<double> result) =>
        Map<DifferenceOf>(x, y, result);

    /// <summary><see cref="Difference(double, double)"/> of every value and one number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Difference(ReadOnlySpan<double> x, double y, Span<double> result)
    {
        var lanes = Lanes.Of(x);
        var results = Lanes.Of(result);
        var subtrahend = Vector256.Create(y);
        for (var lane = 0; lane < results.Length && lane < lanes.Length; lane++)
        {
            results[lane] = Difference(lanes[lane], subtrahend);
        }

        for (var i = results.Length * Vector256<double>.Count; i < result.Length; i++)
        {
            result[i] = Difference(x[i], y);
        }
    }

    /// <summary>Makes what is not finite missing, and one NaN of all: results are compared and hashed by their bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void DropInfinities(Span<double> values)
    {
        var lanes = Lanes.Of(values);
        var most = Vector256.Create(double.MaxValue);
        var missing = Vector256.Create(double.NaN);
        foreach (ref var lane in lanes)
        {
            var finite = Vector256.LessThanOrEqual(Vector256.Abs(lane), most);
            lane = Vector256.ConditionalSelect(finite, lane, missing);
        }

        foreach (ref var value in values[(lanes.Length * Vector256<double>.Count)..])
        {
            value = double.IsFinite(value) ? value : double.NaN;
        }
    }

    // IEEE gives missing ^ 0 and 1 ^ missing a value; a missing operand leaves nothing to compute with.
    private static double Power(double x, double y) =>
        double.IsNaN(x) || double.IsNaN(y) ? double.NaN
        : SmallPower(y) is { } power ? Power(Vector256.CreateScalar(x), power).ToScalar()
        : Math.Pow(x, y);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Power(ReadOnlySpan<double> x, int power, Span<double> result)
    {
        var bases = Lanes.Of(x);
        var results = Lanes.Of(result);
        for (var lane = 0; lane < results.Length; lane++)
        {
            results[lane] = Power(bases[lane], power);
        }

        for (var i = results.Length * Vector256<double>.Count; i < result.Length; i++)
        {
            result[i] = Power(x[i], power);
        }
    }

    private static Vector256<double> Power(Vector256<double> x, int power)
    {
        var product = x;
        for (var times = 1; times < power; times++)
        {
            product *= x;
        }

        return product;
    }

    /// <summary>The exponent if it is a whole number that is multiplied out.</summary>
    private static int? SmallPower(double exponent) =>
        exponent is >= 1 and <= MostMultiplied && exponent == (int)exponent ? (int)exponent : null;

    private static double Truth(bool value) => value ? 1 : 0;

    private static Vector256<double> Truth(Vector256<double> mask) => mask & Vector256<double>.One;

    private static Vector256<double> Difference(Vector256<double> x, Vector256<double> y)
    {
        var difference = x - y;
        // A NaN on either side leaves a difference that is NaN, whatever the limit is.
        var limit = Vector256.MaxNative(Vector256.Abs(x), Vector256.Abs(y)) * Tolerance;
        var equal = Vector256.LessThanOrEqual(Vector256.Abs(difference), limit);
        return Vector256.ConditionalSelect(equal, Vector256<double>.Zero, difference);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Map<TOperation>(ReadOnlySpan<double> x, ReadOnlySpan<double> y, Span<double> result)
        where TOperation : struct, IPairOperation
    {
        var width = Vector256<double>.Count;
        var lefts = Lanes.Of(x);
        var rights = Lanes.Of(y);
        var results = Lanes.Of(result);
        for (var lane = 0; lane < results.Length && lane < lefts.Length && lane < rights.Length; lane++)
        {
            results[lane] = TOperation.Apply(lefts[lane], rights[lane]);
        }

        var i = results.Length * width;
        if (i < result.Length)
        {
            Span<double> rest = stackalloc double[width * 2];
            rest.Clear();
            x[i..].CopyTo(rest);
            y[i..].CopyTo(rest[width..]);
            TOperation.Apply(Vector256.Create(rest), Vector256.Create(rest[width..])).CopyTo(rest);
            rest[..(result.Length - i)].CopyTo(result[i..]);
        }
    }

    /// <summary>One vector instruction sequence on pairs of values; a comparison with NaN is false in each.</summary>
    private interface IPairOperation
    {
        static abstract Vector256<double> Apply(Vector256<double> x, Vector256<double> y);
    }

    private readonly struct SumOf : IPairOperation
    {
        public static Vector256<double> Apply(Vector256<double> x, Vector256<double> y) => x + y;
    }

    private readonly struct ProductOf : IPairOperation
    {
        public static Vector256<double> Apply(Vector256<double> x, Vector256<double> y) => x * y;
    }

    private readonly struct QuotientOf : IPairOperation
    {
        public static Vector256<double> Apply(Vector256<double> x, Vector256<double> y) => x / y;
    }

    private readonly struct SmallerOf : IPairOperation
    {
        public static Vector256<double> Apply(Vector256<double> x, Vector256<double> y) =>
            Vector256.Min(x, y);
    }

    private readonly struct LargerOf : IPairOperation
    {
        public static Vector256<double> Apply(Vector256<double> x, Vector256<double> y) =>
            Vector256.Max(x, y);
    }

    /// <summary>Of the first of two equal values, as those below.</summary>
    private readonly struct NegativeOf : IPairOperation
    {
        public static Vector256<double> Apply(Vector256<double> x, Vector256<double> y) => -x;
    }

    private readonly struct MagnitudeOf : IPairOperation
    {
        public static Vector256<double> Apply(Vector256<double> x, Vector256<double> y) => Vector256.Abs(x);
    }

    private readonly struct SignOf : IPairOperation
    {
        public static Vector256<double> Apply(Vector256<double> x, Vector256<double> y)
        {
            var above = Truth(Vector256.GreaterThan(x, Vector256<double>.Zero));
            var below = Truth(Vector256.LessThan(x, Vector256<double>.Zero));
            return MissingIfEither(x, y, above - below);
        }
    }

    private readonly struct DifferenceOf : IPairOperation
    {
        public static Vector256<double> Apply(Vector256<double> x, Vector256<double> y) => Difference(x, y);
    }

    private readonly struct GreaterThan : IPairOperation
    {
        public static Vector256<double> Apply(Vector256<double> x, Vector256<double> y) =>
            Truth(Vector256.GreaterThan(Difference(x, y), Vector256<double>.Zero));
    }

    private readonly struct GreaterThanOrEqual : IPairOperation
    {
        public static Vector256<double> Apply(Vector256<double> x, Vector256<double> y) =>
            Truth(Vector256.GreaterThanOrEqual(Difference(x, y), Vector256<double>.Zero));
    }

    private readonly struct Equality : IPairOperation
    {
        public static Vector256<double> Apply(Vector256<double> x, Vector256<double> y) =>
            Truth(Vector256.Equals(Difference(x, y), Vector256<double>.Zero));
    }

    private readonly struct Inequality : IPairOperation
    {
        public static Vector256<double> Apply(Vector256<double> x, Vector256<double> y) =>
            Truth(Vector256.GreaterThan(Vector256.Abs(Difference(x, y)), Vector256<double>.Zero));
    }

    private readonly struct Conjunction : IPairOperation
    {
        public static Vector256<double> Apply(Vector256<double> x, Vector256<double> y) =>
            MissingIfEither(x, y, Truth(NotZero(x) & NotZero(y)));
    }

    private readonly struct Disjunction : IPairOperation
    {
        public static Vector256<double> Apply(Vector256<double> x, Vector256<double> y) =>
            MissingIfEither(x, y, Truth(NotZero(x) | NotZero(y)));
    }

    private static Vector256<double> NotZero(Vector256<double> x) =>
        ~Vector256.Equals(x, Vector256<double>.Zero);

    private static Vector256<double> MissingIfEither(
        Vector256<double> x,
        Vector256<double> y,
        Vector256<double> value
    ) =>
        Vector256.ConditionalSelect(
            Vector256.Equals(x, x) & Vector256.Equals(y, y),
            value,
            Vector256.Create(double.NaN)
        );
}
