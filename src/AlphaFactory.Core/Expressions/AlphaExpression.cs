namespace AlphaFactory.Core.Expressions;

/// <summary>
/// A parsed formula of the alpha expression language. It does not change and may be used by many threads.
/// </summary>
public sealed class AlphaExpression
{
    private readonly List<ColumnNode> _columns = [];
    private readonly List<ParameterNode> _parameters = [];
    private readonly List<ParameterNode> _windows = [];
    private readonly List<ParameterNode> _lags = [];

    private AlphaExpression(string text, ExpressionNode root)
    {
        Text = text;
        Root = root;
        Canonical = root.ToString();
        Collect(root, ArgumentKind.Series);
        Columns = Distinct(_columns.Select(column => column.Name));
        Parameters = Distinct(_parameters.Select(parameter => parameter.Name));
        WindowParameters = Distinct(_windows.Select(parameter => parameter.Name));
        LagParameters = Distinct(_lags.Select(parameter => parameter.Name));
    }

    /// <summary>The formula as read.</summary>
    internal ExpressionNode Root { get; }

    /// <summary>The formula as typed.</summary>
    public string Text { get; }

    /// <summary>
    /// The formula with one spelling for every meaning: spaces, needless parentheses, aliases, capital letters
    /// and the spelling of numbers make no difference to it. It parses back to the same formula, and it is what
    /// a code hash covers.
    /// </summary>
    public string Canonical { get; }

    /// <summary>The columns used, each once (without case), in the order of their first use.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>The parameters used, without the dollar sign, each once, in the order of their first use.</summary>
    public IReadOnlyList<string> Parameters { get; }

    /// <summary>Those of <see cref="Parameters"/> that are used as a window.</summary>
    public IReadOnlyList<string> WindowParameters { get; }

    /// <summary>Those of <see cref="Parameters"/> that are used as a lag.</summary>
    public IReadOnlyList<string> LagParameters { get; }

    /// <summary>The longest window or lag that is written as a number, in bars; null when none is.</summary>
    public int? LongestWindow { get; private set; }

