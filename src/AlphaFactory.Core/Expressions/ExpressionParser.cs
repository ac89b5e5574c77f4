using System.Globalization;
using Superpower;
using Superpower.Model;
using Superpower.Parsers;

namespace AlphaFactory.Core.Expressions;

/// <summary>
/// The grammar. An expression is a row of operands with infix operators between, folded by precedence, and maybe
/// <c>? :</c> after it; so the parser calls itself once a parenthesis, and not once a level of precedence.
/// </summary>
internal static class ExpressionParser
{
    private const string AnOperand = "a number, a name, a $parameter or '('";

    // A level takes about eight kilobytes of stack, and a thread may have a megabyte and a half.
    private const int DepthOnCallersStack = 32;
    private const int LargeStack = 16 * 1024 * 1024;

    private static readonly string TooDeep =
        $"the expression nests more than {ExpressionSyntax.MaximumDepth} deep. "
        + "Keep a part of it as a column of the feature set.";

    private static readonly TokenListParser<ExpressionToken, ExpressionNode> Expression = Parse.Ref(() =>
        Conditional!
    );

    private static readonly TokenListParser<ExpressionToken, ExpressionNode> Number = Token
        .EqualTo(ExpressionToken.Number)
        .Select(ReadNumber);

    private static readonly TokenListParser<ExpressionToken, ExpressionNode> Parameter = Token
        .EqualTo(ExpressionToken.Parameter)
        .Select(token => (ExpressionNode)new ParameterNode(token.ToStringValue()[1..], PositionOf(token)));

    private static readonly TokenListParser<ExpressionToken, ExpressionNode> Column = Token
        .EqualTo(ExpressionToken.Column)
        .Select(token => (ExpressionNode)new ColumnNode(Unbracketed(token), PositionOf(token)));

    private static readonly TokenListParser<ExpressionToken, ExpressionNode[]> Arguments =
        from open in Token.EqualTo(ExpressionToken.Open)
        from arguments in Expression.ManyDelimitedBy(Token.EqualTo(ExpressionToken.Comma))
        from close in Token.EqualTo(ExpressionToken.Close)
        select arguments;

    private static readonly TokenListParser<ExpressionToken, ExpressionNode> NameOrCall =
        from name in Token.EqualTo(ExpressionToken.Name)
        from arguments in Arguments!.OptionalOrDefault()
        select arguments is null ? NameAlone(name) : Call(name, arguments);

    private static readonly TokenListParser<ExpressionToken, ExpressionNode> Parenthesised =
        from open in Token.EqualTo(ExpressionToken.Open)
        from inner in Expression
        from close in Token.EqualTo(ExpressionToken.Close)
        select inner;

    private static readonly TokenListParser<ExpressionToken, Token<ExpressionToken>> Prefix = Token
        .EqualTo(ExpressionToken.Minus)
        .Or(Token.EqualTo(ExpressionToken.Not));

    private static readonly TokenListParser<ExpressionToken, Token<ExpressionToken>> Infix = Token
        .EqualTo(ExpressionToken.Infix)
        .Or(Token.EqualTo(ExpressionToken.Minus));

    private static readonly TokenListParser<ExpressionToken, Operand> OneOperand =
        from prefixes in Prefix.Many()
        from value in Number.Or(NameOrCall).Or(Column).Or(Parameter).Or(Parenthesised).Named(AnOperand)
        select new Operand(prefixes, value);

    private static readonly TokenListParser<ExpressionToken, ExpressionNode> Row =
        from first in OneOperand
        from rest in (from symbol in Infix from operand in OneOperand select (symbol, operand)).Many()
        select Fold(first, rest);

    private static readonly TokenListParser<
        ExpressionToken,
        (ExpressionNode Then, ExpressionNode Else)?
    > Branches =
        from question in Token.EqualTo(ExpressionToken.Question)
        from then in Expression
        from colon in Token.EqualTo(ExpressionToken.Colon)
        from otherwise in Expression
        select ((ExpressionNode, ExpressionNode)?)(then, otherwise);

    private static readonly TokenListParser<ExpressionToken, ExpressionNode> Conditional =
        from condition in Row
        from branches in Branches.OptionalOrDefault()
        select branches is { } pair ? Choice(condition, pair.Then, pair.Else) : condition;

    /// <summary>Reads a formula.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.ExpressionSyntax"/>.</exception>
    public static ExpressionNode Read(string text)
    {
        if (text.Length > ExpressionSyntax.MaximumLength)
        {
            throw new AlphaFactoryException(
                ErrorId.ExpressionSyntax,
                $"The expression has {text.Length} characters; at most {ExpressionSyntax.MaximumLength} can be read. "
                    + "Keep a part of it as a column of the feature set."
            );
        }

        if (string.IsNullOrWhiteSpace(text))
        {
            throw ExpressionSyntax.At(text, 0, $"the expression is empty; expected {AnOperand}.");
        }

        try
        {
            var tokens = ExpressionTokens.Read(text);
            return RequireDepth(text, tokens) > DepthOnCallersStack
                ? WithLargeStack(() => Read(text, tokens))
                : Read(text, tokens);
        }
        catch (NodeException problem)
        {
            throw ExpressionSyntax.At(text, problem.Position, problem.Message);
        }
    }

