using System.Globalization;
using System.Management.Automation;
using AlphaFactory.Core;

namespace AlphaFactory.Cmdlets.Binding;

/// <summary>Reads a table of metrics, <c>@{ sharpe = 1.43; turnover = 0.12 }</c>, from any dictionary or plain object of numbers.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MetricTableAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        Tables.Unwrap(inputData) as MetricValues
        ?? new MetricValues([
            .. (Tables.Of(inputData) ?? throw Invalid($"'{inputData}' is not a table of metrics")).Select(
                Metric
            ),
        ]);

    private static KeyValuePair<string, double> Metric(KeyValuePair<string, object?> entry) =>
        Tables.TryNumber(entry.Value, out var number)
            ? KeyValuePair.Create(entry.Key, number)
            : throw Invalid(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The value '{entry.Value}' of metric '{entry.Key}' is not a number"
                )
            );

    private static ArgumentTransformationMetadataException Invalid(string what) =>
        new($"{what}. Write @{{ sharpe = 1.43; turnover = 0.12 }}.");
}