    /// <summary>Reads a formula of at most 65,536 characters, nested at most 200 deep.</summary>
    /// <param name="text">
    /// The formula. A column whose name is not made of letters, digits, dots and underscores stands in brackets:
    /// <c>[Exchange rate]</c>, with <c>]]</c> for a bracket in the name.
    /// </param>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.ExpressionSyntax"/>: with line, column, a caret under the place, what was expected and
    /// the nearest known name.
    /// </exception>
    public static AlphaExpression Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new AlphaExpression(text, ExpressionParser.Read(text));
    }

    /// <summary>Checks that every column and parameter used is known.</summary>
    /// <param name="columns">The names of the columns that there are.</param>
    /// <param name="parameters">The names of the parameters that there are, without the dollar sign.</param>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.ExpressionSyntax"/>: one is not, or <c>returns</c> could mean a column or the operator.
    /// </exception>
    public void Validate(IReadOnlyCollection<string> columns, IReadOnlyCollection<string> parameters)
    {
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(parameters);
        RequireColumns(columns);
        var known = new HashSet<string>(parameters, StringComparer.OrdinalIgnoreCase);
        if (_parameters.Find(parameter => !known.Contains(parameter.Name)) is { } unknown)
        {
            throw Problem(
                unknown,
                $"the parameter ${unknown.Name} has no value.{Nearest.Hint(unknown.Name, parameters)}"
            );
        }
    }

    /// <summary>The value of the formula for every entity and bar; a missing value is NaN, and none is infinite.</summary>
    /// <param name="panel">What the columns are taken from.</param>
    /// <param name="parameters">Numbers, or booleans (1 and 0), for the parameters.</param>
    /// <param name="cancellation">Cancelled when the user stops the work.</param>
    /// <returns>
    /// Entities × bars values, entity by entity. The value of a bar depends on no later bar: a panel cut short
    /// gives the same bits for the bars that are left.
    /// </returns>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.ExpressionSyntax"/>: a column or parameter is unknown, or a parameter cannot be the
    /// window, lag or number that it stands for.
    /// </exception>
    public double[] Evaluate(Panel panel, ParameterValues parameters, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(panel);
        var evaluator = Evaluator.Of([this], panel, parameters, cancellation);
        var values = GC.AllocateUninitializedArray<double>(panel.EntityCount * panel.Bars);
        evaluator.Evaluate(0, values);
        return values;
    }

    /// <summary>
    /// How many bars, the current one included, must be there before the formula can have a value: the longest
    /// window, or more where windows nest (a mean over 10 of a delay by 5 needs 15). At least 1.
    /// </summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.ExpressionSyntax"/>: a parameter is unknown, or cannot stand where it does.
    /// </exception>
    public int Lookback(ParameterValues parameters) =>
        (int)Math.Min(int.MaxValue, 1 + BarsBack(Bind(Root, parameters, new(SamePart.Comparer))));

    /// <summary>
    /// How many bars, the current one included, a value is made of, as <see cref="Lookback"/> says; null when it is made of
    /// all that there are. A panel that begins so many bars before gives the same bits.
    /// </summary>
    /// <exception cref="AlphaFactoryException">As <see cref="Lookback"/>.</exception>
    internal int? BarsRead(ParameterValues parameters) => ReadsAllBars(Root) ? null : Lookback(parameters);

    private static bool ReadsAllBars(ExpressionNode node) =>
        node is CallNode call && (call.Operator.ReadsAllBars || call.Arguments.Any(ReadsAllBars));

    private static long BarsBack(ExpressionNode node)
    {
        if (node is not CallNode call)
        {
            return 0;
        }

        long own = call.Operator.BarsBack;
        long below = 0;
        for (var i = 0; i < call.Arguments.Count; i++)
        {
            switch (call.Operator.Arguments[i].Kind)
            {
                case ArgumentKind.Window:
                    own += (long)((NumberNode)call.Arguments[i]).Value - 1;
                    break;
                case ArgumentKind.Lag:
                    own += (long)((NumberNode)call.Arguments[i]).Value;
                    break;
                default:
                    below = Math.Max(below, BarsBack(call.Arguments[i]));
                    break;
            }
        }

        return own + below;
    }

    private static string[] Distinct(IEnumerable<string> names) =>
        [.. names.Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Puts values in the place of parameters.</summary>
    /// <param name="root">The formula, or it with shared parts marked.</param>
    /// <param name="parameters">The values.</param>
    /// <param name="parts">The parts of the formulas before, which are taken where they are equal; gets those of this.</param>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.ExpressionSyntax"/>: a parameter is unknown, or cannot stand where it does.
    /// </exception>
    internal ExpressionNode Bind(
        ExpressionNode root,
        ParameterValues parameters,
        HashSet<ExpressionNode> parts
    )
    {
        ArgumentNullException.ThrowIfNull(parameters);
        try
        {
            return new Binder(parameters, parts).Bind(root);
        }
        catch (NodeException problem)
        {
            throw ExpressionSyntax.At(Text, problem.Position, problem.Message);
        }
    }

    private void Collect(ExpressionNode node, ArgumentKind place)
    {
        switch (node)
        {
            case ColumnNode column:
                _columns.Add(column);
                break;
            case NumberNode number when place is ArgumentKind.Window or ArgumentKind.Lag:
                LongestWindow = Math.Max(LongestWindow ?? 0, (int)number.Value);
                break;
            case ParameterNode parameter:
                _parameters.Add(parameter);
                switch (place)
                {
                    case ArgumentKind.Window:
                        _windows.Add(parameter);
                        break;
                    case ArgumentKind.Lag:
                        _lags.Add(parameter);
                        break;
                }

                break;
            case CallNode call:
                for (var i = 0; i < call.Arguments.Count; i++)
                {
                    Collect(call.Arguments[i], call.Operator.Arguments[i].Kind);
                }

                break;
        }
    }

    /// <summary>Checks that a panel has every column used.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.ExpressionSyntax"/>: it has not.</exception>
    internal void RequireColumns(IReadOnlyCollection<string> columns)
    {
        var known = new HashSet<string>(columns, StringComparer.OrdinalIgnoreCase);
        foreach (var column in _columns)
        {
            if (!known.Contains(column.Name))
            {
                throw Problem(
                    column,
                    $"there is no column of numbers '{column.Name}'.{HintFor(column, columns)}"
                );
            }

            if (column.IsImplied && known.Contains(Operators.Returns))
            {
                throw Problem(
                    column,
                    $"'returns' may be the column or the return of '{column.Name}': "
                        + $"write [{Operators.Returns}] or {Operators.Returns}({column.Name})."
                );
            }
        }
    }

    private static string HintFor(ColumnNode column, IReadOnlyCollection<string> columns)
    {
        if (column.IsImplied)
        {
            return " 'returns' without an argument is the return of it: write returns(x) for that of another column.";
        }

        return Operators.Function(column.Name) is { } function
            ? $" The operator of that name is written {function.Signature}."
            : Nearest.Hint(column.Name, columns);
    }

    private AlphaFactoryException Problem(ExpressionNode node, string problem) =>
        ExpressionSyntax.At(Text, node.Position, problem);
}
