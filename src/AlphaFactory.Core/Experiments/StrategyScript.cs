using AlphaFactory.Core.Expressions;
using AlphaFactory.Core.Provenance;

namespace AlphaFactory.Core.Experiments;

/// <summary>Runs a user's script on a panel.</summary>
/// <param name="panel">What it sees.</param>
/// <param name="parameters">The parameters of the run.</param>
/// <param name="random">The generator of the run, for a script that asks for one.</param>
/// <param name="cancellation">Stops the script.</param>
/// <returns>What the script gave: plain objects, one a bar if all is well.</returns>
/// <exception cref="AlphaFactoryException"><see cref="ErrorId.SpecInvalid"/>: the script failed, and in which line.</exception>
public delegate IReadOnlyList<object?> StrategyFunction(
    StrategyPanel panel,
    ParameterValues parameters,
    Random random,
    CancellationToken cancellation
);

/// <summary>A user's own script that computes signals.</summary>
public sealed class StrategyScript
{
    private readonly StrategyFunction _function;

    /// <summary>Takes a script that can be run.</summary>
    /// <param name="files">The full paths of the script and, after it, of every file that it loads.</param>
    /// <param name="function">Runs it; called on several threads.</param>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.PathNotFound"/>: a file cannot be read.</exception>
    public StrategyScript(IReadOnlyList<string> files, StrategyFunction function)
    {
        ArgumentNullException.ThrowIfNull(files);
        _function = function;
        Files = files;
        CodeHash = CodeFiles.Hash(files);
    }

    /// <summary>The full paths of the script and of every file that it loads.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>The hash of all of them, as <c>Register-Alpha -CodePath</c> computes it.</summary>
    public string CodeHash { get; }

    /// <summary>The signal of a parameter set, entity by entity; NaN where it is missing.</summary>
    /// <param name="panel">What the script sees.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="seed">The seed of its generator.</param>
    /// <param name="cancellation">Stops the script.</param>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.SpecInvalid"/>: the script failed, or what it gave is not one row of signals a bar.
    /// </exception>
    public double[] Evaluate(
        Panel panel,
        ParameterValues parameters,
        long seed,
        CancellationToken cancellation
    )
    {
        var random = new Random(unchecked((int)(seed ^ (seed >> 32))));
        var rows = _function(new StrategyPanel(panel), parameters, random, cancellation);
        return SignalRows.Read(rows, panel, Path.GetFileName(Files[0]));
    }
}
