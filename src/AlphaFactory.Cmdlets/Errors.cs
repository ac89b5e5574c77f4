using System.Management.Automation;
using AlphaFactory.Core;

namespace AlphaFactory.Cmdlets;

/// <summary>Makes PowerShell's error records of Core's errors, and exit codes of PowerShell's error records.</summary>
internal static class Errors
{
    /// <summary>The record of an error: its id, a category, and what it is about.</summary>
    public static ErrorRecord Record(AlphaFactoryException error, object? target = null) =>
        new(error, error.Id.ToString(), Category(error.Id), error.Target ?? target);

    /// <summary>The exit code that a record maps to, by its id whatever threw it.</summary>
    public static int ExitCode(ErrorRecord record)
    {
        if (record.Exception is PipelineStoppedException or OperationCanceledException)
        {
            return ExitCodes.Cancelled;
        }

        if (record.Exception is ParameterBindingException)
        {
            return ExitCodes.WrongInput;
        }

        var id = record.FullyQualifiedErrorId?.Split(',')[0];
        // A name, not a number: the id of 'throw 1' is "1".
        return Enum.TryParse<ErrorId>(id, out var known) && known.ToString() == id
            ? known.ExitCode()
            : ExitCodes.Failure;
    }

    private static ErrorCategory Category(ErrorId id) =>
        id.ExitCode() switch
        {
            _ when id is ErrorId.FeatureSetExists or ErrorId.FileExists => ErrorCategory.ResourceExists,
            ExitCodes.WrongInput => ErrorCategory.InvalidData,
            ExitCodes.RiskDenied => ErrorCategory.PermissionDenied,
            ExitCodes.Drift => ErrorCategory.LimitsExceeded,
            ExitCodes.NotThere => ErrorCategory.ObjectNotFound,
            ExitCodes.StoreUnusable => ErrorCategory.ResourceUnavailable,
            ExitCodes.NotReproducible => ErrorCategory.InvalidResult,
            _ => ErrorCategory.InvalidOperation,
        };
}
