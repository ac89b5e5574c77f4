namespace AlphaFactory.Core.Expressions;

/// <summary>
/// Puts values in the place of parameters and computes what is then constant. The result has no parameter, and
/// its text names the computation: two parts of the same text have the same values on one panel, and are one object.
/// </summary>
/// <param name="parameters">The values.</param>
/// <param name="parts">The parts that there are already, of the formulas before; those of this one are added.</param>
internal sealed class Binder(ParameterValues parameters, HashSet<ExpressionNode> parts)
{
    /// <summary>The formula with its parameters' values.</summary>
    /// <exception cref="NodeException">A parameter has no value, or one that cannot stand in its place.</exception>
    public ExpressionNode Bind(ExpressionNode node)
    {
        var bound = node switch
        {
            ParameterNode parameter => new NumberNode(ValueOf(parameter), parameter.Position),
            CallNode call => Bind(call),
            _ => node,
        };
        if (parts.TryGetValue(bound, out var known))
        {
            return known;
        }

        parts.Add(bound);
        return bound;
    }

    private ExpressionNode Bind(CallNode call)
    {
        var arguments = new ExpressionNode[call.Arguments.Count];
        for (var i = 0; i < arguments.Length; i++)
        {
            var given = call.Arguments[i];
            arguments[i] = Bind(given);
            var argument = call.Operator.Arguments[i];
            if (argument.Kind != ArgumentKind.Series && given is ParameterNode parameter)
            {
                RequireValue(call.Operator, argument, parameter, (NumberNode)arguments[i]);
            }
        }

        return call.Operator.IsElementwise && Array.TrueForAll(arguments, argument => argument is NumberNode)
            ? Constant(call, arguments)
            : new CallNode(call.Operator, arguments, call.Position) { IsShared = call.IsShared };
    }

    private void RequireValue(Operator called, Argument argument, ParameterNode parameter, NumberNode bound)
    {
        if (parameters[parameter.Name] is bool truth)
        {
            throw new NodeException(
                parameter.Position,
                $"the {argument.Name} of {called.Signature} must be a number, not {truth} from ${parameter.Name}."
            );
        }

        ArgumentRules.RequireValue(
            called,
            argument,
            bound.Value,
            parameter.Position,
            $" from ${parameter.Name}"
        );
    }

    private double ValueOf(ParameterNode parameter)
    {
        if (!parameters.TryGetValue(parameter.Name, out var value))
        {
            throw new NodeException(
                parameter.Position,
                $"the parameter ${parameter.Name} has no value.{Nearest.Hint(parameter.Name, parameters.Keys)}"
            );
        }

        return value switch
        {
            long whole => whole,
            double real => real,
            bool truth => truth ? 1 : 0,
            _ => throw new NodeException(
                parameter.Position,
                $"the parameter ${parameter.Name} is {(value is DateTime ? "a date" : "a text")}; "
                    + "an expression takes numbers and $true or $false."
            ),
        };
    }

    private static NumberNode Constant(CallNode call, ExpressionNode[] arguments)
    {
        double[] values = [.. arguments.Cast<NumberNode>().Select(number => Finite(number.Value))];
        Span<double> result = stackalloc double[1];
        call.Operator.Kernel(
            new KernelCall
            {
                X = values.AsSpan(0, 1),
                Y = values.Length > 1 ? values.AsSpan(1, 1) : default,
                Z = values.Length > 2 ? values.AsSpan(2, 1) : default,
                Entities = 1,
                Bars = 1,
            },
            result
        );
        return new NumberNode(Finite(result[0]), call.Position);
    }

    private static double Finite(double value) => double.IsFinite(value) ? value : double.NaN;
}
