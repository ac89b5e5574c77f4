using System.Management.Automation;
using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Registry;

namespace AlphaFactory.Cmdlets.Binding;

/// <summary>Accepts alphas and runs of experiments.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ValidateRiskInputAttribute : ValidateEnumeratedArgumentsAttribute
{
    /// <inheritdoc/>
    protected override void ValidateElement(object element)
    {
        if (Tables.Unwrap(element) is not (Alpha or ExperimentRun))
        {
            throw new ValidationMetadataException(
                $"'{element}' is neither an alpha nor a run. Pass what Get-Alpha or Invoke-Experiment gives, "
                    + "or a table of parameters with -Parameter."
            );
        }
    }
}
