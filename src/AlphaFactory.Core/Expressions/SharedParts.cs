namespace AlphaFactory.Core.Expressions;

/// <summary>
/// Finds the parts of a formula that are asked for more than once: by other sets of a grid, because they use only
/// some of the parameters that vary, or by other places of the formula.
/// </summary>
internal sealed class SharedParts
{
    private readonly HashSet<string> _varying;
    private readonly Dictionary<string, int> _occurrences = new(StringComparer.Ordinal);

    private SharedParts(IEnumerable<string> varying) =>
        _varying = new HashSet<string>(varying, StringComparer.OrdinalIgnoreCase);

    /// <summary>The formula with these parts marked (<see cref="CallNode.IsShared"/>).</summary>
    /// <param name="root">The formula.</param>
    /// <param name="varying">The parameters that take several values.</param>
    public static ExpressionNode Mark(ExpressionNode root, IEnumerable<string> varying)
    {
        var parts = new SharedParts(varying);
        parts.Count(root);
        return parts.Marked(root, parent: null);
    }

    private void Count(ExpressionNode node)
    {
        if (node is CallNode call)
        {
            var text = call.ToString();
            _occurrences[text] = _occurrences.GetValueOrDefault(text) + 1;
            foreach (var argument in call.Arguments)
            {
                Count(argument);
            }
        }
    }

    // A part that is asked for through its parent only, whenever that is, needs no keeping of its own.
    private ExpressionNode Marked(ExpressionNode node, CallNode? parent)
    {
        if (node is not CallNode call)
        {
            return node;
        }

        var (own, outer) = (VaryingIn(call), parent is null ? -1 : VaryingIn(parent));
        var (times, outerTimes) = (Times(call), parent is null ? 1 : Times(parent));
        return new CallNode(
            call.Operator,
            [.. call.Arguments.Select(argument => Marked(argument, call))],
            call.Position
        )
        {
            IsShared = (own < _varying.Count && own != outer) || times > outerTimes,
        };
    }

    private int Times(CallNode call) => _occurrences[call.ToString()];

    private int VaryingIn(ExpressionNode node)
    {
        var found = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        Collect(node, found);
        return found.Count;
    }

    private void Collect(ExpressionNode node, HashSet<string> found)
    {
        switch (node)
        {
            case ParameterNode parameter when _varying.Contains(parameter.Name):
                found.Add(parameter.Name);
                break;
            case CallNode call:
                foreach (var argument in call.Arguments)
                {
                    Collect(argument, found);
                }

                break;
        }
    }
}
