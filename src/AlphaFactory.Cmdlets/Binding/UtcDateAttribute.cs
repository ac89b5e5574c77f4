using System.Management.Automation;
using AlphaFactory.Core;

namespace AlphaFactory.Cmdlets.Binding;

/// <summary>
/// Reads a date parameter: without a zone it is UTC, whatever the machine's zone and culture. With
/// <see cref="UpperEnd"/>, a bare date means the whole of that day.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class UtcDateAttribute : ArgumentTransformationAttribute
{
    /// <summary>Whether the parameter is the upper end of an interval.</summary>
    public bool UpperEnd { get; set; }

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject shaped ? shaped.BaseObject : inputData;
        return value switch
        {
            null => null,
            DateTimeOffset time => time.UtcDateTime,
            DateTime { Kind: DateTimeKind.Unspecified } day when day.TimeOfDay == TimeSpan.Zero => UpperEnd
                ? UtcDate.EndOfDay(UtcDate.FromDateTime(day))
                : UtcDate.FromDateTime(day),
            DateTime time => UtcDate.FromDateTime(time),
            DateOnly day => UtcDate.FromDateTime(
                day.ToDateTime(UpperEnd ? TimeOnly.MaxValue : TimeOnly.MinValue)
            ),
            string text when UtcDate.TryParse(text, UpperEnd, out var time) => time,
            _ => throw new ArgumentTransformationMetadataException(
                $"'{value}' is not a date. Write 2015-01-31, 2015-01-31T09:30:00Z or 2015-01-31T09:30:00+01:00."
            ),
        };
    }
}
