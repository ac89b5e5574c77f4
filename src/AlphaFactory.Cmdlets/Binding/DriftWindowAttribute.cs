using System.Management.Automation;
using AlphaFactory.Core;
using AlphaFactory.Core.Drift;

namespace AlphaFactory.Cmdlets.Binding;

/// <summary>
/// Reads the length of a window: a <see cref="TimeSpan"/>, or a text such as <c>Daily</c>, <c>90d</c> or
/// <c>90.00:00:00</c>. A bare number is refused: PowerShell would take it for ticks.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DriftWindowAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = Tables.Unwrap(inputData);
        if (value is TimeSpan length)
        {
            return length;
        }

        try
        {
            // As it was typed: PowerShell reads 90d as a decimal number, and keeps its text.
            return DriftRequest.ParseWindow(LanguagePrimitives.ConvertTo<string>(inputData));
        }
        catch (AlphaFactoryException error)
        {
            throw new ArgumentTransformationMetadataException(error.Message, error);
        }
    }
}
