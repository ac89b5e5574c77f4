namespace AlphaFactory.Core.Expressions;

/// <summary>
/// Which parts of bound formulas are computed for the whole panel before what stands on them, and how often they are
/// asked for: operators across entities, shared parts, and parts that are worth it because several of the others, or of
/// the formulas, ask for them.
/// </summary>
internal sealed class FormulaUses
{
    private readonly HashSet<CallNode> _kept = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<CallNode, int> _uses = new(ReferenceEqualityComparer.Instance);

    // By whom a part was last seen: a formula, or a part that is computed for the whole panel.
    private readonly Dictionary<CallNode, object> _seen = new(ReferenceEqualityComparer.Instance);

    /// <summary>Looks through formulas, whose equal parts are one object.</summary>
    public FormulaUses(IReadOnlyList<ExpressionNode> roots)
    {
        for (var i = 0; i < roots.Count; i++)
        {
            FindKept(roots[i], asker: (object)i);
        }

        _seen.Clear();
        for (var i = 0; i < roots.Count; i++)
        {
            Count(roots[i], asker: (object)i);
        }

        _seen.Clear();
    }

    /// <summary>Whether a part is computed for the whole panel.</summary>
    public bool IsWhole(CallNode call) =>
        call.IsShared || call.Operator.IsAcrossEntities || _kept.Contains(call);

    /// <summary>How many have yet to ask for a part that is computed for the whole panel.</summary>
    public int Left(CallNode call) => _uses[call];

    /// <summary>One that asked for a part has it.</summary>
    /// <returns>Whether it was the last.</returns>
    public bool Drop(CallNode call) => --_uses[call] == 0;

    private void FindKept(ExpressionNode node, object asker)
    {
        if (node is not CallNode call)
        {
            return;
        }

        var known = _seen.TryGetValue(call, out var before);
        if (known && ReferenceEquals(before, asker))
        {
            return;
        }

        _seen[call] = asker;
        if (IsWhole(call))
        {
            asker = call;
        }
        else if (known && !call.Operator.IsCheap)
        {
            _kept.Add(call);
            return;
        }

        if (known && IsWhole(call))
        {
            return;
        }

        foreach (var argument in call.Arguments)
        {
            FindKept(argument, asker);
        }
    }

    private void Count(ExpressionNode node, object asker)
    {
        if (node is not CallNode call)
        {
            return;
        }

        var known = _seen.TryGetValue(call, out var before);
        if (known && ReferenceEquals(before, asker))
        {
            return;
        }

        _seen[call] = asker;
        if (IsWhole(call))
        {
            _uses[call] = _uses.GetValueOrDefault(call) + 1;
            if (known)
            {
                return;
            }

            asker = call;
        }

        foreach (var argument in call.Arguments)
        {
            Count(argument, asker);
        }
    }
}