    private static ExpressionNode Read(string text, TokenList<ExpressionToken> tokens)
    {
        var result = Expression.TryParse(tokens);
        return result.HasValue && result.Remainder.IsAtEnd
            ? result.Value
            : throw Unexpected(text, tokens, result);
    }

    private static ExpressionNode WithLargeStack(Func<ExpressionNode> read)
    {
        var work = new Task<ExpressionNode>(read);
        var thread = new Thread(() => work.RunSynchronously(TaskScheduler.Default), LargeStack);
        thread.Start();
        thread.Join();
        return work.GetAwaiter().GetResult();
    }

    // The parser calls itself for a parenthesis and for a branch of '?'; nothing is parsed that nests too deep.
    private static int RequireDepth(string text, TokenList<ExpressionToken> tokens)
    {
        var (depth, deepest) = (0, 0);
        var choices = new Stack<int>([0]);
        foreach (var token in tokens)
        {
            var atThisLevel = choices.Pop();
            switch (token.Kind)
            {
                case ExpressionToken.Open:
                    choices.Push(atThisLevel);
                    choices.Push(0);
                    depth++;
                    break;
                case ExpressionToken.Question:
                    choices.Push(atThisLevel + 1);
                    depth++;
                    break;
                case ExpressionToken.Comma:
                    choices.Push(0);
                    depth -= atThisLevel;
                    break;
                case ExpressionToken.Close when choices.Count > 0:
                    depth -= atThisLevel + 1;
                    break;
                default:
                    choices.Push(atThisLevel);
                    break;
            }

            deepest = Math.Max(deepest, depth);
            if (depth > ExpressionSyntax.MaximumDepth)
            {
                throw ExpressionSyntax.At(text, PositionOf(token), TooDeep);
            }
        }

        return deepest;
    }

    private static AlphaFactoryException Unexpected(
        string text,
        TokenList<ExpressionToken> tokens,
        TokenListParserResult<ExpressionToken, ExpressionNode> result
    )
    {
        var rest = result.Remainder;
        var end = rest.IsAtEnd ? text.Length : PositionOf(rest.ConsumeToken().Value);
        Token<ExpressionToken>[] before = [.. tokens.TakeWhile(token => PositionOf(token) < end)];
        var expected = Expected(before, result);
        if (rest.IsAtEnd)
        {
            return ExpressionSyntax.At(
                text,
                text.TrimEnd().Length,
                $"the expression ends too soon; expected {expected}."
            );
        }

        var found = rest.ConsumeToken().Value.ToStringValue();
        return ExpressionSyntax.At(
            text,
            end,
            $"unexpected '{found}'; expected {expected}.{Hint(before, found)}"
        );
    }

    private static string Expected(
        Token<ExpressionToken>[] before,
        TokenListParserResult<ExpressionToken, ExpressionNode> result
    )
    {
        var afterOperand =
            before
            is [
                ..,
                {
                    Kind: ExpressionToken.Number
                        or ExpressionToken.Name
                        or ExpressionToken.Column
                        or ExpressionToken.Parameter
                        or ExpressionToken.Close
                },
            ];
        if (!afterOperand)
        {
            return AnOperand;
        }

        if (result.HasValue)
        {
            return "an operator or the end";
        }

        var closing = string.Join(" or ", (result.Expectations ?? []).Distinct(StringComparer.Ordinal));
        return $"an operator{(IsInCall(before) ? ", ','" : "")} or {closing.Replace('`', '\'')}";
    }

    // Whether the innermost parenthesis still open is that of a call.
    private static bool IsInCall(Token<ExpressionToken>[] tokens)
    {
        var closed = 0;
        for (var i = tokens.Length - 1; i >= 0; i--)
        {
            closed += tokens[i].Kind == ExpressionToken.Close ? 1 : 0;
            if (tokens[i].Kind == ExpressionToken.Open && closed-- == 0)
            {
                return i > 0 && tokens[i - 1].Kind == ExpressionToken.Name;
            }
        }

        return false;
    }

    private static string Hint(Token<ExpressionToken>[] before, string found) =>
        found.ToUpperInvariant() switch
        {
            "AND" => " Write '&&' for and.",
            "OR" => " Write '||' for or.",
            "NOT" => " Write '!' for not.",
            ")" or "," when before is [.., { Kind: ExpressionToken.Comma or ExpressionToken.Open }] =>
                " (In PowerShell keep the expression in single quotes: double quotes replace $parameters.)",
            _ => "",
        };

    private static ExpressionNode ReadNumber(Token<ExpressionToken> token)
    {
        var value = double.Parse(
            token.Span.ToStringValue(),
            NumberStyles.Float,
            CultureInfo.InvariantCulture
        );
        return double.IsFinite(value)
            ? new NumberNode(value, PositionOf(token))
            : throw new NodeException(PositionOf(token), "the number is too large.");
    }

