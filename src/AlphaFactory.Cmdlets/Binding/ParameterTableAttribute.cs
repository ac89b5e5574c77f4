using System.Collections;
using System.Management.Automation;
using AlphaFactory.Core;

namespace AlphaFactory.Cmdlets.Binding;

/// <summary>Reads a table of parameter values, <c>@{ fast = 10; slow = 50 }</c>, from any dictionary.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ParameterTableAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        switch (Tables.Unwrap(inputData))
        {
            case ParameterValues values:
                return values;
            case IDictionary table:
                try
                {
                    return new ParameterValues(
                        Tables.Entries(table).Select(e => KeyValuePair.Create(e.Key, e.Value!))
                    );
                }
                catch (AlphaFactoryException error)
                {
                    throw new ArgumentTransformationMetadataException(error.Message, error);
                }

            default:
                throw new ArgumentTransformationMetadataException(
                    $"'{inputData}' is not a table of parameters. Write @{{ fast = 10; slow = 50 }}."
                );
        }
    }
}
