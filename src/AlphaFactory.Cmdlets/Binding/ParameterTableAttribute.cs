using System.Management.Automation;
using AlphaFactory.Core;

namespace AlphaFactory.Cmdlets.Binding;

/// <summary>Reads a table of parameter values, <c>@{ fast = 10; slow = 50 }</c>, from any dictionary or plain object.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ParameterTableAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        if (Tables.Unwrap(inputData) is ParameterValues values)
        {
            return values;
        }

        var table =
            Tables.Of(inputData)
            ?? throw new ArgumentTransformationMetadataException(
                $"'{inputData}' is not a table of parameters. Write @{{ fast = 10; slow = 50 }}."
            );
        try
        {
            return new ParameterValues(table.Select(e => KeyValuePair.Create(e.Key, e.Value!)));
        }
        catch (AlphaFactoryException error)
        {
            throw new ArgumentTransformationMetadataException(error.Message, error);
        }
    }
}
