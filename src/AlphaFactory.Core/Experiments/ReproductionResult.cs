using System.Collections.ObjectModel;
using System.Globalization;

namespace AlphaFactory.Core.Experiments;

/// <summary>What a re-run proved.</summary>
public enum ReproductionVerdict : long
{
    /// <summary>Status, codes and every bit of every metric and return are as recorded.</summary>
    Identical,

    /// <summary>Every metric is within 1e-9 of the recorded one (relative), as on another processor.</summary>
    WithinTolerance,

    /// <summary>Something is not as recorded.</summary>
    Different,
}

/// <summary>Something that a re-run gave otherwise than recorded.</summary>
/// <param name="Name">The metric, or <c>Status</c>, <c>Codes</c> or <c>EquityHash</c>.</param>
/// <param name="Recorded">What is recorded; null when it was not there.</param>
/// <param name="Reproduced">What the re-run gave; null when it is not there.</param>
public sealed record ReproductionDifference(string Name, object? Recorded, object? Reproduced)
{
    /// <summary>Writes <c>sharpe: 1.43 → 1.44</c>.</summary>
    public override string ToString() => $"{Name}: {Text(Recorded)} → {Text(Reproduced)}";

    private static string Text(object? value) =>
        value switch
        {
            null => "none",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() is { Length: > 0 } text ? text : "none",
        };
}

/// <summary>Differences; the text form joins them with <c>;</c>.</summary>
/// <param name="differences">The differences, in order.</param>
public sealed class ReproductionDifferences(IEnumerable<ReproductionDifference> differences)
    : ReadOnlyCollection<ReproductionDifference>([.. differences])
{
    /// <inheritdoc/>
    public override string ToString() => string.Join("; ", this);
}

/// <summary>Names of inputs; the text form joins them with <c>;</c>.</summary>
/// <param name="names">The names, in order.</param>
public sealed class InputNames(IEnumerable<string> names) : ReadOnlyCollection<string>([.. names])
{
    /// <inheritdoc/>
    public override string ToString() => string.Join("; ", this);
}

/// <summary>What the re-run of one recorded run gave.</summary>
public sealed record ReproductionResult
{
    /// <summary>The recorded run.</summary>
    public required string RunId { get; init; }

    /// <summary>Its experiment's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its parameters.</summary>
    public required ParameterValues Parameters { get; init; }

    /// <summary>Whether it is the same.</summary>
    public required ReproductionVerdict Verdict { get; init; }

    /// <summary>What is not the same to the bit.</summary>
    public required ReproductionDifferences Differences { get; init; }

    /// <summary>
    /// What is no longer as it was when the run was recorded: <c>record</c> (its files were edited), <c>code</c>,
    /// <c>data</c>, <c>parameters</c>, <c>policy</c>, and <c>environment</c> with what of it. The culture, on which no
    /// result depends, is only named where something came out otherwise.
    /// </summary>
    public required InputNames ChangedInputs { get; init; }

    /// <summary>The metrics of the re-run.</summary>
    public required MetricValues Metrics { get; init; }
}
