using System.Runtime.CompilerServices;

namespace AlphaFactory.Core.Expressions;

/// <summary>
/// Whether two parts of bound formulas compute the same. The arguments of an operator are compared as objects: equal
/// ones have been made one before.
/// </summary>
internal sealed class SamePart : IEqualityComparer<ExpressionNode>
{
    public static SamePart Comparer { get; } = new();

    public bool Equals(ExpressionNode? x, ExpressionNode? y) =>
        (x, y) switch
        {
            (NumberNode a, NumberNode b) => BitConverter.DoubleToInt64Bits(a.Value)
                == BitConverter.DoubleToInt64Bits(b.Value),
            (ColumnNode a, ColumnNode b) => a.Name.Equals(b.Name, StringComparison.OrdinalIgnoreCase),
            (CallNode a, CallNode b) => ReferenceEquals(a.Operator, b.Operator)
                && a.Arguments.SequenceEqual(b.Arguments, ReferenceEqualityComparer.Instance),
            _ => ReferenceEquals(x, y),
        };

    public int GetHashCode(ExpressionNode obj)
    {
        switch (obj)
        {
            case NumberNode number:
                return BitConverter.DoubleToInt64Bits(number.Value).GetHashCode();
            case ColumnNode column:
                return StringComparer.OrdinalIgnoreCase.GetHashCode(column.Name);
            case CallNode call:
                var hash = RuntimeHelpers.GetHashCode(call.Operator);
                foreach (var argument in call.Arguments)
                {
                    hash = HashCode.Combine(hash, RuntimeHelpers.GetHashCode(argument));
                }

                return hash;
            default:
                return RuntimeHelpers.GetHashCode(obj);
        }
    }
}