    private static string Unbracketed(Token<ExpressionToken> token) =>
        token.ToStringValue()[1..^1].Replace("]]", "]", StringComparison.Ordinal);

    private static ExpressionNode NameAlone(Token<ExpressionToken> token)
    {
        var name = token.ToStringValue();
        var position = PositionOf(token);
        return name.Equals(Operators.Returns, StringComparison.OrdinalIgnoreCase)
            ? MakeCall(
                Operators.Function(Operators.Returns)!,
                [new ColumnNode(Operators.ReturnsColumn, position) { IsImplied = true }],
                position
            )
            : new ColumnNode(name, position);
    }

    private static CallNode Call(Token<ExpressionToken> token, ExpressionNode[] arguments)
    {
        var name = token.ToStringValue();
        var position = PositionOf(token);
        var called =
            Operators.Function(name)
            ?? throw new NodeException(
                position,
                $"there is no operator '{name}'.{Nearest.Hint(name, Operators.FunctionNames)}"
            );
        if (called.Name == Operators.Returns && arguments.Length == 0)
        {
            arguments = [new ColumnNode(Operators.ReturnsColumn, position) { IsImplied = true }];
        }

        if (arguments.Length < called.LeastArguments || arguments.Length > called.Arguments.Count)
        {
            throw new NodeException(
                position,
                $"'{name}' takes {Count(called)}, not {arguments.Length}: {called.Signature}."
            );
        }

        if (called.Name == Operators.AverageDailyValue)
        {
            var value = MakeCall(
                Operators.InfixOf("*"),
                [new ColumnNode("close", position), new ColumnNode("volume", position)],
                position
            );
            return MakeCall(Operators.Function("ts_mean")!, [value, arguments[0]], position);
        }

        var missing = called.Arguments.Skip(arguments.Length).Select(argument => argument.Default!.Value);
        return MakeCall(
            called,
            [.. arguments, .. missing.Select(value => new NumberNode(value, position))],
            position
        );
    }

    private static string Count(Operator called)
    {
        var (least, most) = (called.LeastArguments, called.Arguments.Count);
        var numbers = least == most ? $"{most}" : $"{least} or {most}";
        return most == 1 ? $"{numbers} argument" : $"{numbers} arguments";
    }

    private static CallNode Choice(ExpressionNode condition, ExpressionNode then, ExpressionNode otherwise) =>
        MakeCall(Operators.Function(Operators.Choice)!, [condition, then, otherwise], condition.Position);

    private static CallNode MakeCall(Operator called, IReadOnlyList<ExpressionNode> arguments, int position)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            ArgumentRules.RequireForm(called, called.Arguments[i], arguments[i]);
        }

        var node = new CallNode(called, arguments, position);
        return node.Depth <= ExpressionSyntax.MaximumDepth
            ? node
            : throw new NodeException(position, TooDeep);
    }

    // Operators wait on a stack until one that binds less tightly comes (Dijkstra's shunting yard).
    private static ExpressionNode Fold(Operand first, (Token<ExpressionToken> Symbol, Operand Operand)[] rest)
    {
        var values = new Stack<ExpressionNode>();
        var waiting = new Stack<(Operator Operator, int Position)>();
        Take(first);
        foreach (var (symbol, operand) in rest)
        {
            var infix = Operators.InfixOf(symbol.ToStringValue());
            while (waiting.TryPeek(out var top) && BindsFirst(top.Operator, infix, symbol))
            {
                Reduce();
            }

            waiting.Push((infix, PositionOf(symbol)));
            Take(operand);
        }

        while (waiting.Count > 0)
        {
            Reduce();
        }

        return values.Pop();

        void Take(Operand operand)
        {
            foreach (var prefix in operand.Prefixes)
            {
                waiting.Push((Operators.PrefixOf(prefix.ToStringValue()), PositionOf(prefix)));
            }

            values.Push(operand.Value);
        }

        void Reduce()
        {
            var (called, position) = waiting.Pop();
            var last = values.Pop();
            values.Push(
                called.Notation == Notation.Prefix
                    ? MakeCall(called, [last], position)
                    : MakeCall(called, [values.Pop(), last], position)
            );
        }
    }

    private static bool BindsFirst(Operator left, Operator right, Token<ExpressionToken> symbol)
    {
        if (left.Precedence != right.Precedence)
        {
            return left.Precedence > right.Precedence;
        }

        return right.Notation switch
        {
            Notation.InfixOnce => throw new NodeException(
                PositionOf(symbol),
                $"comparisons do not chain: write a {left.Name} b && b {right.Name} c, or use parentheses."
            ),
            Notation.InfixRight => false,
            _ => true,
        };
    }

    private static int PositionOf(Token<ExpressionToken> token) => token.Position.Absolute;

    /// <summary>An operand with the prefix operators before it.</summary>
    private readonly record struct Operand(Token<ExpressionToken>[] Prefixes, ExpressionNode Value);
}
