using System.Collections;
using System.Management.Automation;
using AlphaFactory.Core;
using AlphaFactory.Core.Registry;

namespace AlphaFactory.Cmdlets.Binding;

/// <summary>
/// Reads bounds on metrics: <c>sharpe=1.2</c>, <c>sharpe=1.2,ic_mean=0.02</c> or <c>@{ sharpe = 1.2 }</c>, all the
/// same in every culture.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MetricBoundsAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        try
        {
            return new MetricBounds([.. Bounds(inputData)]);
        }
        catch (AlphaFactoryException error)
        {
            throw new ArgumentTransformationMetadataException(error.Message, error);
        }
    }

    private static IEnumerable<KeyValuePair<string, double>> Bounds(object? input) =>
        Tables.Unwrap(input) switch
        {
            MetricBounds bounds => bounds,
            string text => MetricBounds.Parse(text),
            IDictionary table => Tables
                .Entries(table)
                .Select(entry => KeyValuePair.Create(entry.Key, Number(entry.Key, entry.Value))),
            IEnumerable items => items.Cast<object?>().SelectMany(Bounds),
            var other => MetricBounds.Parse($"{other}"),
        };

    private static double Number(string metric, object? value) =>
        Tables.TryNumber(value, out var number)
            ? number
            : MetricBounds.ParseNumber($"{value}", $"{metric}={value}");
}
