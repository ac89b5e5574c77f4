using System.Collections.ObjectModel;
using AlphaFactory.Core.Risk;

namespace AlphaFactory.Core.Experiments;

/// <summary>Risk codes, each once; the text form joins them with <c>;</c>, so that a CSV has them in one field.</summary>
public sealed class RunCodes : ReadOnlyCollection<string>
{
    /// <summary>Takes codes in order, and drops repeats.</summary>
    public RunCodes(IEnumerable<string> codes)
        : base([.. codes.Distinct(StringComparer.Ordinal)]) { }

    /// <summary>The codes of what a verdict found.</summary>
    public static RunCodes Of(RiskVerdict verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        return new(verdict.Findings.Select(finding => finding.Code));
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(';', this);

    /// <summary>Reads the text form.</summary>
    internal static RunCodes Parse(string text) =>
        new(text.Split(';', StringSplitOptions.RemoveEmptyEntries));
}
