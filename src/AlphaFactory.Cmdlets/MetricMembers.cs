using System.Management.Automation;
using AlphaFactory.Core;
using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Registry;

namespace AlphaFactory.Cmdlets;

/// <summary>
/// Gives an object each metric as a member of its own, so that <c>$alpha.sharpe</c> works and sorts. The names are
/// the union over one call's result, so that <c>Export-Csv</c>, which takes its columns from the first object, loses
/// none; a metric that the object does not have is null.
/// </summary>
internal static class MetricMembers
{
    /// <summary>An alpha with its metrics as members.</summary>
    public static PSObject Attach(Alpha alpha, IEnumerable<string> names)
    {
        var shaped = new PSObject(alpha);
        // Added members come before an object's own: what the row is about must come before its metrics.
        Add(shaped, nameof(Alpha.Name), alpha.Name);
        Add(shaped, nameof(Alpha.Version), alpha.Version);
        return Attach(shaped, alpha.Metrics, names);
    }

    /// <summary>Alphas with the metrics of all of them as members.</summary>
    public static IEnumerable<PSObject> Attach(IReadOnlyList<Alpha> alphas)
    {
        List<string> names =
        [
            .. alphas.SelectMany(alpha => alpha.Metrics.Keys).Distinct(StringComparer.OrdinalIgnoreCase),
        ];
        return alphas.Select(alpha => Attach(alpha, names));
    }

    /// <summary>A run with its metrics as members.</summary>
    public static PSObject Attach(ExperimentRun run, IEnumerable<string> names)
    {
        var shaped = new PSObject(run);
        Add(shaped, nameof(ExperimentRun.RunId), run.RunId);
        Add(shaped, nameof(ExperimentRun.Parameters), run.Parameters);
        return Attach(shaped, run.Metrics, names);
    }

    private static PSObject Attach(PSObject shaped, MetricValues metrics, IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            Add(shaped, name, metrics.TryGetValue(name, out var value) ? value : null);
        }

        return shaped;
    }

    private static void Add(PSObject shaped, string name, object? value) =>
        shaped.Properties.Add(new PSNoteProperty(name, value), preValidated: true);
}
