using System.Management.Automation;

namespace AlphaFactory.Cmdlets;

/// <summary>The two ways to ask for a page: -First and -Skip, or -Page and -PageSize.</summary>
internal static class Paging
{
    private const int DefaultPageSize = 50;

    /// <summary>Refuses both ways at once.</summary>
    public static void Check(PSCmdlet cmdlet, int page, int pageSize)
    {
        if (page == 0 && pageSize == 0)
        {
            return;
        }

        var bound = cmdlet.MyInvocation.BoundParameters;
        if (bound.ContainsKey("First") || bound.ContainsKey("Skip"))
        {
            cmdlet.ThrowTerminatingError(
                new ErrorRecord(
                    new ParameterBindingException(
                        "Use -Page and -PageSize, or -First and -Skip, but not both."
                    ),
                    "PagingAmbiguous",
                    ErrorCategory.InvalidArgument,
                    null
                )
            );
        }
    }

    /// <summary>How many to give; null is all.</summary>
    public static long? First(PagingParameters paging, int page, int pageSize) =>
        page > 0 || pageSize > 0 ? Size(pageSize)
        : paging.First > long.MaxValue ? null
        : (long)paging.First;

    /// <summary>How many to leave out.</summary>
    public static long Skip(PagingParameters paging, int page, int pageSize) =>
        page > 0 ? (page - 1) * Size(pageSize) : (long)Math.Min(paging.Skip, long.MaxValue);

    private static long Size(int pageSize) => pageSize > 0 ? pageSize : DefaultPageSize;
}
