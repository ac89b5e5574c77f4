using System.Globalization;
using System.Text;

namespace AlphaFactory.Core.Expressions;

/// <summary>A part of a formula.</summary>
/// <param name="position">Where in the text it starts, from 0.</param>
internal abstract class ExpressionNode(int position)
{
    /// <summary>Where in the text it starts, from 0.</summary>
    public int Position { get; } = position;

    /// <summary>How many operators lie on the longest way down.</summary>
    public virtual int Depth => 0;

    /// <summary>
    /// Writes the one text of everything that means the same: names without their aliases and in small letters,
    /// every operation with a symbol in parentheses, numbers in their shortest form.
    /// </summary>
    /// <param name="text">Where to write.</param>
    /// <param name="isWhole">Whether nothing stands beside it, so that it needs no parentheses.</param>
    public abstract void Write(StringBuilder text, bool isWhole);

    /// <summary>The canonical text of this part.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Write(text, isWhole: true);
        return text.ToString();
    }

    /// <summary>The name in small letters, A to Z only, so that two names that differ never become one.</summary>
    protected static string SmallLetters(string name) =>
        string.Concat(name.Select(c => char.IsAsciiLetterUpper(c) ? (char)(c | ' ') : c));
}

/// <summary>A number.</summary>
internal sealed class NumberNode(double value, int position) : ExpressionNode(position)
{
    public double Value { get; } = value;

    public override void Write(StringBuilder text, bool isWhole) =>
        text.Append(Value.ToString("R", CultureInfo.InvariantCulture));
}

/// <summary>A column of the panel.</summary>
internal sealed class ColumnNode(string name, int position) : ExpressionNode(position)
{
    public string Name { get; } = name;

    /// <summary>Whether it is not in the text: <c>returns</c> is the return of close.</summary>
    public bool IsImplied { get; init; }

    public override void Write(StringBuilder text, bool isWhole)
    {
        var small = SmallLetters(Name);
        if (ExpressionTokens.IsPlainName(small) && small != Operators.Returns)
        {
            text.Append(small);
        }
        else
        {
            text.Append('[').Append(small.Replace("]", "]]", StringComparison.Ordinal)).Append(']');
        }
    }
}

/// <summary>A parameter, bound later.</summary>
internal sealed class ParameterNode(string name, int position) : ExpressionNode(position)
{
    public string Name { get; } = name;

    public override void Write(StringBuilder text, bool isWhole) =>
        text.Append('$').Append(SmallLetters(Name));
}

/// <summary>An operator with all its arguments, the ones left out too.</summary>
internal sealed class CallNode(Operator called, IReadOnlyList<ExpressionNode> arguments, int position)
    : ExpressionNode(position)
{
    public Operator Operator { get; } = called;

    public IReadOnlyList<ExpressionNode> Arguments { get; } = arguments;

    /// <summary>Whether its values are asked for more than once, and are worth keeping.</summary>
    public bool IsShared { get; init; }

    public override int Depth { get; } = 1 + arguments.Max(argument => argument.Depth);

    public override void Write(StringBuilder text, bool isWhole)
    {
        if (Operator.Notation == Notation.Function)
        {
            text.Append(Operator.Name).Append('(');
            WriteArguments(text, ", ", areWhole: true);
            text.Append(')');
            return;
        }

        text.Append(isWhole ? "" : "(");
        if (Operator.Notation == Notation.Prefix)
        {
            text.Append(Operator.Name);
            Arguments[0].Write(text, isWhole: false);
        }
        else
        {
            WriteArguments(text, $" {Operator.Name} ", areWhole: false);
        }

        text.Append(isWhole ? "" : ")");
    }

    private void WriteArguments(StringBuilder text, string separator, bool areWhole)
    {
        for (var i = 0; i < Arguments.Count; i++)
        {
            text.Append(i == 0 ? "" : separator);
            Arguments[i].Write(text, areWhole);
        }
    }
}
