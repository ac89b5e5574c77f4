using System.Management.Automation;
using AlphaFactory.Core;

namespace AlphaFactory.Cmdlets;

/// <summary>Gives an object each metric as a member of its own, so that <c>$alpha.sharpe</c> works and sorts.</summary>
internal static class MetricMembers
{
    /// <summary>
    /// Adds a member for every name in <paramref name="names"/>: the union over one call's result, so that
    /// <c>Export-Csv</c>, which takes its columns from the first object, loses none. A metric that the object does
    /// not have is null.
    /// </summary>
    public static PSObject Attach(object item, MetricValues metrics, IEnumerable<string> names)
    {
        var shaped = new PSObject(item);
        var members = shaped.Properties;
        foreach (var name in names)
        {
            members.Add(
                new PSNoteProperty(name, metrics.TryGetValue(name, out var value) ? value : null),
                preValidated: true
            );
        }

        return shaped;
    }
}
