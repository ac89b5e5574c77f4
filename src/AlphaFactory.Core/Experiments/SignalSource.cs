using AlphaFactory.Core.Expressions;
using AlphaFactory.Core.Provenance;

namespace AlphaFactory.Core.Experiments;

/// <summary>What computes the signal of a parameter set: an expression, or a user's script.</summary>
internal sealed class SignalSource
{
    private readonly long _seed;

    private SignalSource(AlphaExpression? expression, StrategyScript? script, string codeHash, long seed)
    {
        Expression = expression;
        Script = script;
        CodeHash = codeHash;
        _seed = seed;
    }

    /// <summary>The expression; null when it is a script.</summary>
    public AlphaExpression? Expression { get; }

    /// <summary>The script; null when it is an expression.</summary>
    public StrategyScript? Script { get; }

    /// <summary>The SHA-256 of the expression's canonical text, or the hash of the script's files.</summary>
    public string CodeHash { get; }

    /// <summary>What a specification says.</summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.ExpressionSyntax"/>; <see cref="ErrorId.SpecInvalid"/>: it says neither or both, or the script
    /// is wrong; <see cref="ErrorId.PathNotFound"/>: a file of the script is not there.
    /// </exception>
    public static SignalSource Of(ExperimentSpec spec, OperationContext context)
    {
        switch (spec)
        {
            case { Expression: { } text, ScriptPath: null }:
                var expression = AlphaExpression.Parse(text);
                return new(expression, null, ContentHash.OfText(expression.Canonical), spec.Seed);
            case { Expression: null, ScriptPath: { } path }:
                var open =
                    context.Scripts
                    ?? throw Invalid(
                        $"The experiment runs the script '{path}', and there is nothing here to run scripts."
                    );
                var script = open(path);
                return new(null, script, script.CodeHash, spec.Seed);
            default:
                throw Invalid("An experiment has one signal: name either -Expression or -ScriptPath.");
        }
    }

    /// <summary>The signal for every entity and bar, entity by entity; NaN where it is missing.</summary>
    public double[] Evaluate(Panel panel, ParameterValues parameters, CancellationToken cancellation) =>
        Expression?.Evaluate(panel, parameters, cancellation)
        ?? Script!.Evaluate(panel, parameters, _seed, cancellation);

    private static AlphaFactoryException Invalid(string message) => new(ErrorId.SpecInvalid, message);
}
