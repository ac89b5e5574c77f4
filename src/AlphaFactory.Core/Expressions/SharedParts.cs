namespace AlphaFactory.Core.Expressions;

/// <summary>
/// Finds the parts of a formula that several sets of a grid have in common, because they use only some of the
/// parameters that vary.
/// </summary>
internal sealed class SharedParts
{
    private readonly HashSet<string> _varying;

    private SharedParts(IEnumerable<string> varying) =>
        _varying = new HashSet<string>(varying, StringComparer.OrdinalIgnoreCase);

    /// <summary>The formula with these parts marked (<see cref="CallNode.IsShared"/>).</summary>
    /// <param name="root">The formula.</param>
    /// <param name="varying">The parameters that take several values.</param>
    public static ExpressionNode Mark(ExpressionNode root, IEnumerable<string> varying) =>
        new SharedParts(varying).Marked(root, asking: -1);

    // A part that is asked for through one that is kept, whenever that is, needs no keeping of its own. What is cheap
    // is computed from what it stands on rather than kept.
    private ExpressionNode Marked(ExpressionNode node, int asking)
    {
        if (node is not CallNode call)
        {
            return node;
        }

        var own = VaryingIn(call);
        var outer = call.Operator.IsCheap ? asking : own;
        return new CallNode(
            call.Operator,
            [.. call.Arguments.Select(argument => Marked(argument, outer))],
            call.Position
        )
        {
            IsShared = !call.Operator.IsCheap && own < _varying.Count && own != asking,
        };
    }

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
