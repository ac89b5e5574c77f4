using System.Globalization;

namespace AlphaFactory.Core.Expressions;

/// <summary>A problem with one part of a formula, on its way to whoever has the text.</summary>
/// <param name="position">Where in the text, from 0.</param>
/// <param name="problem">What is wrong, as a sentence.</param>
internal sealed class NodeException(int position, string problem) : Exception(problem)
{
    public int Position { get; } = position;
}

/// <summary>What may stand in a window's, a lag's or a number's place.</summary>
internal static class ArgumentRules
{
    /// <summary>Checks an argument as typed: a literal by its value, a parameter not yet.</summary>
    /// <exception cref="NodeException">The argument cannot stand there.</exception>
    public static void RequireForm(Operator called, Argument argument, ExpressionNode node)
    {
        if (argument.Kind == ArgumentKind.Series || node is ParameterNode)
        {
            return;
        }

        if (node is NumberNode number)
        {
            RequireValue(called, argument, number.Value, number.Position, "");
            return;
        }

        var what = node is CallNode { Operator: { Notation: Notation.Prefix, Name: "-" } }
            ? "cannot be negative"
                + (argument.Kind == ArgumentKind.Lag ? ", which would read the future" : "")
            : "is a number or a $parameter, not a formula";
        throw new NodeException(node.Position, $"the {argument.Name} of {called.Signature} {what}.");
    }

    /// <summary>Checks the value of an argument.</summary>
    /// <param name="called">The operator.</param>
    /// <param name="argument">The argument of it.</param>
    /// <param name="value">The value.</param>
    /// <param name="position">Where the argument stands.</param>
    /// <param name="source">" from $name" for a parameter's value.</param>
    /// <exception cref="NodeException">The value cannot stand there.</exception>
    public static void RequireValue(
        Operator called,
        Argument argument,
        double value,
        int position,
        string source
    )
    {
        var problem = argument.Kind switch
        {
            ArgumentKind.Window when !(value >= 1) => "must be a whole number of bars, at least 1",
            ArgumentKind.Lag when value < 0 => "cannot be negative, which would read the future",
            ArgumentKind.Window or ArgumentKind.Lag when value != Math.Floor(value) =>
                "must be a whole number of bars",
            ArgumentKind.Window or ArgumentKind.Lag when !(value <= int.MaxValue) => "is too large",
            ArgumentKind.Number when !double.IsFinite(value) => "must be a number",
            ArgumentKind.Number when value < argument.Least || value > argument.Most =>
                FormattableString.Invariant($"must be from {argument.Least} to {argument.Most}"),
            _ => null,
        };
        if (problem is not null)
        {
            var shown = value.ToString("R", CultureInfo.InvariantCulture);
            throw new NodeException(
                position,
                $"the {argument.Name} of {called.Signature} {problem}, not {shown}{source}."
            );
        }
    }
}
